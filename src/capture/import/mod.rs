//! Records from a file: our own JSON lines and captures, and those of Wireshark.
//!
//! Nothing is taken on trust: a file may be cut, damaged or hostile, and that is told as
//! data, after the records before it were delivered.

mod compressed;

pub use super::import_error::{ImportError, ImportPosition, ImportProblem, Json, LONGEST};
pub use super::import_summary::ImportSummary;

use super::format::FormatReader;
use super::import_source::ImportSource;
use super::{CaptureFormat, Carrier};
use crate::traffic::Record;
use compressed::Unpacked;
use std::io;
use std::ops::ControlFlow;

/// A file whose format is known, and of which no record was read yet.
pub struct Opened<'a> {
    format: CaptureFormat,
    reader: &'static dyn FormatReader,
    source: ImportSource<'a>,
    was_packed: bool,
}

/// Looks at the beginning of a file, unpacked if need be.
///
/// # Errors
/// If it is of no format that can be read.
pub fn open<'a>(input: impl io::Read + 'a) -> Result<Opened<'a>, ImportError> {
    let Unpacked {
        content,
        was_packed,
    } = compressed::unpacked(input)?;
    let opened = detect(content).map(|(format, reader, source)| Opened {
        format,
        reader,
        source,
        was_packed,
    });
    opened.map_err(|error| error.of_packed(was_packed))
}

impl Opened<'_> {
    /// What the file turned out to be.
    pub fn format(&self) -> CaptureFormat {
        self.format
    }

    /// Hands the file's records to `each`, one after the other, until it breaks off, each with
    /// the packet it was in where the file has packets.
    ///
    /// # Errors
    /// Where the file could not be read any further; the records before were delivered.
    pub fn read(
        self,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError> {
        let read = self.reader.read(self.source, each);
        read.map_err(|error| error.of_packed(self.was_packed))
    }
}

/// Hands the file's records to `each`, one after the other, until it breaks off.
///
/// # Errors
/// Where the file could not be read any further; the records before were delivered.
pub fn read(
    input: impl io::Read,
    each: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
) -> Result<ImportSummary, ImportError> {
    open(input)?.read(&mut |record, _| each(record))
}

type Detected<'a> = (CaptureFormat, &'static dyn FormatReader, ImportSource<'a>);

fn detect<'a>(content: Box<dyn io::Read + 'a>) -> Result<Detected<'a>, ImportError> {
    let mut source = ImportSource::new(content);
    let begin = ImportPosition::Byte(0);
    let head = source.peek(4, begin)?.to_owned();
    let at_begin = |problem| ImportError {
        place: begin,
        problem,
    };
    match CaptureFormat::detect(&head) {
        _ if head.is_empty() => Err(at_begin(ImportProblem::Empty)),
        _ if is_cut(&head) => Err(at_begin(ImportProblem::Cut)),
        Some((format, reader)) => Ok((format, reader, source)),
        None => Err(at_begin(ImportProblem::Unrecognised)),
    }
}

/// Whether these first bytes are all of a file that begins as one that can be read. One byte
/// says too little: a line break may be of any format.
fn is_cut(head: &[u8]) -> bool {
    let is_short = matches!(head.len(), 2 | 3);
    is_short && (CaptureFormat::begins_with(head) || compressed::begins_with(head))
}

#[cfg(test)]
mod tests;
