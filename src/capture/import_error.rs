//! Why reading a file ended before the file did.

use crate::traffic::SkipReason;
use std::io;

/// The maximum length in bytes of a block, a line, or a record reassembled from several packets.
/// Nothing longer is read into memory.
pub const LONGEST: usize = 64 << 20;

/// The reason why reading ended before the end of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    pub place: ImportPosition,
    pub problem: ImportProblem,
    /// The packets before it that are no record, by reason.
    pub skipped: Vec<(SkipReason, u64)>,
}

impl ImportError {
    pub fn at(place: ImportPosition, problem: ImportProblem) -> Self {
        Self {
            place,
            problem,
            skipped: Vec::new(),
        }
    }

    /// The same, after these packets that are no record.
    pub(super) fn after(self, skipped: Vec<(SkipReason, u64)>) -> Self {
        Self { skipped, ..self }
    }

    /// The same, with a place in the content of a compressed file.
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
    /// The position of the wrong block in bytes, from 0.
    Byte(u64),
    /// The line number, from 1.
    Line(u64),
    /// The position in the decompressed content, in bytes from 0.
    Unpacked(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportProblem {
    /// The file is empty.
    Empty,
    /// The format is unknown.
    Unrecognised,
    /// The file ends in the middle of a block or an object.
    Cut,
    /// The block is inconsistent, in itself or with earlier blocks.
    Corrupt,
    /// A block or record has this length in bytes, more than [`LONGEST`]. For a line, the length
    /// is a lower bound.
    TooLong {
        length: u64,
    },
    Json(Json),
    /// The file is compressed. This command decompresses it.
    Compressed(&'static str),
    /// The compressed data of the file is damaged.
    Undecodable,
    /// An error of the system, with its code if there is one.
    Io {
        kind: io::ErrorKind,
        code: Option<i32>,
    },
}

impl ImportProblem {
    /// The problem that an error of reading the file, or of decompressing it, means.
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Self::Undecodable
            }
            kind => Self::Io {
                kind,
                code: error.raw_os_error(),
            },
        }
    }
}

/// An error in a line of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// The syntax is wrong at this column, counted in bytes from 1.
    Syntax { column: usize },
    /// The JSON at this column has the wrong type.
    Shape { column: usize },
    /// The required field of this name is missing.
    Lacks(&'static str),
    /// The field of this name has an invalid value.
    Bad(&'static str),
}
