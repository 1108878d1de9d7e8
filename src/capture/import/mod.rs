//! Records from a file: our own JSON lines and captures, and those of Wireshark.
//!
//! Nothing is taken on trust: a file may be cut, damaged or hostile, and that is told as
//! data, after the records before it were delivered.

mod compressed;
pub(super) mod source;

use super::format::FormatReader;
use super::{CaptureFormat, Carrier};
use crate::peer::Peer;
use crate::traffic::{Other, Record};
use compressed::Unpacked;
use source::ImportSource;
use std::io;
use std::ops::ControlFlow;

/// The longest block or line, and the longest record put together of several packets, in
/// bytes. Nothing longer is read into memory.
pub const LONGEST: usize = 64 << 20;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// What the file turned out to be.
    pub format: CaptureFormat,
    /// Records delivered.
    pub records: u64,
    /// Packets that are no record, by reason.
    pub skipped: Vec<(Other, u64)>,
    /// TCP segments that carry nothing and tell nothing new: acknowledgements.
    pub bare: u64,
    /// Our own address, as far as the packets tell: what to export the records with
    /// again.
    pub local: Option<Peer>,
    /// Whether there were TCP segments.
    pub tcp: bool,
}

/// Reasons told apart for packets that are no record.
pub(super) const REASONS: usize = 32;

impl ImportSummary {
    pub(super) fn new(format: CaptureFormat) -> Self {
        Self {
            format,
            records: 0,
            skipped: Vec::new(),
            bare: 0,
            local: None,
            tcp: false,
        }
    }

    pub(super) fn skip(&mut self, other: Other, count: u64) {
        let full = self.skipped.len() == REASONS;
        // A capture of so many protocols is damaged: the last stands for the rest.
        let last = self.skipped.len().wrapping_sub(1);
        let known = self.skipped.iter().position(|(known, _)| *known == other);
        match known
            .or(full.then_some(last))
            .and_then(|at| self.skipped.get_mut(at))
        {
            Some((_, known)) => *known += count,
            None => self.skipped.push((other, count)),
        }
    }
}

/// Why reading ended before the file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    pub place: ImportPosition,
    pub problem: ImportProblem,
}

impl ImportError {
    /// The same, with a place in what a compressed file holds.
    fn of_packed(self, was_packed: bool) -> Self {
        match self.place {
            ImportPosition::Byte(byte) if was_packed => Self {
                place: ImportPosition::Unpacked(byte),
                ..self
            },
            _ => self,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportPosition {
    /// Where the block begins that is wrong, counted from 0.
    Byte(u64),
    /// Counted from 1.
    Line(u64),
    /// The same of what a compressed file holds.
    Unpacked(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportProblem {
    /// There is nothing in the file.
    Empty,
    /// The file is of no format that can be read.
    Unrecognised,
    /// The file ends in the middle of a block or an object.
    Cut,
    /// The block contradicts itself or those before it.
    Corrupt,
    /// A block or record claims to be so many bytes long, more than [`LONGEST`]; a line is
    /// at least so long.
    TooLong {
        length: u64,
    },
    Json(Json),
    /// It is compressed; this command unpacks it.
    Compressed(&'static str),
    /// The system's own error.
    Io(io::ErrorKind),
}

impl ImportProblem {
    /// A compressed file is cut or damaged in the words of its decoder.
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Self::Corrupt
            }
            kind => Self::Io(kind),
        }
    }
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// No JSON from this column on, counted in bytes from 1.
    Syntax { column: usize },
    /// JSON, but at this column something else than belongs there.
    Shape { column: usize },
    /// The field of this name is needed and not there.
    Lacks(&'static str),
    /// The field of this name does not say what it should.
    Bad(&'static str),
}

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
