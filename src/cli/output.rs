//! The standard output of results that are printed at once.

use super::{complaint, patience};
use std::io::{self, ErrorKind, Write as _};

/// What became of something printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Whole,
    /// Nobody reads any more.
    Unread,
    /// It could not be written, which was said.
    Failed,
}

/// Prints it, and waits where there is no room yet.
pub fn print(bytes: &[u8]) -> Written {
    let mut output = patience::Writer(io::stdout());
    judge(output.write_all(bytes).and_then(|()| output.flush()))
}

/// Tells a full disk from a reader that has gone; says which error it was.
pub fn judge(written: io::Result<()>) -> Written {
    match written {
        Ok(()) => Written::Whole,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Written::Unread,
        Err(error) => {
            complaint::say(&format!("netpeer: {error}"));
            Written::Failed
        }
    }
}
