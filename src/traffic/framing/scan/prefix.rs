//! Messages that begin with their length.

use super::{FrameEnd, upto};

/// The maximum number of bytes of a length of variable size: 64 bits by seven.
const LONGEST_VARINT: usize = 10;

/// The scanner of a length field.
#[derive(Debug)]
pub struct Prefix {
    pub width: usize,
    pub big_endian: bool,
    pub offset: u64,
    pub includes_header: bool,
    pub adjust: i64,
    /// The bytes of the length field so far, and their number.
    pub field: [u8; 8],
    pub known: usize,
    /// The length of the whole frame, once it is known.
    pub total: Option<u64>,
}

impl Prefix {
    pub(super) fn restart(&mut self) {
        (self.known, self.total) = (0, None);
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        taken: u64,
        limit: u64,
    ) -> (usize, Option<FrameEnd>) {
        if let Some(step) = beside_length(bytes, taken, self.offset, self.total) {
            return step;
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
        let total = total.saturating_add_signed(self.adjust);
        let end = end_of_header(total, header, limit);
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

/// The scanner of a length of seven bits a byte, the lowest first (LEB128, as protobuf writes it).
#[derive(Debug)]
pub struct Varint {
    offset: u64,
    value: u64,
    known: usize,
    total: Option<u64>,
}

impl Varint {
    /// A length after this number of bytes.
    pub(super) fn new(offset: u64) -> Self {
        Self {
            offset,
            value: 0,
            known: 0,
            total: None,
        }
    }

    pub(super) fn restart(&mut self) {
        *self = Self::new(self.offset);
    }

    /// As [`super::FrameScan::step`].
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        taken: u64,
        limit: u64,
    ) -> (usize, Option<FrameEnd>) {
        if let Some(step) = beside_length(bytes, taken, self.offset, self.total) {
            return step;
        }
        for (at, byte) in bytes.iter().enumerate() {
            let bits = u64::from(byte & 0x7F);
            let shifted = bits << (7 * self.known);
            if self.known + 1 > LONGEST_VARINT || shifted >> (7 * self.known) != bits {
                return (at + 1, Some(FrameEnd::Garbled));
            }
            self.value |= shifted;
            self.known += 1;
            if byte & 0x80 == 0 {
                let header = self.offset + self.known as u64;
                let total = self.value.saturating_add(header);
                self.total = Some(total);
                return (at + 1, end_of_header(total, header, limit));
            }
            if self.known == LONGEST_VARINT {
                return (at + 1, Some(FrameEnd::Garbled));
            }
        }
        (bytes.len(), None)
    }
}

/// The step of a frame outside of its length: before it, where `offset` bytes stand, and once the
/// `total` is known. `None` where `bytes` begin within the length.
fn beside_length(
    bytes: &[u8],
    taken: u64,
    offset: u64,
    total: Option<u64>,
) -> Option<(usize, Option<FrameEnd>)> {
    if let Some(total) = total {
        return Some(upto(bytes, total.saturating_sub(taken)));
    }
    let before = offset.saturating_sub(taken);
    (before > 0).then(|| {
        let count = usize::try_from(before).unwrap_or(usize::MAX);
        (count.min(bytes.len()), None)
    })
}

/// The end of the frame, if it ends with its header.
fn end_of_header(total: u64, header: u64, limit: u64) -> Option<FrameEnd> {
    match total {
        _ if total < header => Some(FrameEnd::TooShort),
        _ if total > limit => Some(FrameEnd::TooLong),
        _ if total == header => Some(FrameEnd::Whole),
        _ => None,
    }
}
