//! Why reading a file ended before the file did.

use std::io;

/// The longest block or line, and the longest record put together of several packets, in
/// bytes. Nothing longer is read into memory.
pub const LONGEST: usize = 64 << 20;

/// Why reading ended before the file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    pub place: ImportPosition,
    pub problem: ImportProblem,
}

impl ImportError {
    /// The same, with a place in what a compressed file holds.
    pub(super) fn of_packed(self, was_packed: bool) -> Self {
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
    pub(super) fn of(error: &io::Error) -> Self {
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
