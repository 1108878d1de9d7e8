//! Numbers and options in either byte order, and timestamps of any resolution.

use crate::traffic::Micros;

/// The byte order of a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::capture) enum FieldOrder {
    Little,
    Big,
}

impl FieldOrder {
    pub(in crate::capture) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        })
    }

    pub(in crate::capture) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        })
    }

    pub(in crate::capture) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        })
    }

    /// The options at the end of a block (§3.5) as codes and values, up to the first that does
    /// not fit. The end of the block ends them too.
    pub(in crate::capture) fn options(self, bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let code = self.u16(rest, 0).filter(|code| *code != 0)?;
            let length = usize::from(self.u16(rest, 2)?);
            let value = rest.get(4..4 + length)?;
            let next = 4 + length.next_multiple_of(4);
            rest = rest.get(next..).unwrap_or_default();
            Some((code, value))
        })
    }
}

/// The clock of an interface (§4.2): its units in a second, and an offset in seconds.
#[derive(Clone, Copy, Debug)]
pub(in crate::capture) struct InterfaceClock {
    /// A negative power of ten, or of two if the highest bit is set.
    pub(in crate::capture) resolution: u8,
    pub(in crate::capture) offset: i64,
}

impl Default for InterfaceClock {
    fn default() -> Self {
        Self {
            resolution: 6,
            offset: 0,
        }
    }
}

impl InterfaceClock {
    /// A timestamp in microseconds since 1970. Our own files use microseconds, and two's
    /// complement for times before 1970.
    pub(in crate::capture) fn micros(self, units: u64) -> Micros {
        let micros = match self.resolution {
            6 => i128::from(units.cast_signed()),
            binary @ 0x80.. => {
                let scaled = u128::from(units) * 1_000_000;
                scaled
                    .checked_shr(u32::from(binary & 0x7F))
                    .unwrap_or(0)
                    .cast_signed()
            }
            decimal => {
                let scaled = i128::from(units) * 1_000_000;
                let units = 10_i128.checked_pow(u32::from(decimal));
                units.map_or(0, |units| scaled / units)
            }
        };
        let micros = micros + i128::from(self.offset) * 1_000_000;
        let end = if micros < 0 { Micros::MIN } else { Micros::MAX };
        Micros::try_from(micros).unwrap_or(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_gives_microseconds() {
        let micros = |resolution, units| {
            InterfaceClock {
                resolution,
                offset: 0,
            }
            .micros(units)
        };
        assert_eq!(micros(6, 5_000_001), 5_000_001);
        assert_eq!(micros(6, u64::MAX), -1);
        assert_eq!(micros(9, 5_000_001_999), 5_000_001);
        assert_eq!(micros(3, 5_001), 5_001_000);
        assert_eq!(micros(0, u64::MAX), i64::MAX);
        assert_eq!(micros(0x80 | 10, 1536), 1_500_000);
        assert_eq!((micros(0x7F, u64::MAX), micros(0xFF, u64::MAX)), (0, 0));
        let offset = InterfaceClock {
            resolution: 6,
            offset: -1,
        };
        assert_eq!(offset.micros(1), -999_999);
        let far = InterfaceClock {
            resolution: 6,
            offset: i64::MIN,
        };
        assert_eq!(far.micros(0), i64::MIN);
    }

    #[test]
    fn options_end_where_the_block_does() {
        let options = |bytes| FieldOrder::Big.options(bytes).collect::<Vec<_>>();
        let two = [0, 1, 0, 2, b'h', b'i', 0, 0, 0, 9, 0, 1, 6];
        assert_eq!(options(&two), [(1, &b"hi"[..]), (9, &[6])]);
        assert_eq!(options(&two[..12]), [(1, &b"hi"[..])]);
        assert_eq!(options(&[0, 0, 0, 0, 0, 9, 0, 1, 6, 0, 0, 0]), []);
    }
}
