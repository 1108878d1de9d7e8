//! Writes lines to the standard error.

use crate::payload::printable;
use std::io::{self, Write as _};

/// Writes a line in which names chosen by others are safe to print. A line that cannot be
/// written is lost: there is no other place to report that.
pub fn line(text: &str) {
    asked_line(text).ok();
}

/// The same, for a line that the user asked for.
///
/// # Errors
/// It could not be written: only the exit status can say that.
pub fn asked_line(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{}", printable::words(text))
}
