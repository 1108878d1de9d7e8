//! Finds the end of a frame within the bytes of a read.

mod http;
mod prefix;

use super::{FrameEnd, Framing};
use crate::payload::stuffing::Stuffing;
use http::HttpScan;
use memchr::memmem::Finder;
use prefix::{Prefix, Varint};

/// Finds the ends of one frame after the other. It keeps only the beginning of a delimiter or
/// of a length that spans reads.
#[derive(Debug)]
pub(super) enum FrameScan {
    Lines {
        /// Whether the previous byte was a CR of the same frame.
        after_return: bool,
    },
    Delimiter {
        finder: Box<Finder<'static>>,
        /// The last bytes of the frame so far, one fewer than the delimiter's length.
        tail: Vec<u8>,
    },
    Fixed(u64),
    Prefix(Prefix),
    Varint(Varint),
    Http(Box<HttpScan>),
    /// Frames end with an idle gap, which the bytes do not show.
    Gap,
}

impl FrameScan {
    /// An invalid framing is replaced by the nearest valid one, so that no frame is empty.
    pub(super) fn new(framing: &Framing) -> Self {
        match framing {
            Framing::Lines => Self::Lines {
                after_return: false,
            },
            Framing::Delimiter(bytes) => Self::delimiter(bytes),
            Framing::Fixed(length) => Self::Fixed(u64::from(*length).max(1)),
            Framing::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            } => Self::Prefix(Prefix {
                width: usize::from(*width).clamp(1, 8),
                big_endian: *big_endian,
                offset: u64::from(*offset),
                includes_header: *includes_header,
                adjust: *adjust,
                field: [0; 8],
                known: 0,
                total: None,
            }),
            Framing::Varint { offset } => Self::Varint(Varint::new(u64::from(*offset))),
            Framing::Cobs => Self::delimiter(&[Stuffing::Cobs.delimiter()]),
            Framing::Slip => Self::delimiter(&[Stuffing::Slip.delimiter()]),
            Framing::Http => Self::Http(Box::default()),
            Framing::IdleGap(_) => Self::Gap,
        }
    }

    fn delimiter(bytes: &[u8]) -> Self {
        Self::Delimiter {
            finder: Box::new(Finder::new(bytes).into_owned()),
            tail: Vec::new(),
        }
    }

    /// Whether frames end with a delimiter.
    pub(super) fn has_delimiter(&self) -> bool {
        matches!(self, Self::Lines { .. } | Self::Delimiter { .. })
    }

    /// Whether the end of the stream ends the current frame.
    pub(super) fn ends_with_stream(&self) -> bool {
        match self {
            Self::Gap => true,
            Self::Http(http) => http.ends_with_connection(),
            _ => false,
        }
    }

    /// Starts the next frame.
    pub(super) fn restart(&mut self) {
        match self {
            Self::Lines { after_return } => *after_return = false,
            Self::Delimiter { tail, .. } => tail.clear(),
            Self::Prefix(prefix) => prefix.restart(),
            Self::Varint(varint) => varint.restart(),
            Self::Http(http) => http.restart(),
            Self::Fixed(_) | Self::Gap => {}
        }
    }

    /// The number of `bytes` that belong to the current frame, at least one, and the frame's
    /// end, if they contain it. `bytes` is not empty. `taken` is the length of the frame so
    /// far, and `limit` the longest it may become, which is greater.
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        taken: u64,
        limit: u64,
    ) -> (usize, Option<FrameEnd>) {
        let room = usize::try_from(limit.saturating_sub(taken)).unwrap_or(usize::MAX);
        let bytes = bytes.get(..room.max(1)).unwrap_or(bytes);
        match self {
            Self::Lines { after_return } => {
                let Some(at) = memchr::memchr(b'\n', bytes) else {
                    *after_return = bytes.ends_with(b"\r");
                    return (bytes.len(), None);
                };
                let carriage_return = match at.checked_sub(1) {
                    Some(before) => bytes.get(before) == Some(&b'\r'),
                    None => *after_return,
                };
                (
                    at + 1,
                    Some(FrameEnd::Delimited(1 + u32::from(carriage_return))),
                )
            }
            Self::Delimiter { finder, tail } => delimiter(finder, tail, bytes),
            Self::Fixed(length) => upto(bytes, length.saturating_sub(taken)),
            Self::Prefix(prefix) => prefix.step(bytes, taken, limit),
            Self::Varint(varint) => varint.step(bytes, taken, limit),
            Self::Http(http) => http.step(bytes),
            Self::Gap => (bytes.len(), None),
        }
    }
}

/// The part of `bytes` within the `left` bytes of the frame, and whether the frame ends with it.
fn upto(bytes: &[u8], left: u64) -> (usize, Option<FrameEnd>) {
    match usize::try_from(left) {
        Ok(left) if left <= bytes.len() => (left, Some(FrameEnd::Whole)),
        _ => (bytes.len(), None),
    }
}

fn delimiter(finder: &Finder<'_>, tail: &mut Vec<u8>, bytes: &[u8]) -> (usize, Option<FrameEnd>) {
    let length = finder.needle().len();
    let Some(kept) = length.checked_sub(1) else {
        // An empty delimiter never occurs.
        return (bytes.len(), None);
    };
    let begun = if tail.is_empty() {
        None
    } else {
        // A delimiter that began in an earlier read precedes all others.
        let head = bytes.get(..kept).unwrap_or(bytes);
        let across = [tail.as_slice(), head].concat();
        finder
            .find(&across)
            .and_then(|begin| (begin + length).checked_sub(tail.len()))
    };
    let end = begun.or_else(|| Some(finder.find(bytes)? + length));
    if let Some(end) = end {
        return (end, Some(FrameEnd::Delimited(length as u32)));
    }
    match bytes.len().checked_sub(kept) {
        Some(begin) => {
            tail.clear();
            tail.extend_from_slice(bytes.get(begin..).unwrap_or_default());
        }
        None => {
            tail.extend_from_slice(bytes);
            tail.drain(..tail.len().saturating_sub(kept));
        }
    }
    (bytes.len(), None)
}
