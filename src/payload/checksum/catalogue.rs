//! The cyclic redundancy checks (CRCs) with names, as the CRC RevEng catalogue lists them
//! (<https://reveng.sourceforge.io/crc-catalogue/>). The best known of 16 and 32 bits come
//! first in their width.

use crc::{Algorithm, Crc, Table};
use std::borrow::Cow;

/// A CRC of one, two or four bytes.
#[derive(Clone, Copy)]
pub struct Catalogued {
    /// The catalogue's name, such as `CRC-16/MODBUS`.
    pub name: &'static str,
    /// Other common names; empty if there are none.
    pub alias: &'static str,
    algorithm: Parameters,
}

#[derive(Clone, Copy)]
enum Parameters {
    Eight(&'static Algorithm<u8>),
    Sixteen(&'static Algorithm<u16>),
    ThirtyTwo(&'static Algorithm<u32>),
}

/// The parameters of a CRC, with the names of the catalogue. `width` is in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrcParameters {
    pub width: u8,
    pub poly: u32,
    pub init: u32,
    pub refin: bool,
    pub refout: bool,
    pub xorout: u32,
}

/// Payload length in bytes above which building a larger table pays off.
const LONG: usize = 4096;

impl Catalogued {
    /// Bytes of the check value.
    pub fn width(&self) -> usize {
        match self.algorithm {
            Parameters::Eight(_) => 1,
            Parameters::Sixteen(_) => 2,
            Parameters::ThirtyTwo(_) => 4,
        }
    }

    /// The parameters of the algorithm.
    pub fn parameters(&self) -> CrcParameters {
        match self.algorithm {
            Parameters::Eight(of) => CrcParameters {
                width: of.width,
                poly: of.poly.into(),
                init: of.init.into(),
                refin: of.refin,
                refout: of.refout,
                xorout: of.xorout.into(),
            },
            Parameters::Sixteen(of) => CrcParameters {
                width: of.width,
                poly: of.poly.into(),
                init: of.init.into(),
                refin: of.refin,
                refout: of.refout,
                xorout: of.xorout.into(),
            },
            Parameters::ThirtyTwo(of) => CrcParameters {
                width: of.width,
                poly: of.poly,
                init: of.init,
                refin: of.refin,
                refout: of.refout,
                xorout: of.xorout,
            },
        }
    }

    pub fn of(&self, bytes: &[u8]) -> u32 {
        let long = bytes.len() > LONG;
        match self.algorithm {
            Parameters::Eight(algorithm) if long => {
                Crc::<u8, Table<16>>::new(algorithm).checksum(bytes).into()
            }
            Parameters::Eight(algorithm) => Crc::<u8>::new(algorithm).checksum(bytes).into(),
            Parameters::Sixteen(algorithm) if long => {
                Crc::<u16, Table<16>>::new(algorithm).checksum(bytes).into()
            }
            Parameters::Sixteen(algorithm) => Crc::<u16>::new(algorithm).checksum(bytes).into(),
            Parameters::ThirtyTwo(algorithm) if long => {
                Crc::<u32, Table<16>>::new(algorithm).checksum(bytes)
            }
            Parameters::ThirtyTwo(algorithm) => Crc::<u32>::new(algorithm).checksum(bytes),
        }
    }

    /// The name, with its aliases in brackets.
    pub fn title(&self) -> Cow<'static, str> {
        match self.alias {
            "" => self.name.into(),
            alias => format!("{} ({alias})", self.name).into(),
        }
    }
}

const fn eight(
    name: &'static str,
    alias: &'static str,
    algorithm: &'static Algorithm<u8>,
) -> Catalogued {
    let algorithm = Parameters::Eight(algorithm);
    Catalogued {
        name,
        alias,
        algorithm,
    }
}

const fn sixteen(
    name: &'static str,
    alias: &'static str,
    algorithm: &'static Algorithm<u16>,
) -> Catalogued {
    let algorithm = Parameters::Sixteen(algorithm);
    Catalogued {
        name,
        alias,
        algorithm,
    }
}

const fn thirty_two(
    name: &'static str,
    alias: &'static str,
    algorithm: &'static Algorithm<u32>,
) -> Catalogued {
    let algorithm = Parameters::ThirtyTwo(algorithm);
    Catalogued {
        name,
        alias,
        algorithm,
    }
}

#[rustfmt::skip]
pub static CATALOGUE: &[Catalogued] = &[
    sixteen("CRC-16/MODBUS", "", &crc::CRC_16_MODBUS),
    sixteen("CRC-16/IBM-3740", "CCITT-FALSE", &crc::CRC_16_IBM_3740),
    sixteen("CRC-16/XMODEM", "ZMODEM, ACORN", &crc::CRC_16_XMODEM),
    sixteen("CRC-16/KERMIT", "CCITT", &crc::CRC_16_KERMIT),
    sixteen("CRC-16/ARC", "IBM", &crc::CRC_16_ARC),
    sixteen("CRC-16/IBM-SDLC", "X-25", &crc::CRC_16_IBM_SDLC),
    sixteen("CRC-16/USB", "", &crc::CRC_16_USB),
    sixteen("CRC-16/CDMA2000", "", &crc::CRC_16_CDMA2000),
    sixteen("CRC-16/CMS", "", &crc::CRC_16_CMS),
    sixteen("CRC-16/DDS-110", "", &crc::CRC_16_DDS_110),
    sixteen("CRC-16/DECT-R", "", &crc::CRC_16_DECT_R),
    sixteen("CRC-16/DECT-X", "", &crc::CRC_16_DECT_X),
    sixteen("CRC-16/DNP", "", &crc::CRC_16_DNP),
    sixteen("CRC-16/EN-13757", "", &crc::CRC_16_EN_13757),
    sixteen("CRC-16/GENIBUS", "", &crc::CRC_16_GENIBUS),
    sixteen("CRC-16/GSM", "", &crc::CRC_16_GSM),
    sixteen("CRC-16/ISO-IEC-14443-3-A", "", &crc::CRC_16_ISO_IEC_14443_3_A),
    sixteen("CRC-16/LJ1200", "", &crc::CRC_16_LJ1200),
    sixteen("CRC-16/M17", "", &crc::CRC_16_M17),
    sixteen("CRC-16/MAXIM-DOW", "", &crc::CRC_16_MAXIM_DOW),
    sixteen("CRC-16/MCRF4XX", "", &crc::CRC_16_MCRF4XX),
    sixteen("CRC-16/NRSC-5", "", &crc::CRC_16_NRSC_5),
    sixteen("CRC-16/OPENSAFETY-A", "", &crc::CRC_16_OPENSAFETY_A),
    sixteen("CRC-16/OPENSAFETY-B", "", &crc::CRC_16_OPENSAFETY_B),
    sixteen("CRC-16/PROFIBUS", "", &crc::CRC_16_PROFIBUS),
    sixteen("CRC-16/RIELLO", "", &crc::CRC_16_RIELLO),
    sixteen("CRC-16/SPI-FUJITSU", "", &crc::CRC_16_SPI_FUJITSU),
    sixteen("CRC-16/T10-DIF", "", &crc::CRC_16_T10_DIF),
    sixteen("CRC-16/TELEDISK", "", &crc::CRC_16_TELEDISK),
    sixteen("CRC-16/TMS37157", "", &crc::CRC_16_TMS37157),
    sixteen("CRC-16/UMTS", "", &crc::CRC_16_UMTS),
    eight("CRC-8/AUTOSAR", "", &crc::CRC_8_AUTOSAR),
    eight("CRC-8/BLUETOOTH", "", &crc::CRC_8_BLUETOOTH),
    eight("CRC-8/CDMA2000", "", &crc::CRC_8_CDMA2000),
    eight("CRC-8/DARC", "", &crc::CRC_8_DARC),
    eight("CRC-8/DVB-S2", "", &crc::CRC_8_DVB_S2),
    eight("CRC-8/GSM-A", "", &crc::CRC_8_GSM_A),
    eight("CRC-8/GSM-B", "", &crc::CRC_8_GSM_B),
    eight("CRC-8/HITAG", "", &crc::CRC_8_HITAG),
    eight("CRC-8/I-432-1", "ITU", &crc::CRC_8_I_432_1),
    eight("CRC-8/I-CODE", "", &crc::CRC_8_I_CODE),
    eight("CRC-8/LTE", "", &crc::CRC_8_LTE),
    eight("CRC-8/MAXIM-DOW", "1-Wire", &crc::CRC_8_MAXIM_DOW),
    eight("CRC-8/MIFARE-MAD", "", &crc::CRC_8_MIFARE_MAD),
    eight("CRC-8/NRSC-5", "", &crc::CRC_8_NRSC_5),
    eight("CRC-8/OPENSAFETY", "", &crc::CRC_8_OPENSAFETY),
    eight("CRC-8/ROHC", "", &crc::CRC_8_ROHC),
    eight("CRC-8/SAE-J1850", "", &crc::CRC_8_SAE_J1850),
    eight("CRC-8/SMBUS", "CRC-8", &crc::CRC_8_SMBUS),
    eight("CRC-8/TECH-3250", "", &crc::CRC_8_TECH_3250),
    eight("CRC-8/WCDMA", "", &crc::CRC_8_WCDMA),
    thirty_two("CRC-32/ISO-HDLC", "Ethernet, zip", &crc::CRC_32_ISO_HDLC),
    thirty_two("CRC-32/ISCSI", "CRC-32C", &crc::CRC_32_ISCSI),
    thirty_two("CRC-32/BZIP2", "", &crc::CRC_32_BZIP2),
    thirty_two("CRC-32/MPEG-2", "", &crc::CRC_32_MPEG_2),
    thirty_two("CRC-32/CKSUM", "", &crc::CRC_32_CKSUM),
    thirty_two("CRC-32/JAMCRC", "", &crc::CRC_32_JAMCRC),
    thirty_two("CRC-32/AIXM", "", &crc::CRC_32_AIXM),
    thirty_two("CRC-32/AUTOSAR", "", &crc::CRC_32_AUTOSAR),
    thirty_two("CRC-32/BASE91-D", "", &crc::CRC_32_BASE91_D),
    thirty_two("CRC-32/CD-ROM-EDC", "", &crc::CRC_32_CD_ROM_EDC),
    thirty_two("CRC-32/MEF", "", &crc::CRC_32_MEF),
    thirty_two("CRC-32/XFER", "", &crc::CRC_32_XFER),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gives_the_check_value_of_the_catalogue() {
        for entry in CATALOGUE {
            let check: u32 = match entry.algorithm {
                Parameters::Eight(algorithm) => algorithm.check.into(),
                Parameters::Sixteen(algorithm) => algorithm.check.into(),
                Parameters::ThirtyTwo(algorithm) => algorithm.check,
            };
            assert_eq!(entry.of(b"123456789"), check, "{}", entry.name);
        }
    }

    #[test]
    fn long_ones_are_the_same() {
        let bytes: Vec<u8> = (0..3 * LONG).map(|at| (at * 31) as u8).collect();
        let crc = Crc::<u16>::new(&crc::CRC_16_MODBUS);
        let modbus = &CATALOGUE[0];
        assert_eq!(modbus.of(&bytes), u32::from(crc.checksum(&bytes)));
    }

    #[test]
    fn names_stand_once() {
        let mut names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
    }
}
