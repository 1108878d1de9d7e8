//! The length that begins a message.

use super::Framing;

impl Framing {
    /// The number of bytes of this message up to the end of the length that begins it; 0 if none
    /// does.
    pub fn header(&self, message: &[u8]) -> usize {
        match self {
            Self::LengthPrefix { width, offset, .. } => *offset as usize + usize::from(*width),
            Self::Varint { offset } => {
                let offset = *offset as usize;
                let length = message.get(offset..).unwrap_or_default();
                let more = length.iter().take_while(|byte| **byte & 0x80 != 0);
                offset + more.count() + 1
            }
            _ => 0,
        }
    }

    /// What stands before a message of which this many bytes are behind its length: zeros, where
    /// something else may stand before the length, and the length. `None` if no length begins
    /// messages, or it cannot say so many bytes.
    pub fn length_prefix(&self, behind: usize) -> Option<Vec<u8>> {
        let behind = i128::try_from(behind).ok()?;
        match self {
            Self::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            } => {
                let header = i128::from(*offset) + i128::from(*width);
                let counted = if *includes_header { header } else { 0 };
                let length = u64::try_from(behind + counted - i128::from(*adjust)).ok()?;
                let all = match big_endian {
                    true => length.to_be_bytes(),
                    false => length.to_le_bytes(),
                };
                let zeros = all.len().checked_sub(usize::from(*width))?;
                let (high, low) = match big_endian {
                    true => all.split_at(zeros),
                    false => {
                        let (low, high) = all.split_at(usize::from(*width));
                        (high, low)
                    }
                };
                let fits = high.iter().all(|byte| *byte == 0);
                let mut prefix = vec![0; *offset as usize];
                prefix.extend(low);
                fits.then_some(prefix)
            }
            Self::Varint { offset } => {
                let mut rest = u64::try_from(behind).ok()?;
                let mut prefix = vec![0; *offset as usize];
                loop {
                    let low = (rest & 0x7F) as u8;
                    rest >>= 7;
                    if rest == 0 {
                        prefix.push(low);
                        return Some(prefix);
                    }
                    prefix.push(low | 0x80);
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::{FrameEnd, MessageCutter};
    use proptest::prelude::*;

    fn length(width: u8, offset: u32, includes_header: bool, adjust: i64) -> Framing {
        Framing::LengthPrefix {
            width,
            big_endian: offset.is_multiple_of(2),
            offset,
            includes_header,
            adjust,
        }
    }

    proptest! {
        #[test]
        fn what_has_its_length_before_it_is_a_message(
            width in prop::sample::select(vec![2_u8, 4, 8]),
            offset in 0..5_u32,
            includes_header: bool,
            adjust in -9..=0_i64,
            body in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let way = length(width, offset, includes_header, adjust);
            for framing in [way, Framing::Varint { offset }] {
                let prefix = framing.length_prefix(body.len()).unwrap();
                let message = [prefix.clone(), body.clone()].concat();
                prop_assert_eq!(framing.header(&message), prefix.len());
                let mut found = Vec::new();
                let mut cutter = MessageCutter::new(framing);
                let twice = message.repeat(2);
                cutter.receive(&twice, 0, &mut |bytes, end| found.push((bytes.to_vec(), end)));
                let whole = (message, FrameEnd::Whole);
                prop_assert_eq!(found, vec![whole.clone(), whole]);
            }
        }
    }

    #[test]
    fn a_length_that_does_not_fit_is_none() {
        assert_eq!(length(1, 0, false, 0).length_prefix(255), Some(vec![255]));
        assert_eq!(length(1, 0, false, 0).length_prefix(256), None);
        assert_eq!(length(1, 1, true, 0).length_prefix(254), None);
        assert_eq!(length(2, 0, false, 9).length_prefix(8), None, "below zero");
        assert_eq!(
            length(2, 1, false, 0).length_prefix(258),
            Some(vec![0, 2, 1])
        );
        assert_eq!(Framing::Lines.length_prefix(3), None);
        assert_eq!(
            (Framing::Lines.header(b"ab"), Framing::Slip.header(b"")),
            (0, 0)
        );
    }
}
