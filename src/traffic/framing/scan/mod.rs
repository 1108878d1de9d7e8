//! Finds the end of a frame within the bytes of a read.

mod http;
mod line;
mod prefix;

use super::{FrameEnd, Framing};
use crate::payload::stuffing::Stuffing;
use http::HttpScan;
use line::{AtScan, LineScan, NmeaScan};
use memchr::memmem::Finder;
use prefix::{Prefix, Varint};

/// Finds the ends of one frame after the other. It keeps only the beginning of a delimiter or
/// of a length that spans reads.
#[derive(Debug)]
pub(super) enum FrameScan {
    Lines(LineScan),
    Delimiter {
        finder: Box<Finder<'static>>,
        /// The last bytes of the frame so far, one fewer than the delimiter's length.
        tail: Vec<u8>,
    },
    Fixed(u64),
    Prefix(Prefix),
    Varint(Varint),
    Http(Box<HttpScan>),
    Nmea(NmeaScan),
    At(AtScan),
    /// Frames end with an idle gap, which the bytes do not show.
    Gap,
}

impl FrameScan {
    /// An invalid framing is replaced by the nearest valid one, so that no frame is empty.
    pub(super) fn new(framing: &Framing) -> Self {
        match framing {
            Framing::Lines => Self::Lines(LineScan::default()),
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
            Framing::Nmea => Self::Nmea(NmeaScan::default()),
            Framing::At => Self::At(AtScan::default()),
            Framing::IdleGap(_) => Self::Gap,
        }
    }

    fn delimiter(bytes: &[u8]) -> Self {
        Self::Delimiter {
            finder: Box::new(Finder::new(bytes).into_owned()),
            tail: Vec::new(),
        }
    }

    /// Whether the current frame ends with a delimiter.
    pub(super) fn has_delimiter(&self) -> bool {
        match self {
            Self::Lines(_) | Self::Delimiter { .. } => true,
            Self::Nmea(nmea) => nmea.is_in_sentence(),
            Self::At(at) => at.is_in_line(),
            _ => false,
        }
    }

    /// How the current frame ends if the stream ends here.
    pub(super) fn end_of_stream(&self) -> FrameEnd {
        match self {
            Self::Gap => FrameEnd::Whole,
            Self::Http(http) if http.ends_with_connection() => FrameEnd::Whole,
            Self::Nmea(nmea) if nmea.is_in_garbage() => FrameEnd::Garbled,
            _ => FrameEnd::Unfinished,
        }
    }

    /// The number of `bytes` that belong to no frame, where the next one would begin.
    pub(super) fn blank(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::At(at) => at.blank(bytes),
            _ => 0,
        }
    }

    /// Starts another stream.
    pub(super) fn begin_stream(&mut self) {
        match self {
            Self::Http(http) => **http = HttpScan::default(),
            Self::At(at) => *at = AtScan::default(),
            other => other.restart(),
        }
    }

    /// Starts the next frame.
    pub(super) fn restart(&mut self) {
        match self {
            Self::Lines(line) => line.restart(),
            Self::Delimiter { tail, .. } => tail.clear(),
            Self::Prefix(prefix) => prefix.restart(),
            Self::Varint(varint) => varint.restart(),
            Self::Http(http) => http.restart(),
            Self::Nmea(nmea) => nmea.restart(),
            Self::At(at) => at.restart(),
            Self::Fixed(_) | Self::Gap => {}
        }
    }

    /// The number of `bytes` that belong to the current frame, at least one, and the frame's
    /// end, if they contain it; none, if these bytes show that a frame which has begun ended
    /// before them. `bytes` is not empty. `taken` is the length of the frame so far, and `limit`
    /// the longest it may become, which is greater.
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        taken: u64,
        limit: u64,
    ) -> (usize, Option<FrameEnd>) {
        let room = usize::try_from(limit.saturating_sub(taken)).unwrap_or(usize::MAX);
        let bytes = bytes.get(..room.max(1)).unwrap_or(bytes);
        match self {
            Self::Lines(line) => line.step(bytes),
            Self::Delimiter { finder, tail } => delimiter(finder, tail, bytes),
            Self::Fixed(length) => upto(bytes, length.saturating_sub(taken)),
            Self::Prefix(prefix) => prefix.step(bytes, taken, limit),
            Self::Varint(varint) => varint.step(bytes, taken, limit),
            Self::Http(http) => http.step(bytes),
            Self::Nmea(nmea) => nmea.step(bytes),
            Self::At(at) => at.step(bytes),
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
