//! A framing as a word of a command line: `lines`, `delimiter:\r\n`, `fixed:8`,
//! `length:2,little,offset=4,whole,adjust=-2`, `mbap`, `varint,offset=1`, `cobs`, `slip`,
//! `http`, `nmea`, `at`, `gap:20ms`.

use super::{ArgumentMistake, UnitDuration};
use crate::payload::charset::Charset;
use crate::payload::escape;
use crate::traffic::Micros;
use crate::traffic::framing::Framing;
use std::fmt;
use std::str::FromStr;

/// A framing that is written as a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramingWord(pub Framing);

impl FromStr for FramingWord {
    type Err = ArgumentMistake;

    fn from_str(word: &str) -> Result<Self, ArgumentMistake> {
        let (way, value) = word.split_once(':').unwrap_or((word, ""));
        let framing = match way {
            "lines" if value.is_empty() => Some(Framing::Lines),
            "delimiter" => escape::unescape(value, Charset::Utf8)
                .ok()
                .map(Framing::Delimiter),
            "fixed" => value.parse().ok().map(Framing::Fixed),
            "length" => length(value),
            "mbap" if value.is_empty() => Some(Framing::mbap()),
            "varint" if value.is_empty() => Some(Framing::Varint { offset: 0 }),
            _ if way.starts_with("varint,") && value.is_empty() => varint(way),
            "cobs" if value.is_empty() => Some(Framing::Cobs),
            "slip" if value.is_empty() => Some(Framing::Slip),
            "http" if value.is_empty() => Some(Framing::Http),
            "nmea" if value.is_empty() => Some(Framing::Nmea),
            "at" if value.is_empty() => Some(Framing::At),
            "gap" => gap(value).map(Framing::IdleGap),
            _ => None,
        };
        let framing = framing.ok_or(ArgumentMistake::Framing)?;
        framing.check().map_err(ArgumentMistake::FramingProblem)?;
        Ok(Self(framing))
    }
}

/// A framing of a session that is written as a word: `none` where its description has one that is
/// not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramingChoice(pub Option<Framing>);

impl FromStr for FramingChoice {
    type Err = ArgumentMistake;

    fn from_str(word: &str) -> Result<Self, ArgumentMistake> {
        match word {
            "none" => Ok(Self(None)),
            word => word.parse().map(|FramingWord(framing)| Self(Some(framing))),
        }
    }
}

/// A length prefix: its width, then what is not usual.
fn length(value: &str) -> Option<Framing> {
    let mut words = value.split(',');
    let width = words.next()?.parse().ok()?;
    let (mut big_endian, mut offset, mut includes_header, mut adjust) = (true, 0, false, 0);
    for word in words {
        match word.split_once('=') {
            None if word == "little" => big_endian = false,
            None if word == "whole" => includes_header = true,
            Some(("offset", value)) => offset = value.parse().ok()?,
            Some(("adjust", value)) => adjust = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(Framing::LengthPrefix {
        width,
        big_endian,
        offset,
        includes_header,
        adjust,
    })
}

/// A length of variable size behind other bytes: `varint,offset=1`.
fn varint(word: &str) -> Option<Framing> {
    let offset = word.strip_prefix("varint,offset=")?.parse().ok()?;
    Some(Framing::Varint { offset })
}

fn gap(value: &str) -> Option<Micros> {
    let duration: UnitDuration = value.parse().ok()?;
    Micros::try_from(duration.0.as_micros()).ok()
}

impl fmt::Display for FramingWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Framing::Lines => f.write_str("lines"),
            Framing::Delimiter(bytes) => write!(f, "delimiter:{}", escape::escape(bytes)),
            Framing::Fixed(length) => write!(f, "fixed:{length}"),
            Framing::LengthPrefix {
                width,
                big_endian,
                offset,
                includes_header,
                adjust,
            } => {
                write!(f, "length:{width}")?;
                if !big_endian {
                    f.write_str(",little")?;
                }
                if *offset > 0 {
                    write!(f, ",offset={offset}")?;
                }
                if *includes_header {
                    f.write_str(",whole")?;
                }
                if *adjust != 0 {
                    write!(f, ",adjust={adjust}")?;
                }
                Ok(())
            }
            Framing::Varint { offset: 0 } => f.write_str("varint"),
            Framing::Varint { offset } => write!(f, "varint,offset={offset}"),
            Framing::Cobs => f.write_str("cobs"),
            Framing::Slip => f.write_str("slip"),
            Framing::Http => f.write_str("http"),
            Framing::Nmea => f.write_str("nmea"),
            Framing::At => f.write_str("at"),
            Framing::IdleGap(gap) => {
                let gap = std::time::Duration::from_micros(gap.unsigned_abs());
                write!(f, "gap:{}", UnitDuration(gap))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::sample;
    use crate::traffic::framing::FramingMistake;
    use proptest::prelude::*;

    #[test]
    fn a_word_that_is_no_framing_is_refused() {
        for word in [
            "",
            "line",
            "lines:2",
            "cobs:1",
            "nmea:0183",
            "at,",
            "varint,offset=x",
            "varint,little",
            "length:2,adjust=x",
            "fixed:",
            "fixed:x",
            "length:2,big",
            "gap:5",
        ] {
            let parsed = word.parse::<FramingWord>();
            assert_eq!(parsed, Err(ArgumentMistake::Framing), "{word}");
        }
        for (word, mistake) in [
            ("fixed:0", FramingMistake::ZeroLength),
            ("length:3", FramingMistake::Width(3)),
            ("delimiter:", FramingMistake::EmptyDelimiter),
            ("gap:0s", FramingMistake::NoGap),
        ] {
            let parsed = word.parse::<FramingWord>();
            assert_eq!(
                parsed,
                Err(ArgumentMistake::FramingProblem(mistake)),
                "{word}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_framing_is_read_as_it_is_written(framing in sample::framings()) {
            let word = FramingWord(framing).to_string();
            let read = word.parse::<FramingWord>();
            prop_assert_eq!(read.map(|read| read.to_string()), Ok(word));
        }
    }
}
