//! The field of a payload that holds its sequence number.

use super::Header;
use crate::traffic::Micros;
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// The longest prefix of a decimal number, in bytes.
const LONGEST_PREFIX: usize = 64;

/// The longest payload of a datagram in bytes, which every field must fit in.
const LONGEST_PAYLOAD: usize = 65_535;

/// The position of the sequence number in a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberField {
    /// The number is in our own [`Header`].
    #[default]
    Header,
    /// The number has `width` bytes, 1, 2, 4 or 8, at `offset` in the user's own protocol.
    User {
        offset: usize,
        width: u8,
        little_endian: bool,
    },
    /// The number is decimal digits after the first occurrence of this text that digits follow:
    /// `seq=17`. With an empty text, the payload begins with the digits.
    Text { prefix: String },
}

/// Why a field is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// The width is not 1, 2, 4 or 8 bytes.
    Width(u8),
    /// The field at this offset ends after the longest payload.
    Offset(usize),
    /// The prefix is longer than this limit, in bytes.
    LongPrefix(usize),
}

impl NumberField {
    /// Checks a field that the user wrote.
    ///
    /// # Errors
    /// [`FieldProblem`] if no payload can hold the field.
    pub fn check(&self) -> Result<(), FieldProblem> {
        match self {
            Self::Header => Ok(()),
            Self::User { width, .. } if !matches!(width, 1 | 2 | 4 | 8) => {
                Err(FieldProblem::Width(*width))
            }
            Self::User { offset, width, .. } => {
                let end = offset.saturating_add(usize::from(*width));
                let fits = end <= LONGEST_PAYLOAD;
                fits.then_some(()).ok_or(FieldProblem::Offset(*offset))
            }
            Self::Text { prefix } => {
                let fits = prefix.len() <= LONGEST_PREFIX;
                fits.then_some(())
                    .ok_or(FieldProblem::LongPrefix(LONGEST_PREFIX))
            }
        }
    }

    /// The width of the number in bits, after which it wraps to 0. A decimal number has 64.
    pub fn bits(&self) -> u32 {
        match self {
            Self::Header => u32::BITS,
            Self::User { width, .. } => u32::from(*width) * 8,
            Self::Text { .. } => u64::BITS,
        }
    }
}

/// The numbers read from a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PacketNumbers {
    /// The flow number; 0 where the field has none.
    pub(super) flow: u32,
    pub(super) number: u64,
    pub(super) sent: Option<Micros>,
}

/// A field prepared for reading millions of payloads.
#[derive(Clone, Debug)]
pub(super) enum FieldReader {
    Header,
    Number {
        offset: usize,
        width: usize,
        little_endian: bool,
    },
    Text(Box<Finder<'static>>),
    /// The field does not pass [`NumberField::check`], so no payload has it.
    Never,
}

impl FieldReader {
    pub(super) fn new(field: &NumberField) -> Self {
        if field.check().is_err() {
            return Self::Never;
        }
        match field {
            NumberField::Header => Self::Header,
            NumberField::User {
                offset,
                width,
                little_endian,
            } => Self::Number {
                offset: *offset,
                width: usize::from(*width),
                little_endian: *little_endian,
            },
            NumberField::Text { prefix } => Self::Text(Box::new(Finder::new(prefix).into_owned())),
        }
    }

    /// The numbers of a payload. `None` if it does not have the field.
    pub(super) fn read(&self, payload: &[u8]) -> Option<PacketNumbers> {
        let number = match self {
            Self::Header => {
                let header = Header::read(payload)?;
                return Some(PacketNumbers {
                    flow: header.flow,
                    number: u64::from(header.sequence),
                    sent: Some(header.sent),
                });
            }
            Self::Number {
                offset,
                width,
                little_endian,
            } => {
                let bytes = payload.get(*offset..)?.get(..*width)?;
                let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
                if *little_endian {
                    bytes.iter().rev().fold(0, add)
                } else {
                    bytes.iter().fold(0, add)
                }
            }
            Self::Text(prefix) if prefix.needle().is_empty() => digits(payload)?,
            Self::Text(prefix) => prefix
                .find_iter(payload)
                .find_map(|at| digits(payload.get(at + prefix.needle().len()..)?))?,
            Self::Never => return None,
        };
        Some(PacketNumbers {
            flow: 0,
            number,
            sent: None,
        })
    }
}

/// The decimal number that these bytes begin with; `None` without a digit, or above 64 bits.
fn digits(bytes: &[u8]) -> Option<u64> {
    let mut digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    let value = |byte: &u8| u64::from(byte - b'0');
    let first = digits.next().map(value)?;
    digits.try_fold(first, |number, byte| {
        number.checked_mul(10)?.checked_add(value(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn user(offset: usize, width: u8, little_endian: bool) -> NumberField {
        NumberField::User {
            offset,
            width,
            little_endian,
        }
    }

    fn text(prefix: &str) -> NumberField {
        NumberField::Text {
            prefix: prefix.to_owned(),
        }
    }

    fn number(field: &NumberField, payload: &[u8]) -> Option<u64> {
        Some(FieldReader::new(field).read(payload)?.number)
    }

    #[test]
    fn a_number_of_a_users_protocol_has_its_place_width_and_order() {
        let payload = [0xFF, 1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(number(&user(1, 1, false), &payload), Some(1));
        assert_eq!(number(&user(1, 2, false), &payload), Some(0x0102));
        assert_eq!(number(&user(1, 4, true), &payload), Some(0x0403_0201));
        let whole = Some(0x0102_0304_0506_0708);
        assert_eq!(number(&user(1, 8, false), &payload), whole);
        assert_eq!(number(&user(2, 8, false), &payload), None);
    }

    #[test]
    fn a_decimal_number_follows_its_text() {
        let cases = [
            ("seq=", "seq=17", Some(17)),
            ("seq=", "seq=?, seq=18;", Some(18)),
            ("seq=", "seq 19", None),
            ("seq=", "seq=-1", None),
            ("", "20 packets", Some(20)),
            ("", "packet 20", None),
            ("#", "#18446744073709551615", Some(u64::MAX)),
            ("#", "#18446744073709551616", None),
        ];
        for (prefix, payload, expected) in cases {
            let found = number(&text(prefix), payload.as_bytes());
            assert_eq!(found, expected, "{prefix:?} in {payload:?}");
        }
    }

    #[test]
    fn a_field_no_payload_can_have_says_why_and_reads_nothing() {
        let long = "x".repeat(LONGEST_PREFIX + 1);
        let cases = [
            (user(0, 3, false), FieldProblem::Width(3)),
            (user(65_534, 2, false), FieldProblem::Offset(65_534)),
            (user(usize::MAX, 8, true), FieldProblem::Offset(usize::MAX)),
            (text(&long), FieldProblem::LongPrefix(LONGEST_PREFIX)),
        ];
        for (field, problem) in cases {
            assert_eq!(field.check(), Err(problem));
            assert_eq!(number(&field, &[0; 70_000]), None);
        }
        for field in [NumberField::Header, user(65_533, 2, true), text("seq=")] {
            assert_eq!(field.check(), Ok(()));
        }
    }

    #[test]
    fn settings_keep_it() {
        for field in [NumberField::Header, user(4, 2, true), text("seq=")] {
            let kept = ron::to_string(&field).unwrap();
            assert_eq!(ron::from_str::<NumberField>(&kept).unwrap(), field);
        }
    }

    proptest! {
        #[test]
        fn any_field_of_any_payload_can_be_asked_for(
            offset: usize,
            width: u8,
            little_endian: bool,
            prefix in ".{0,3}",
            payload in prop::collection::vec(any::<u8>(), 0..64),
        ) {
            number(&user(offset, width, little_endian), &payload);
            number(&user(offset % 64, 1 << (width % 4), little_endian), &payload);
            number(&text(&prefix), &payload);
            number(&NumberField::Header, &payload);
        }
    }
}
