//! The bytes of a message while it is made.

use crate::schema::field_type::NumberOrder;

/// Bytes, the last of which may have bits that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
    /// The bits of the last byte that are written; 0 if all are.
    pub bit: u8,
}

impl Writer {
    /// Goes to the next byte, if bits of the last one are written.
    pub fn align(&mut self) {
        self.bit = 0;
    }

    /// The place of the next field: the byte that has room for bits, or the one behind all.
    pub fn at(&self) -> usize {
        self.bytes.len() - usize::from(self.bit > 0)
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes the low `width` bytes of a number.
    pub fn number(&mut self, value: u64, width: u8, order: NumberOrder) {
        let all = value.to_be_bytes();
        let skipped = all.len().saturating_sub(width.into());
        order.push(all.get(skipped..).unwrap_or_default(), &mut self.bytes);
    }

    /// Writes seven bits a byte, the lowest first.
    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Writes the low `count` bits of a number.
    pub fn bits(&mut self, value: u64, count: u8, lowest_first: bool) {
        for at in 0..count {
            let from = if lowest_first { at } else { count - 1 - at };
            let bit = (value >> from & 1) as u8;
            if self.bit == 0 {
                self.bytes.push(0);
            }
            let to = if lowest_first { self.bit } else { 7 - self.bit };
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << to;
            }
            self.bit = (self.bit + 1) % 8;
        }
    }
}
