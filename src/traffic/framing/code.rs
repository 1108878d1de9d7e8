//! Framings as code in other languages finds messages.

use super::Framing;
use crate::schema::CodeFraming;

impl Framing {
    /// The framing for code in other languages. `None` where the bytes alone do not show where
    /// messages end, and for HTTP, sentences and modems, whose messages are text.
    pub fn for_code(&self) -> Option<CodeFraming> {
        Some(match self {
            Self::Lines => CodeFraming::Lines,
            Self::Delimiter(bytes) => CodeFraming::Ending(bytes.clone()),
            Self::Fixed(length) => CodeFraming::Fixed(*length),
            Self::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            } => {
                let header = match *includes_header {
                    true => 0,
                    false => i64::from(*offset) + i64::from(*width),
                };
                CodeFraming::Length {
                    offset: *offset,
                    width: *width,
                    big_endian: *big_endian,
                    more: adjust.saturating_add(header),
                }
            }
            Self::Varint { offset } => CodeFraming::Varint { offset: *offset },
            Self::Cobs => CodeFraming::Cobs,
            Self::Slip => CodeFraming::Slip,
            Self::Http | Self::Nmea | Self::At | Self::IdleGap(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_says_how_long_the_whole_message_is() {
        let more = |includes_header, adjust| {
            let framing = Framing::LengthPrefix {
                width: 2,
                big_endian: true,
                offset: 3,
                includes_header,
                adjust,
            };
            match framing.for_code() {
                Some(CodeFraming::Length { more, .. }) => more,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([more(false, 0), more(true, 0), more(false, 2)], [5, 0, 7]);
        assert_eq!(Framing::IdleGap(1).for_code(), None);
    }
}
