//! The standard output of results that are printed at once.

use super::{blocking_io, diagnostics};
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};

/// What became of something printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintOutcome {
    Whole,
    /// Nobody reads any more.
    Unread,
    /// It could not be written, which was said.
    Failed,
}

/// The standard output as a file: nothing of what is written waits in a buffer.
///
/// # Errors
/// If the system has no descriptor left.
#[cfg(unix)]
pub fn file() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
pub fn file() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}

/// Prints it, and waits where there is no room yet.
pub fn print(bytes: &[u8]) -> PrintOutcome {
    let mut output = blocking_io::BlockingWriter(io::stdout());
    judge(output.write_all(bytes).and_then(|()| output.flush()))
}

/// Tells a full disk from a reader that has gone; says which error it was.
pub fn judge(written: io::Result<()>) -> PrintOutcome {
    match written {
        Ok(()) => PrintOutcome::Whole,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => PrintOutcome::Unread,
        Err(error) => {
            diagnostics::say(&format!("netpeer: {error}"));
            PrintOutcome::Failed
        }
    }
}
