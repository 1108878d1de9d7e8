//! Byte stuffing: messages in which the byte that ends them does not occur.

/// The byte that ends a message in SLIP, and the escapes (RFC 1055).
const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;

/// How messages are stuffed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuffing {
    /// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1997): a message ends with 00.
    Cobs,
    /// Serial Line IP (RFC 1055): a message ends with C0, and may begin with it.
    Slip,
}

impl Stuffing {
    /// The byte that ends a message.
    pub fn delimiter(self) -> u8 {
        match self {
            Self::Cobs => 0,
            Self::Slip => END,
        }
    }

    /// The message as it is sent, with the byte that ends it.
    pub fn stuff(self, message: &[u8]) -> Vec<u8> {
        let mut stuffed = match self {
            Self::Cobs => cobs::encode_vec(message),
            Self::Slip => slip(message),
        };
        stuffed.push(self.delimiter());
        stuffed
    }

    /// The message of what was received, without the byte that ended it. `None` if the bytes are
    /// not valid.
    pub fn unstuff(self, stuffed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Cobs => cobs::decode_vec(stuffed).ok(),
            Self::Slip => unslip(stuffed),
        }
    }
}

fn slip(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + 2);
    for byte in message {
        match *byte {
            END => stuffed.extend([ESCAPE, ESCAPED_END]),
            ESCAPE => stuffed.extend([ESCAPE, ESCAPED_ESCAPE]),
            other => stuffed.push(other),
        }
    }
    stuffed
}

fn unslip(stuffed: &[u8]) -> Option<Vec<u8>> {
    let mut message = Vec::with_capacity(stuffed.len());
    let mut bytes = stuffed.iter();
    while let Some(byte) = bytes.next() {
        message.push(match *byte {
            END => return None,
            ESCAPE => match *bytes.next()? {
                ESCAPED_END => END,
                ESCAPED_ESCAPE => ESCAPE,
                _ => return None,
            },
            other => other,
        });
    }
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stuffed_messages_are_those_of_the_specifications() {
        for (message, stuffed) in [
            (&b"\x00"[..], &b"\x01\x01\x00"[..]),
            (b"\x11\x22\x00\x33", b"\x03\x11\x22\x02\x33\x00"),
            (b"\x11\x00\x00\x00", b"\x02\x11\x01\x01\x01\x00"),
        ] {
            assert_eq!(Stuffing::Cobs.stuff(message), stuffed);
        }
        let stuffed = Stuffing::Slip.stuff(b"a\xC0b\xDBc");
        assert_eq!(stuffed, b"a\xDB\xDCb\xDB\xDDc\xC0");
    }

    #[test]
    fn what_is_not_stuffed_is_refused() {
        // The first byte says that five follow.
        assert_eq!(Stuffing::Cobs.unstuff(b"\x06ab"), None);
        for wrong in [&b"a\xDB"[..], b"\xDBx", b"a\xC0b"] {
            assert_eq!(Stuffing::Slip.unstuff(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_stuffed_message_comes_back(
            message in proptest::collection::vec(prop_oneof![Just(0), Just(END), Just(ESCAPE), any::<u8>()], 0..600),
        ) {
            for way in [Stuffing::Cobs, Stuffing::Slip] {
                let stuffed = way.stuff(&message);
                let (end, inside) = stuffed.split_last().unwrap();
                prop_assert_eq!(*end, way.delimiter());
                prop_assert!(!inside.contains(end));
                prop_assert_eq!(way.unstuff(inside), Some(message.clone()));
            }
        }
    }
}
