//! The messages of a TCP stream, beside the true reads.
//!
//! A stream has no messages of its own: a [`Framing`] says how a program tells them apart,
//! a [`Framer`] cuts the reads of one direction of one peer accordingly, and a
//! [`FrameIndex`] does that for what a log has and gets. Nothing is copied: a [`Frame`]
//! says in which rows its bytes stand.

mod framer;
mod index;
mod scan;

pub use framer::Framer;
pub use index::FrameIndex;

use super::Micros;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The longest frame, in bytes, with its header and its delimiter.
pub const LONGEST: u32 = 16 << 20;
/// The longest delimiter, in bytes.
pub const LONGEST_DELIMITER: usize = 256;

/// How the messages of a stream are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// Each ends with LF or CRLF.
    Lines,
    /// Each ends with these bytes.
    Delimiter(Vec<u8>),
    /// Each has so many bytes.
    Fixed(u32),
    /// Each begins with a header that ends with the length of what follows.
    LengthPrefix {
        /// Bytes of the length: 1, 2, 4 or 8.
        width: u8,
        big_endian: bool,
        /// Bytes of the header before the length.
        offset: u32,
        /// Whether the length counts the header too.
        includes_header: bool,
    },
    /// Each begins with a read that comes so long after the one before, or longer.
    IdleGap(Micros),
}

/// Why a framing tells nothing apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingMistake {
    EmptyDelimiter,
    /// Longer than this many bytes.
    LongDelimiter(usize),
    /// Messages of no bytes.
    ZeroLength,
    /// Messages, or headers, of more than this many bytes.
    TooLong(u32),
    /// A length of other than 1, 2, 4 or 8 bytes.
    Width(u8),
    /// No time, or less.
    NoGap,
}

impl Framing {
    /// # Errors
    /// What a person has to change before it is of use. A [`Framer`] takes it anyway.
    pub fn check(&self) -> Result<(), FramingMistake> {
        match self {
            Self::Delimiter(bytes) if bytes.is_empty() => Err(FramingMistake::EmptyDelimiter),
            Self::Delimiter(bytes) if bytes.len() > LONGEST_DELIMITER => {
                Err(FramingMistake::LongDelimiter(LONGEST_DELIMITER))
            }
            Self::Fixed(0) => Err(FramingMistake::ZeroLength),
            Self::Fixed(length) if *length > LONGEST => Err(FramingMistake::TooLong(LONGEST)),
            Self::LengthPrefix { width, .. } if !matches!(width, 1 | 2 | 4 | 8) => {
                Err(FramingMistake::Width(*width))
            }
            Self::LengthPrefix { width, offset, .. }
                if offset.saturating_add(u32::from(*width)) > LONGEST =>
            {
                Err(FramingMistake::TooLong(LONGEST))
            }
            Self::IdleGap(gap) if *gap <= 0 => Err(FramingMistake::NoGap),
            _ => Ok(()),
        }
    }
}

/// One message: where its bytes stand, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When its first byte was read or written.
    pub time: Micros,
    pub first_row: u64,
    pub last_row: u64,
    /// All of its bytes in order, header and delimiter among them; at least one read.
    pub reads: Vec<Read>,
    /// Its bytes without the delimiter.
    pub length: u32,
    pub end: FrameEnd,
}

/// Bytes of one row of the log that belong to a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub row: u64,
    pub range: Range<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameEnd {
    /// As its length, or a silence, says.
    Whole,
    /// With a delimiter of so many bytes.
    Delimited(u32),
    /// It goes on, or the stream ended within it.
    Unfinished,
    /// It is, or says it is, longer than [`LONGEST`]. It was cut there, or behind the
    /// header that says so; what follows is taken for the next frame.
    TooLong,
    /// Its length is to count its header, but is less than that. It was cut behind the
    /// header; what follows is taken for the next frame.
    TooShort,
}

impl FrameEnd {
    /// Bytes of the delimiter.
    pub fn delimiter(self) -> u32 {
        match self {
            Self::Delimited(length) => length,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
