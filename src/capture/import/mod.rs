//! Imports records from our own JSON lines and captures, and from those of Wireshark.
//!
//! Input is not trusted: a file may be truncated, damaged or hostile. Such a file is reported
//! as data, after the records before the problem were delivered.

mod compressed;
mod zstandard;

pub use super::import_error::{ImportError, ImportPosition, ImportProblem, Json, LONGEST};
pub use super::import_summary::ImportSummary;

use super::format::FormatReader;
use super::import_source::ImportSource;
use super::{CaptureFormat, Carrier};
use crate::traffic::Record;
use compressed::Unpacked;
use std::io;
use std::ops::ControlFlow;

/// A file whose format is detected, before the first record is read.
pub struct OpenedCapture<'a> {
    format: CaptureFormat,
    reader: &'static dyn FormatReader,
    source: ImportSource<'a>,
    was_packed: bool,
}

/// Detects the format of a file, and decompresses it if necessary.
///
/// # Errors
/// If the format is not one that can be read.
pub fn open<'a>(input: impl io::Read + 'a) -> Result<OpenedCapture<'a>, ImportError> {
    let Unpacked {
        content,
        was_packed,
    } = compressed::unpacked(input)?;
    let opened = detect(content).map(|(format, reader, source)| OpenedCapture {
        format,
        reader,
        source,
        was_packed,
    });
    opened.map_err(|error| error.of_packed(was_packed))
}

impl OpenedCapture<'_> {
    /// The detected format.
    pub fn format(&self) -> CaptureFormat {
        self.format
    }

    /// Passes the file's records to `each`, one after the other, until it breaks. Each comes
    /// with the packet that carried it, if the file has packets.
    ///
    /// # Errors
    /// If the rest of the file cannot be read; the records before it were delivered.
    pub fn read(
        self,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError> {
        let read = self.reader.read(self.source, each);
        read.map_err(|error| error.of_packed(self.was_packed))
    }
}

/// Passes the file's records to `each`, one after the other, until it breaks.
///
/// # Errors
/// If the rest of the file cannot be read; the records before it were delivered.
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
    let at_begin = |problem| ImportError::at(begin, problem);
    match CaptureFormat::detect(&head) {
        _ if head.is_empty() => Err(at_begin(ImportProblem::Empty)),
        _ if is_cut(&head) => Err(at_begin(ImportProblem::Cut)),
        Some((format, reader)) => Ok((format, reader, source)),
        None => Err(at_begin(ImportProblem::Unrecognised)),
    }
}

/// Whether these bytes, which are the whole file, are the beginning of a readable format. One
/// byte decides nothing: a line break may belong to any format.
fn is_cut(head: &[u8]) -> bool {
    let is_short = matches!(head.len(), 2 | 3);
    is_short && (CaptureFormat::begins_with(head) || compressed::begins_with(head))
}

#[cfg(test)]
mod tests;
