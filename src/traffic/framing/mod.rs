//! Message framing: the messages of a TCP stream, or of datagrams, beside the true reads.
//!
//! A stream has no message boundaries. A [`Framing`] says how a program marks them, a
//! [`Framer`] splits the reads of one direction of one connection accordingly, and a
//! [`FrameIndex`] does that for a growing log. Nothing is copied: a [`Frame`] refers to the
//! rows that hold its bytes. A [`SessionFraming`] has the framings of both directions.

mod code;
mod cutter;
mod framer;
mod index;
mod length;
mod scan;
mod session_framing;

pub use cutter::{LONGEST_MESSAGE, MessageCutter};
pub use framer::Framer;
pub use index::FrameIndex;
pub use session_framing::SessionFraming;

use super::{FrameFault, Micros};
use crate::payload::stuffing::Stuffing;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// The longest frame in bytes, with header and delimiter.
pub const LONGEST: u32 = 16 << 20;
/// The maximum length of a delimiter, in bytes.
pub const LONGEST_DELIMITER: usize = 256;

/// How the messages of a stream are delimited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// Each message ends with LF or CRLF.
    Lines,
    /// Each message ends with these bytes.
    Delimiter(Vec<u8>),
    /// Each message has this number of bytes.
    Fixed(u32),
    /// Each message begins with a header, which ends with the length of the rest.
    LengthPrefix {
        /// The size of the length field in bytes: 1, 2, 4 or 8.
        width: u8,
        big_endian: bool,
        /// The number of header bytes before the length field.
        offset: u32,
        /// Whether the length includes the header.
        includes_header: bool,
        /// The number that is added to the length.
        #[serde(default, skip_serializing_if = "is_zero")]
        adjust: i64,
    },
    /// Each message begins with a header, which ends with the length of the rest, seven bits a
    /// byte, the lowest first (LEB128).
    Varint {
        /// The number of header bytes before the length.
        #[serde(default)]
        offset: u32,
    },
    /// Messages are stuffed with COBS and end with 00.
    Cobs,
    /// Messages are stuffed as in SLIP and end with C0 (RFC 1055).
    Slip,
    /// Messages of HTTP/1.1: the body ends by its length, with its last chunk, or with the
    /// connection (RFC 9112 §6.3).
    Http,
    /// Sentences of NMEA 0183 (IEC 61162-1): each begins with `$` or `!` and ends with LF or CRLF.
    /// Bytes before the beginning are garbled.
    Nmea,
    /// Command and result lines of a modem (ITU-T V.250 §5): each ends with CR, LF or CRLF, and
    /// empty lines are no messages. The prompt `> ` at the beginning of a line (3GPP TS 27.005
    /// §3.5.1) is a message of its own; the text after it ends with Ctrl-Z (1A), or with ESC (1B),
    /// which cancels it.
    At,
    /// A read that comes at least this number of microseconds after the previous one begins a
    /// message.
    IdleGap(Micros),
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Why a framing is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingMistake {
    EmptyDelimiter,
    /// The delimiter is longer than this limit, in bytes.
    LongDelimiter(usize),
    /// The message length is 0.
    ZeroLength,
    /// Messages or headers are longer than this limit, in bytes.
    TooLong(u32),
    /// The size of the length field is not 1, 2, 4 or 8 bytes.
    Width(u8),
    /// The idle gap is zero or negative.
    NoGap,
    /// An idle gap frames streams only: each datagram is framed by itself.
    GapInDatagrams,
}

impl Framing {
    /// The framing of Modbus TCP: transaction, protocol, length of the rest (MODBUS Messaging on
    /// TCP/IP §3.1.3).
    pub fn mbap() -> Self {
        Self::LengthPrefix {
            width: 2,
            big_endian: true,
            offset: 4,
            includes_header: false,
            adjust: 0,
        }
    }

    /// How the bytes of each message are stuffed, if they are.
    pub fn stuffing(&self) -> Option<Stuffing> {
        match self {
            Self::Cobs => Some(Stuffing::Cobs),
            Self::Slip => Some(Stuffing::Slip),
            _ => None,
        }
    }

    /// A message of which a whole frame is the stuffed form, if messages are stuffed. `None` if it
    /// is not validly stuffed.
    pub fn unstuffed<'a>(&self, frame: Cow<'a, [u8]>) -> Option<Cow<'a, [u8]>> {
        match self.stuffing() {
            Some(way) => way.unstuff(&frame).map(Cow::Owned),
            None => Some(frame),
        }
    }

    /// Checks a framing that the user wrote.
    ///
    /// # Errors
    /// The mistake that the user has to correct. A [`Framer`] accepts the framing anyway.
    pub fn check(&self) -> Result<(), FramingMistake> {
        // What is longer is framed, but no message.
        let too_long = Err(FramingMistake::TooLong(LONGEST_MESSAGE));
        match self {
            Self::Delimiter(bytes) if bytes.is_empty() => Err(FramingMistake::EmptyDelimiter),
            Self::Delimiter(bytes) if bytes.len() > LONGEST_DELIMITER => {
                Err(FramingMistake::LongDelimiter(LONGEST_DELIMITER))
            }
            Self::Fixed(0) => Err(FramingMistake::ZeroLength),
            Self::Fixed(length) if *length > LONGEST_MESSAGE => too_long,
            Self::LengthPrefix { width, .. } if !matches!(width, 1 | 2 | 4 | 8) => {
                Err(FramingMistake::Width(*width))
            }
            Self::LengthPrefix {
                width,
                offset,
                adjust,
                ..
            } if offset.saturating_add(u32::from(*width)) > LONGEST_MESSAGE
                || *adjust > i64::from(LONGEST_MESSAGE) =>
            {
                too_long
            }
            Self::Varint { offset } if *offset >= LONGEST_MESSAGE => too_long,
            Self::IdleGap(gap) if *gap <= 0 => Err(FramingMistake::NoGap),
            _ => Ok(()),
        }
    }

    /// Checks a framing that the user wrote for a session of streams, or of datagrams.
    ///
    /// # Errors
    /// As [`Self::check`]; an idle gap in datagrams.
    pub fn check_in(&self, in_datagrams: bool) -> Result<(), FramingMistake> {
        match self {
            Self::IdleGap(_) if in_datagrams => Err(FramingMistake::GapInDatagrams),
            _ => self.check(),
        }
    }
}

/// One message: the position of its bytes, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The time at which its first byte was read or written.
    pub time: Micros,
    pub first_row: u64,
    pub last_row: u64,
    /// All of its bytes in order, with header and delimiter; at least one read.
    pub reads: Vec<Read>,
    /// Its length in bytes, without the delimiter.
    pub length: u32,
    pub end: FrameEnd,
}

/// The bytes of one row of the log that belong to a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub row: u64,
    pub range: Range<u32>,
}

/// How a frame ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameEnd {
    /// The frame is complete by its length, or by an idle gap.
    Whole,
    /// The frame ended with a delimiter of this number of bytes.
    Delimited(u32),
    /// The frame is incomplete, or the stream ended within it.
    Unfinished,
    /// The frame, or the length in its header, exceeds the limit. The frame ends at that limit, or
    /// after the header; the next byte begins the next frame. What follows up to the next
    /// delimiter is too long as well.
    TooLong,
    /// The length should include the header, but is smaller than the header. The frame ends
    /// after the header; the next byte begins the next frame.
    TooShort,
    /// The bytes contradict the framing. The next byte begins the next frame.
    Garbled,
}

impl FrameEnd {
    /// Why the frame is no message; `None` if it is one.
    pub fn fault(self) -> Option<FrameFault> {
        match self {
            Self::Whole | Self::Delimited(_) => None,
            Self::Unfinished => Some(FrameFault::Unfinished),
            Self::TooLong => Some(FrameFault::TooLong),
            Self::TooShort => Some(FrameFault::TooShort),
            Self::Garbled => Some(FrameFault::Garbled),
        }
    }

    /// The length of the delimiter, in bytes.
    pub fn delimiter(self) -> u32 {
        match self {
            Self::Delimited(length) => length,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests;
