//! Writes lines to the standard error.

use crate::payload::printable;
use std::io::{self, Write as _};

/// Writes a line in which names chosen by others are safe to print. A line that cannot be
/// written is lost: there is no other place to report that.
pub fn line(text: &str) {
    writeln!(io::stderr(), "{}", printable::words(text)).ok();
}
