//! Checksums after a payload: appended when sending, verified when receiving.

mod catalogue;

pub use catalogue::CrcParameters;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A checksum algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Sum {
    /// The sum of all bytes, modulo 256.
    Sum8,
    /// The two's complement of [`Self::Sum8`], as the LRC of Modbus ASCII: the sum of all bytes
    /// and this one is 0.
    Negative,
    /// The one's complement of [`Self::Sum8`].
    Complement,
    /// The exclusive or of all bytes (BCC), as the LRC of ISO 1155.
    Xor,
    /// The sum of all bytes, modulo 65,536.
    Sum16,
    /// The CRC at this index of the catalogue.
    Crc(u8),
}

impl Default for Sum {
    /// CRC-16/MODBUS.
    fn default() -> Self {
        Self::Crc(0)
    }
}

impl Sum {
    const PLAIN: [Self; 5] = [
        Self::Sum8,
        Self::Negative,
        Self::Complement,
        Self::Xor,
        Self::Sum16,
    ];

    pub fn all() -> impl Iterator<Item = Self> {
        let crcs = (0..catalogue::CATALOGUE.len()).filter_map(|place| u8::try_from(place).ok());
        Self::PLAIN.into_iter().chain(crcs.map(Self::Crc))
    }

    /// The algorithm of this name, or of this last part of a name (`modbus`), in any case.
    pub fn named(name: &str) -> Option<Self> {
        let is_it = |sum: &Self| {
            let full = sum.name();
            let last = full.rsplit_once('/').map_or(full, |(_, last)| last);
            full.eq_ignore_ascii_case(name) || last.eq_ignore_ascii_case(name)
        };
        Self::all().find(is_it)
    }

    /// The name in settings; for a CRC, that of the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum8 => "SUM-8",
            Self::Negative => "SUM-8-NEGATIVE",
            Self::Complement => "SUM-8-COMPLEMENT",
            Self::Xor => "XOR-8",
            Self::Sum16 => "SUM-16",
            Self::Crc(_) => self.crc().map_or("CRC", |crc| crc.name),
        }
    }

    /// The catalogue's name of a CRC with its aliases. The other algorithms have translated
    /// names, so this is only their [`name`](Self::name).
    pub fn title(self) -> Cow<'static, str> {
        self.crc()
            .map_or_else(|| self.name().into(), catalogue::Catalogued::title)
    }

    /// Bytes of the check value.
    pub fn width(self) -> usize {
        match self {
            Self::Sum8 | Self::Negative | Self::Complement | Self::Xor => 1,
            Self::Sum16 => 2,
            Self::Crc(_) => self.crc().map_or(0, catalogue::Catalogued::width),
        }
    }

    pub fn of(self, bytes: &[u8]) -> u32 {
        let sum = |bytes: &[u8]| {
            let add = |sum: u32, byte: &u8| sum.wrapping_add(u32::from(*byte));
            bytes.iter().fold(0, add)
        };
        match self {
            Self::Sum8 => sum(bytes) & 0xFF,
            Self::Negative => sum(bytes).wrapping_neg() & 0xFF,
            Self::Complement => !sum(bytes) & 0xFF,
            Self::Xor => bytes.iter().fold(0, |all, byte| all ^ u32::from(*byte)),
            Self::Sum16 => sum(bytes) & 0xFFFF,
            Self::Crc(_) => self.crc().map_or(0, |crc| crc.of(bytes)),
        }
    }

    /// The parameters of a CRC; `None` for the other algorithms.
    pub fn parameters(self) -> Option<CrcParameters> {
        self.crc().map(catalogue::Catalogued::parameters)
    }

    fn crc(self) -> Option<&'static catalogue::Catalogued> {
        match self {
            Self::Crc(place) => catalogue::CATALOGUE.get(usize::from(place)),
            _ => None,
        }
    }
}

impl TryFrom<String> for Sum {
    type Error = UnknownSum;

    fn try_from(name: String) -> Result<Self, UnknownSum> {
        Self::named(&name).ok_or_else(|| UnknownSum::like(&name))
    }
}

/// A name that no checksum has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSum {
    /// The names that begin alike, or all.
    pub known: Vec<&'static str>,
}

impl UnknownSum {
    pub fn like(name: &str) -> Self {
        let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_', '/'], "");
        let like = |sum: &Sum| plain(sum.name()).starts_with(&plain(name));
        let near: Vec<&str> = Sum::all().filter(like).map(Sum::name).collect();
        Self {
            known: match near.as_slice() {
                [] => Sum::all().map(Sum::name).collect(),
                _ => near,
            },
        }
    }
}

/// As a typed mistake in a file is passed through serde: JSON, which `config` reads.
impl fmt::Display for UnknownSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = serde_json::json!({ "Checksum": { "known": self.known } });
        write!(f, "{known}")
    }
}

impl From<Sum> for String {
    fn from(sum: Sum) -> Self {
        sum.name().to_owned()
    }
}

/// A checksum of some bytes of a payload. Its value follows the payload directly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checksum {
    pub sum: Sum,
    /// The byte order of the value. Modbus sends the low byte first, most protocols the high
    /// one.
    pub order: ByteOrder,
    /// The first covered byte of the payload, from 0.
    pub from: usize,
    /// The end of the covered bytes, exclusive; `None` is the payload's end.
    pub to: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ByteOrder {
    #[default]
    LowFirst,
    HighFirst,
}

/// The payload lacks bytes that the checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// Bytes of the payload.
    pub length: usize,
}

impl Checksum {
    /// Reads a checksum of all bytes from the name of its algorithm, or the last part of that
    /// name, in any case: `modbus`, `CRC-16/XMODEM:high`. The low byte comes first unless
    /// `:high` follows. `None` for an unknown name.
    pub fn named(text: &str) -> Option<Self> {
        let (name, order) = match text.rsplit_once(':') {
            Some((name, "high")) => (name, ByteOrder::HighFirst),
            Some((name, "low")) => (name, ByteOrder::LowFirst),
            Some(_) => return None,
            None => (text, ByteOrder::default()),
        };
        let sum = Sum::named(name.trim())?;
        Some(Self {
            sum,
            order,
            ..Self::default()
        })
    }

    /// The value's bytes for this payload.
    ///
    /// # Errors
    /// [`OutOfRange`] if the payload is shorter than the covered range.
    pub fn of(&self, payload: &[u8]) -> Result<Vec<u8>, OutOfRange> {
        let length = payload.len();
        let covered = payload
            .get(self.range(length))
            .ok_or(OutOfRange { length })?;
        let value = self.sum.of(covered).to_le_bytes();
        let mut bytes: Vec<u8> = value.into_iter().take(self.sum.width()).collect();
        if self.order == ByteOrder::HighFirst {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// Whether the last bytes are the checksum of those before them; `None` if there are too
    /// few bytes.
    pub fn verify(&self, bytes: &[u8]) -> Option<bool> {
        let (payload, value) =
            bytes.split_at_checked(bytes.len().checked_sub(self.sum.width())?)?;
        Some(self.of(payload).ok()? == value)
    }

    /// Like [`verify`](Self::verify), but a line ending may follow the value, as in received
    /// lines.
    pub fn verify_line(&self, bytes: &[u8]) -> Option<bool> {
        let whole = self.verify(bytes);
        let line = [&b"\r\n"[..], b"\n", b"\r"]
            .iter()
            .find_map(|ending| bytes.strip_suffix(*ending));
        match (whole, line) {
            (Some(true), _) | (_, None) => whole,
            (_, Some(line)) => self.verify(line).or(whole),
        }
    }

    fn range(&self, length: usize) -> Range<usize> {
        self.from..self.to.unwrap_or(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn crc(name: &str) -> Sum {
        let sum = Sum::named(name).unwrap();
        assert_eq!(sum.name(), name);
        sum
    }

    #[test]
    fn sums_are_what_the_assistants_send() {
        let bytes = [0x01, 0x03, 0xFF];
        let expected = [
            (Sum::Sum8, 0x03),
            (Sum::Negative, 0xFD),
            (Sum::Complement, 0xFC),
            (Sum::Xor, 0xFD),
            (Sum::Sum16, 0x0103),
        ];
        for (sum, value) in expected {
            assert_eq!(sum.of(&bytes), value, "{}", sum.name());
        }
    }

    #[test]
    fn a_modbus_request_ends_with_its_crc_low_byte_first() {
        let checksum = Checksum::default();
        let request = [0x01, 0x03, 0x00, 0x00, 0x00, 0x02];
        assert_eq!(checksum.of(&request), Ok(vec![0xC4, 0x0B]));
        assert_eq!(checksum.verify(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]), Some(true));
        assert_eq!(
            checksum.verify(&[1, 3, 0, 0, 0, 3, 0xC4, 0x0B]),
            Some(false)
        );
        assert_eq!(checksum.verify(&[1]), None);
    }

    #[test]
    fn a_name_may_be_short_and_say_the_order() {
        let named = |text| Checksum::named(text).map(|sum| (sum.sum.name(), sum.order));
        let modbus = Some(("CRC-16/MODBUS", ByteOrder::LowFirst));
        assert_eq!(
            (named("modbus"), named("crc-16/modbus:low")),
            (modbus, modbus)
        );
        let xmodem = Some(("CRC-16/XMODEM", ByteOrder::HighFirst));
        assert_eq!(named("XMODEM:high"), xmodem);
        assert_eq!((named("never"), named("modbus:middle")), (None, None));
    }

    #[test]
    fn a_line_ending_may_follow_the_value() {
        let checksum = Checksum::default();
        for ending in ["", "\n", "\r", "\r\n"] {
            let bytes = [b"123456789\x37\x4B", ending.as_bytes()].concat();
            assert_eq!(checksum.verify_line(&bytes), Some(true), "{ending:?}");
            let bytes = [b"12345678X\x37\x4B", ending.as_bytes()].concat();
            assert_eq!(checksum.verify_line(&bytes), Some(false), "{ending:?}");
        }
    }

    #[test]
    fn the_high_byte_may_come_first_and_a_part_be_covered() {
        let checksum = Checksum {
            sum: crc("CRC-16/XMODEM"),
            order: ByteOrder::HighFirst,
            from: 2,
            to: Some(11),
        };
        assert_eq!(checksum.of(b"<<123456789>>"), Ok(vec![0x31, 0xC3]));
        assert_eq!(checksum.of(b"<<1234"), Err(OutOfRange { length: 6 }));
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_no_range() {
        let checksum = Checksum {
            from: 4,
            to: Some(2),
            ..Checksum::default()
        };
        assert_eq!(checksum.of(b"123456"), Err(OutOfRange { length: 6 }));
    }

    #[test]
    fn every_name_is_read_back_and_an_unknown_one_is_the_usual() {
        for sum in Sum::all() {
            assert_eq!(Sum::try_from(sum.name().to_owned()), Ok(sum));
        }
        assert!(Sum::try_from("CRC-64/NEVER".to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_appended_verifies_and_a_changed_bit_does_not(payload in prop::collection::vec(any::<u8>(), 1..64), bit: usize) {
            for sum in Sum::all() {
                for order in [ByteOrder::LowFirst, ByteOrder::HighFirst] {
                    let checksum = Checksum { sum, order, ..Checksum::default() };
                    let mut bytes = payload.clone();
                    bytes.extend(checksum.of(&payload).unwrap());
                    prop_assert_eq!(checksum.verify(&bytes), Some(true), "{}", sum.name());
                    let bit = bit % (payload.len() * 8);
                    bytes[bit / 8] ^= 1 << (bit % 8);
                    prop_assert_eq!(checksum.verify(&bytes), Some(false), "{}", sum.name());
                }
            }
        }
    }
}
