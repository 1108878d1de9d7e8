//! Finds the end of a frame within the bytes of a read.

use super::{FrameEnd, Framing};
use memchr::memmem::Finder;

/// Finds the ends of one frame after the other. It keeps only the beginning of a delimiter or
/// of a length that spans reads.
#[derive(Debug)]
pub(super) enum DelimiterScan {
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
    /// Frames end with an idle gap, which the bytes do not show.
    Gap,
}

/// The scanner of a length prefix.
#[derive(Debug)]
pub(super) struct Prefix {
    width: usize,
    big_endian: bool,
    offset: u64,
    includes_header: bool,
    /// The bytes of the length field so far, and their number.
    field: [u8; 8],
    known: usize,
    /// The length of the whole frame, once it is known.
    total: Option<u64>,
}

impl DelimiterScan {
    /// An invalid framing is replaced by the nearest valid one, so that no frame is empty.
    pub(super) fn new(framing: &Framing) -> Self {
        match framing {
            Framing::Lines => Self::Lines {
                after_return: false,
            },
            Framing::Delimiter(bytes) => Self::Delimiter {
                finder: Box::new(Finder::new(bytes).into_owned()),
                tail: Vec::new(),
            },
            Framing::Fixed(length) => Self::Fixed(u64::from(*length).max(1)),
            Framing::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
            } => Self::Prefix(Prefix {
                width: usize::from(*width).clamp(1, 8),
                big_endian: *big_endian,
                offset: u64::from(*offset),
                includes_header: *includes_header,
                field: [0; 8],
                known: 0,
                total: None,
            }),
            Framing::IdleGap(_) => Self::Gap,
        }
    }

    /// Whether frames end with a delimiter.
    pub(super) fn has_delimiter(&self) -> bool {
        matches!(self, Self::Lines { .. } | Self::Delimiter { .. })
    }

    /// Starts the next frame.
    pub(super) fn restart(&mut self) {
        match self {
            Self::Lines { after_return } => *after_return = false,
            Self::Delimiter { tail, .. } => tail.clear(),
            Self::Prefix(prefix) => (prefix.known, prefix.total) = (0, None),
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

impl Prefix {
    fn step(&mut self, bytes: &[u8], taken: u64, limit: u64) -> (usize, Option<FrameEnd>) {
        if let Some(total) = self.total {
            return upto(bytes, total.saturating_sub(taken));
        }
        let before = self.offset.saturating_sub(taken);
        if before > 0 {
            let count = usize::try_from(before).unwrap_or(usize::MAX);
            return (count.min(bytes.len()), None);
        }
        let count = (self.width - self.known).min(bytes.len());
        let field = self.field.get_mut(self.known..self.known + count);
        if let (Some(field), Some(bytes)) = (field, bytes.get(..count)) {
            field.copy_from_slice(bytes);
        }
        self.known += count;
        if self.known < self.width {
            return (count, None);
        }
        let header = self.offset + self.width as u64;
        let total = match self.value() {
            value if self.includes_header => value,
            value => value.saturating_add(header),
        };
        let end = match total {
            _ if total < header => Some(FrameEnd::TooShort),
            _ if total > limit => Some(FrameEnd::TooLong),
            _ if total == header => Some(FrameEnd::Whole),
            _ => None,
        };
        self.total = Some(total);
        (count, end)
    }

    fn value(&self) -> u64 {
        let field = self.field.get(..self.width).unwrap_or_default();
        let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.big_endian {
            field.iter().fold(0, add)
        } else {
            field.iter().rev().fold(0, add)
        }
    }
}
