//! Lines on the standard error.

use crate::payload::printable;
use std::io::{self, Write as _};

/// Writes a line in which names that others chose are safe. A line that nobody can read is
/// lost: there is no other place to report that.
pub fn line(text: &str) {
    writeln!(io::stderr(), "{}", printable::words(text)).ok();
}
