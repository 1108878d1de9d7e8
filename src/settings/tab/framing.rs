//! The framing of a byte stream, or of datagrams: how they are divided into messages.

use crate::payload::charset::Charset;
use crate::payload::{TextMistake, escape};
use crate::traffic::framing::{Framing, FramingMistake};
use serde::{Deserialize, Serialize};

/// The chosen framing and the values of every kind of framing, so that they survive a change of
/// the choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FramingDraft {
    #[serde(rename = "way")]
    pub method: FramingMethod,
    /// The delimiter, with escapes.
    pub delimiter: String,
    pub length: u32,
    pub width: u8,
    pub big_endian: bool,
    pub offset: u32,
    pub includes_header: bool,
    pub adjust: i64,
    pub gap_millis: u32,
}

/// The kinds of framing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FramingMethod {
    #[default]
    None,
    Lines,
    Delimiter,
    Fixed,
    LengthPrefix,
    /// The length prefix of Modbus TCP.
    Mbap,
    Varint,
    Cobs,
    Slip,
    Http,
    Nmea,
    At,
    IdleGap,
}

impl FramingMethod {
    pub const ALL: [Self; 13] = [
        Self::None,
        Self::Lines,
        Self::Delimiter,
        Self::Fixed,
        Self::LengthPrefix,
        Self::Mbap,
        Self::Varint,
        Self::Cobs,
        Self::Slip,
        Self::Http,
        Self::Nmea,
        Self::At,
        Self::IdleGap,
    ];

    /// Whether it has values.
    pub fn has_values(self) -> bool {
        matches!(
            self,
            Self::Delimiter | Self::Fixed | Self::LengthPrefix | Self::Varint | Self::IdleGap
        )
    }
}

impl Default for FramingDraft {
    fn default() -> Self {
        Self {
            method: FramingMethod::None,
            delimiter: "\\r\\n".into(),
            length: 8,
            width: 2,
            big_endian: true,
            offset: 0,
            includes_header: false,
            adjust: 0,
            gap_millis: 20,
        }
    }
}

/// Why the chosen framing is invalid.
#[derive(Debug, PartialEq)]
pub enum FramingFault {
    Typed(TextMistake),
    Framing(FramingMistake),
}

impl FramingDraft {
    /// The chosen framing, if any.
    ///
    /// # Errors
    /// The chosen framing is invalid.
    pub fn framing(&self) -> Result<Option<Framing>, FramingFault> {
        let framing = match self.method {
            FramingMethod::None => return Ok(None),
            FramingMethod::Lines => Framing::Lines,
            FramingMethod::Delimiter => {
                let bytes = escape::unescape(&self.delimiter, Charset::Utf8);
                Framing::Delimiter(bytes.map_err(FramingFault::Typed)?)
            }
            FramingMethod::Fixed => Framing::Fixed(self.length),
            FramingMethod::LengthPrefix => Framing::LengthPrefix {
                width: self.width,
                big_endian: self.big_endian,
                offset: self.offset,
                includes_header: self.includes_header,
                adjust: self.adjust,
            },
            FramingMethod::Mbap => Framing::mbap(),
            FramingMethod::Varint => Framing::Varint {
                offset: self.offset,
            },
            FramingMethod::Cobs => Framing::Cobs,
            FramingMethod::Slip => Framing::Slip,
            FramingMethod::Http => Framing::Http,
            FramingMethod::Nmea => Framing::Nmea,
            FramingMethod::At => Framing::At,
            FramingMethod::IdleGap => Framing::IdleGap(i64::from(self.gap_millis) * 1000),
        };
        framing.check().map_err(FramingFault::Framing)?;
        Ok(Some(framing))
    }

    /// The draft of a framing; an idle gap is rounded down to milliseconds.
    pub fn of(framing: Option<&Framing>) -> Self {
        let usual = Self::default();
        let plain = |method| Self {
            method,
            ..Self::default()
        };
        match framing {
            None => usual,
            Some(Framing::Lines) => plain(FramingMethod::Lines),
            Some(Framing::Varint { offset }) => Self {
                method: FramingMethod::Varint,
                offset: *offset,
                ..usual
            },
            Some(Framing::Cobs) => plain(FramingMethod::Cobs),
            Some(Framing::Slip) => plain(FramingMethod::Slip),
            Some(Framing::Http) => plain(FramingMethod::Http),
            Some(Framing::Nmea) => plain(FramingMethod::Nmea),
            Some(Framing::At) => plain(FramingMethod::At),
            Some(framing) if *framing == Framing::mbap() => plain(FramingMethod::Mbap),
            Some(Framing::Delimiter(bytes)) => Self {
                method: FramingMethod::Delimiter,
                delimiter: escape::escape(bytes),
                ..usual
            },
            Some(Framing::Fixed(length)) => Self {
                method: FramingMethod::Fixed,
                length: *length,
                ..usual
            },
            Some(Framing::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            }) => Self {
                method: FramingMethod::LengthPrefix,
                width: *width,
                big_endian: *big_endian,
                offset: *offset,
                includes_header: *includes_header,
                adjust: *adjust,
                ..usual
            },
            Some(Framing::IdleGap(micros)) => Self {
                method: FramingMethod::IdleGap,
                gap_millis: u32::try_from(micros / 1000).unwrap_or(u32::MAX),
                ..usual
            },
        }
    }
}
