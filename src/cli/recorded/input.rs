//! The input of `show` and `convert`: a capture file, a pipe, or the standard input.

use crate::capture::import;
use crate::cli::{blocking_io, diagnostics};
use crate::engine::{Clock, open_file};
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::traffic::{Cause, Failure, Micros, Operation};
use crate::words::Lang;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal as _, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Whether the path is `-`, the standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The failure of a file that could not be opened, or not read to its end.
pub fn unread(path: &Path, cause: Cause, lang: Lang) -> Failure {
    Failure {
        operation: Operation::Open,
        address: input_name(path, lang),
        cause,
    }
}

/// The path of an input as messages name it.
pub fn input_name(path: &Path, lang: Lang) -> String {
    match is_standard(path) {
        true => t!(lang, "recorded.standard_input"),
        false => path.display().to_string(),
    }
}

/// An open capture file, pipe, or standard input.
pub struct RecordedInput {
    path: PathBuf,
    bytes: Box<dyn Read>,
    /// Whether a read may block, as that of a pipe.
    waits: bool,
}

impl RecordedInput {
    /// Opens the input.
    ///
    /// # Errors
    /// Why it cannot be read, as text.
    pub fn open(path: &Path, lang: Lang) -> Result<Self, String> {
        if is_standard(path) && io::stdin().is_terminal() {
            return Err(t!(lang, "recorded.terminal"));
        }
        let known = std::fs::metadata(path);
        if known.as_ref().is_ok_and(Metadata::is_dir) {
            let folder = io::Error::from(io::ErrorKind::IsADirectory);
            let (path, reason) = (printable::path(path), explain::reason(lang, &folder));
            let message = t!(lang, "cli.unreadable", path = path, reason = reason);
            return Err(format!("netpeer: {message}"));
        }
        let is_pipe = known.is_ok_and(|known| !known.is_file());
        let waits = is_standard(path) || is_pipe;
        let bytes = bytes(path, is_pipe)
            .map_err(|cause| diagnostics::of_failure(lang, &unread(path, cause, lang)))?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            waits,
        })
    }

    /// Whether a read may block, as that of a pipe.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// A reader of its bytes. `hand_on` is called before each read that may block; if it fails, so
    /// does the read.
    pub fn bytes<'a>(self, hand_on: &'a dyn Fn() -> io::Result<()>) -> Prompt<'a> {
        Prompt {
            bytes: self.bytes,
            hand_on: self.waits.then_some(hand_on),
        }
    }

    /// The time of its last row; the current time if more rows may follow. A file is read to its
    /// end for this.
    pub fn newest(&self) -> Micros {
        let mut newest = None;
        let file = whole_file(&self.path).ok().filter(|_| !self.waits);
        if let Some(file) = file {
            // Errors are reported when the rows are read.
            import::read(file, &mut |record| {
                newest = Some(record.time);
                ControlFlow::Continue(())
            })
            .ok();
        }
        newest.unwrap_or_else(|| Clock::start().now())
    }
}

fn bytes(path: &Path, is_pipe: bool) -> Result<Box<dyn Read>, Cause> {
    if is_standard(path) {
        return Ok(Box::new(blocking_io::BlockingReader(io::stdin())));
    }
    if !is_pipe {
        return Ok(Box::new(whole_file(path)?));
    }
    let pipe = File::open(path).map_err(|error| Cause::System {
        code: error.raw_os_error().unwrap_or(0),
    })?;
    Ok(Box::new(pipe))
}

/// A file up to its current length: bytes appended meanwhile, perhaps by this process, are not
/// read.
fn whole_file(path: &Path) -> Result<io::Take<File>, Cause> {
    let file = open_file(path)?;
    let length = file.metadata().map_or(u64::MAX, |known| known.len());
    Ok(file.take(length))
}

/// A reader that flushes the output before it may block.
pub struct Prompt<'a> {
    bytes: Box<dyn Read>,
    hand_on: Option<&'a dyn Fn() -> io::Result<()>>,
}

impl Read for Prompt<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(hand_on) = self.hand_on {
            hand_on()?;
        }
        self.bytes.read(buffer)
    }
}
