//! The place in a message where the next field is read.

use crate::schema::field_type::FieldType;
use crate::schema::plan::Terminator;
use crate::schema::tree::{Fault, Value};
use std::ops::Range;

/// A place in a stream: a message, or the part of it that one type has.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub at: usize,
    /// The bits of the byte at this place that are read.
    pub bit: u8,
    pub begin: usize,
    pub end: usize,
}

type Read = Result<Value, (Value, Fault)>;

impl Cursor {
    pub fn new(stream: Range<usize>) -> Self {
        Self {
            at: stream.start,
            bit: 0,
            begin: stream.start,
            end: stream.end,
        }
    }

    /// The bytes that are left, with one that is read in part.
    pub(super) fn left(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// Goes to the next byte, if bits of this one are read.
    pub(super) fn align(&mut self) {
        self.at += usize::from(self.bit > 0);
        self.bit = 0;
    }

    fn take<'a>(&mut self, count: usize, bytes: &'a [u8]) -> Result<&'a [u8], (Value, Fault)> {
        let found = bytes.get(self.at..self.at + count.min(self.left()));
        let found = found.unwrap_or_default();
        if found.len() < count {
            self.at += found.len();
            let missing = (count - found.len()) as u64;
            return Err((Value::Missing, Fault::Short(missing)));
        }
        self.at += count;
        Ok(found)
    }

    /// Reads a number.
    pub fn number(&mut self, of: FieldType, bytes: &[u8]) -> Read {
        match of {
            FieldType::Integer {
                width,
                signed,
                order,
            } => {
                let value = order.read(self.take(usize::from(width), bytes)?);
                // The sign stands in the highest bit that was read.
                let unused = 64 - 8 * u32::from(width);
                Ok(Value::Integer(match signed {
                    true => i128::from((value << unused).cast_signed() >> unused),
                    false => i128::from(value),
                }))
            }
            FieldType::Float { width, order } => {
                let value = order.read(self.take(usize::from(width), bytes)?);
                Ok(match u32::try_from(value) {
                    Ok(value) if width == 4 => Value::Single(f32::from_bits(value)),
                    _ => Value::Float(f64::from_bits(value)),
                })
            }
            FieldType::Bits {
                count,
                lowest_first,
            } => self.bits(count, lowest_first, bytes),
            FieldType::Varint => self.varint(bytes),
            FieldType::Bytes
            | FieldType::Text(_)
            | FieldType::Written { .. }
            | FieldType::Struct(_) => Ok(Value::Missing),
        }
    }

    fn bits(&mut self, count: u8, lowest_first: bool, bytes: &[u8]) -> Read {
        let mut value: u64 = 0;
        let mut read = 0;
        while read < count {
            let byte = bytes.get(self.at).filter(|_| self.left() > 0);
            let Some(byte) = byte else {
                let missing = u64::from(count - read).div_ceil(8);
                return Err((Value::Missing, Fault::Short(missing)));
            };
            let here = (8 - self.bit).min(count - read);
            let mask = 0xFF_u8 >> (8 - here);
            let part = match lowest_first {
                true => byte >> self.bit & mask,
                false => byte >> (8 - self.bit - here) & mask,
            };
            value = match lowest_first {
                true => value | u64::from(part) << read,
                // A part of eight bits after none would shift by the whole width.
                false => value.checked_shl(u32::from(here)).unwrap_or(0) | u64::from(part),
            };
            read += here;
            self.bit += here;
            if self.bit == 8 {
                (self.at, self.bit) = (self.at + 1, 0);
            }
        }
        Ok(match count {
            1 => Value::Bool(value == 1),
            _ => Value::Integer(i128::from(value)),
        })
    }

    fn varint(&mut self, bytes: &[u8]) -> Read {
        let mut value = 0_u64;
        for at in 0..10 {
            let [byte] = self.take(1, bytes)? else {
                return Err((Value::Missing, Fault::Short(1)));
            };
            let bits = u64::from(byte & 0x7F);
            if bits << (7 * at) >> (7 * at) != bits {
                break;
            }
            value |= bits << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(Value::Integer(i128::from(value)));
            }
        }
        Err((Value::Missing, Fault::Invalid))
    }

    /// Takes bytes up to a terminator.
    pub(super) fn until(
        &mut self,
        terminator: Terminator,
        bytes: &[u8],
    ) -> Result<Range<usize>, (Range<usize>, Fault)> {
        let begin = self.at;
        let rest = bytes.get(begin..self.end).unwrap_or_default();
        let Some(at) = memchr::memchr(terminator.byte, rest) else {
            self.at += rest.len();
            let all = begin..self.at;
            return match terminator.required {
                true => Err((all, Fault::NoTerminator)),
                false => Ok(all),
            };
        };
        self.at += at + usize::from(terminator.consume);
        Ok(begin..begin + at + usize::from(terminator.include))
    }
}
