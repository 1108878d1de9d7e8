//! The standard output for results.

use super::{CommandOutcome, blocking_io, diagnostics};
use crate::words::Lang;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};

/// The result of printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintOutcome {
    Whole,
    /// The reader has gone.
    Unread,
    /// It could not be written, which was reported.
    Failed,
}

/// The standard output as an unbuffered file.
///
/// # Errors
/// The system has no descriptor left.
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

/// Prints, and waits while the output is full.
pub fn print(bytes: &[u8], lang: Lang) -> PrintOutcome {
    let mut output = blocking_io::BlockingWriter(io::stdout());
    judge(output.write_all(bytes).and_then(|()| output.flush()), lang)
}

/// Prints the result of a command.
pub fn result(bytes: &[u8], lang: Lang) -> CommandOutcome {
    match print(bytes, lang) {
        PrintOutcome::Whole | PrintOutcome::Unread => CommandOutcome::Passed,
        PrintOutcome::Failed => CommandOutcome::Failed,
    }
}

/// The result of a write. A failure other than a closed pipe is reported.
pub fn judge(written: io::Result<()>, lang: Lang) -> PrintOutcome {
    match written {
        Ok(()) => PrintOutcome::Whole,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => PrintOutcome::Unread,
        Err(error) => {
            diagnostics::print_line(&diagnostics::of_output(lang, &error));
            PrintOutcome::Failed
        }
    }
}
