//! The header that a measuring sender writes at the beginning of its payloads.

use crate::traffic::Micros;

/// The flow, number and send time of a packet. It has twenty bytes, big-endian:
///
/// | bytes  | content                                       |
/// |--------|-----------------------------------------------|
/// | 0..4   | `NPm1`, 4E 50 6D 31                           |
/// | 4..8   | the flow number                               |
/// | 8..12  | the packet number, from 0; wraps              |
/// | 12..20 | the send time, in microseconds since 1970     |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub flow: u32,
    pub sequence: u32,
    pub sent: Micros,
}

impl Header {
    /// The length of the header, in bytes.
    pub const LENGTH: usize = 20;
    /// The first four bytes, as a big-endian number.
    pub const MAGIC: u32 = u32::from_be_bytes(*b"NPm1");

    /// Writes the header over the first bytes of a payload. Returns `false` and writes nothing
    /// if the payload is too short. The inverse of [`Self::read`].
    pub fn write(&self, payload: &mut [u8]) -> bool {
        let Some(place) = payload.first_chunk_mut::<{ Self::LENGTH }>() else {
            return false;
        };
        let numbers = [Self::MAGIC, self.flow, self.sequence].map(u32::to_be_bytes);
        let bytes = numbers.into_iter().flatten().chain(self.sent.to_be_bytes());
        for (place, byte) in place.iter_mut().zip(bytes) {
            *place = byte;
        }
        true
    }

    /// The header at the beginning of a payload, if there is one. The inverse of [`Self::write`].
    pub fn read(payload: &[u8]) -> Option<Self> {
        let (magic, rest) = payload.split_first_chunk()?;
        if u32::from_be_bytes(*magic) != Self::MAGIC {
            return None;
        }
        let (flow, rest) = rest.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (sent, _) = rest.split_first_chunk()?;
        Some(Self {
            flow: u32::from_be_bytes(*flow),
            sequence: u32::from_be_bytes(*sequence),
            sent: Micros::from_be_bytes(*sent),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn its_bytes_are_those_of_the_table() {
        let header = Header {
            flow: 0x0102_0304,
            sequence: 0x0506_0708,
            sent: 0x0910_1112_1314_1516,
        };
        let mut payload = [0xEE; 21];
        assert!(header.write(&mut payload));
        let expected = [
            0x4E, 0x50, 0x6D, 0x31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
            0x16, 0xEE,
        ];
        assert_eq!(payload, expected);
    }

    #[test]
    fn without_room_nothing_is_written() {
        let mut payload = [7; Header::LENGTH - 1];
        assert!(!Header::default().write(&mut payload));
        assert_eq!(payload, [7; Header::LENGTH - 1]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(flow: u32, sequence: u32, sent: Micros, more in 0..50_usize) {
            let header = Header { flow, sequence, sent };
            let mut payload = vec![0; Header::LENGTH + more];
            prop_assert!(header.write(&mut payload));
            prop_assert_eq!(Header::read(&payload), Some(header));
        }

        #[test]
        fn what_is_read_writes_the_same_bytes(rest in prop::collection::vec(any::<u8>(), 0..40)) {
            let payload = [b"NPm1".to_vec(), rest].concat();
            let header = Header::read(&payload);
            prop_assert_eq!(header.is_some(), payload.len() >= Header::LENGTH);
            if let Some(header) = header {
                let mut copy = payload.clone();
                copy[..Header::LENGTH].fill(0);
                prop_assert!(header.write(&mut copy));
                prop_assert_eq!(copy, payload);
            }
        }

        #[test]
        fn other_bytes_are_no_header(payload in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assume!(!payload.starts_with(b"NPm1"));
            prop_assert_eq!(Header::read(&payload), None);
        }
    }
}
