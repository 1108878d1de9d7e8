//! Expectations of a message.

use super::fields_expectation::FieldsExpectation;
use super::hex_diff;
use crate::automation::rules::{Expression, RuleProblem};
use crate::payload::charset::Charset;
use crate::payload::checksum::{Checksum, Sum};
use crate::payload::hex::{self, MaskedByte};
use crate::payload::reading::{Reading, may_hold_gbk};
use crate::payload::{TextMistake, json, printable};
use std::fmt;

/// A condition on received bytes.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// Exactly these bytes, some bits of which may be any.
    Bytes(Vec<MaskedByte>),
    /// As [`Self::Bytes`], typed in hexadecimal, where a byte or digit may be any.
    Hex(Vec<MaskedByte>),
    /// These bytes anywhere in the message.
    Part(Vec<u8>),
    /// A text in UTF-8, or in GBK if that has other bytes.
    Either { utf8: Box<Self>, gbk: Box<Self> },
    /// A regular expression that matches somewhere.
    Regex(Expression),
    /// A message whose fields pass all of these tests.
    Fields(FieldsExpectation),
    /// A payload that meets a condition, directly followed by its checksum.
    Checked {
        payload: Box<Self>,
        checksum: Checksum,
    },
}

/// A checksum that does not match its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSum {
    pub sum: Sum,
    /// The correct checksum.
    pub right: Vec<u8>,
    /// The received checksum; shorter if the message ends early.
    pub found: Vec<u8>,
}

impl Expectation {
    /// Exactly these bytes.
    pub fn exact(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.iter().copied().map(MaskedByte::exact).collect())
    }

    /// Adds the same text in GBK, if its bytes differ.
    pub fn or_gbk(self, bytes: Option<Vec<u8>>) -> Self {
        let gbk = match (&self, bytes) {
            (Self::Bytes(_), Some(bytes)) => Self::exact(&bytes),
            (Self::Part(_), Some(bytes)) => Self::Part(bytes),
            _ => return self,
        };
        let same = match (&self, &gbk) {
            (Self::Bytes(utf8), Self::Bytes(gbk)) => utf8 == gbk,
            (Self::Part(utf8), Self::Part(gbk)) => utf8 == gbk,
            _ => false,
        };
        if same {
            return self;
        }
        Self::Either {
            utf8: Box::new(self),
            gbk: Box::new(gbk),
        }
    }

    /// Parses hexadecimal as in messages, with `?` for any digit.
    ///
    /// # Errors
    /// The first error, with its position in the text.
    pub fn hex(text: &str) -> Result<Self, TextMistake> {
        hex::parse_masked(text).map(Self::Hex)
    }

    /// A regular expression on text in this encoding; without one, in UTF-8 and in GBK.
    ///
    /// # Errors
    /// The expression is invalid.
    pub fn regex(text: &str, charset: Option<Charset>) -> Result<Self, RuleProblem> {
        Expression::new(text, charset).map(Self::Regex)
    }

    /// The same, followed by a checksum.
    pub fn checked(self, checksum: Checksum) -> Self {
        let payload = Box::new(self);
        Self::Checked { payload, checksum }
    }

    /// Whether a datagram meets the condition.
    pub fn matches(&self, datagram: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) | Self::Hex(bytes) => {
                bytes.len() == datagram.len() && begins_with(datagram, bytes)
            }
            Self::Part(part) => memchr::memmem::find(datagram, part).is_some(),
            Self::Either { utf8, gbk } => {
                utf8.matches(datagram) || may_hold_gbk(datagram) && gbk.matches(datagram)
            }
            Self::Regex(regex) => regex.is_match(datagram),
            Self::Fields(fields) => fields.holds(datagram),
            Self::Checked { payload, checksum } => {
                let begin = before_value(datagram, checksum);
                checksum.verify(datagram) == Some(true)
                    && begin.is_some_and(|begin| payload.matches(begin))
            }
        }
    }

    /// The end of the first match in a stream, as an offset in bytes. [`Self::Bytes`] match only at
    /// the start, because a stream has no message boundaries.
    pub fn end_in(&self, stream: &[u8]) -> Option<usize> {
        match self {
            Self::Bytes(bytes) | Self::Hex(bytes) => {
                begins_with(stream, bytes).then_some(bytes.len())
            }
            Self::Part(part) => memchr::memmem::find(stream, part).map(|at| at + part.len()),
            Self::Either { utf8, gbk } => utf8.end_in(stream).or_else(|| {
                let gbk = may_hold_gbk(stream).then_some(gbk)?;
                gbk.end_in(stream)
            }),
            Self::Regex(regex) => regex.find(stream).map(|found| found.end),
            Self::Fields(fields) => fields.end_in(stream),
            Self::Checked { payload, checksum } => {
                let (begin, rest) = stream.split_at_checked(payload.end_in(stream)?)?;
                let right = checksum.of(begin).ok()?;
                rest.starts_with(&right)
                    .then_some(begin.len() + right.len())
            }
        }
    }

    /// The wrong checksum after a payload that meets the condition.
    pub fn wrong_sum(&self, came: &[u8]) -> Option<WrongSum> {
        let Self::Checked { payload, checksum } = self else {
            return None;
        };
        let whole = before_value(came, checksum).filter(|begin| payload.matches(begin));
        let end = whole.map(<[u8]>::len).or_else(|| payload.end_in(came))?;
        let (begin, rest) = came.split_at_checked(end)?;
        let right = checksum.of(begin).ok()?;
        let found = rest.get(..right.len()).unwrap_or(rest).to_vec();
        let sum = checksum.sum;
        (found != right).then_some(WrongSum { sum, right, found })
    }

    /// Whether it describes a whole message, so that more bytes would not match.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Bytes(_) | Self::Hex(_) => true,
            Self::Either { utf8, .. } => utf8.is_whole(),
            Self::Checked { payload, .. } => payload.is_whole(),
            Self::Part(_) | Self::Regex(_) | Self::Fields(_) => false,
        }
    }

    /// A hex dump of the received bytes, compared with the expected ones if they are known.
    pub fn diff(&self, came: &[u8]) -> String {
        match self {
            Self::Bytes(bytes) | Self::Hex(bytes) => hex_diff::hex_diff(bytes, came),
            Self::Either { utf8, gbk } => match Reading::of(came) {
                Reading::Text(Charset::Gb18030) => gbk.diff(came),
                _ => utf8.diff(came),
            },
            Self::Checked { payload, checksum } => {
                let begin = before_value(came, checksum).unwrap_or(came);
                match payload.bytes_for(begin) {
                    Some(bytes) => hex_diff::hex_diff(&with_value(bytes, came, checksum), came),
                    None => hex_diff::dump(came),
                }
            }
            Self::Part(_) | Self::Regex(_) => hex_diff::dump(came),
            Self::Fields(fields) => format!("{}\n{}", fields.shown(came), hex_diff::dump(came)),
        }
    }

    /// The expected bytes, in the encoding of the received ones.
    fn bytes_for(&self, came: &[u8]) -> Option<&[MaskedByte]> {
        match self {
            Self::Bytes(bytes) | Self::Hex(bytes) => Some(bytes),
            Self::Either { utf8, gbk } => match Reading::of(came) {
                Reading::Text(Charset::Gb18030) => gbk.bytes_for(came),
                _ => utf8.bytes_for(came),
            },
            Self::Part(_) | Self::Regex(_) | Self::Fields(_) | Self::Checked { .. } => None,
        }
    }

    /// Text with control characters escaped, or unchanged for JSON.
    pub fn shown(&self, json: bool) -> String {
        match json {
            true => format!("{self:#}"),
            false => self.to_string(),
        }
    }
}

/// Text with control characters escaped, or unchanged for JSON.
pub fn shown(bytes: &[u8], json: bool) -> String {
    match json {
        true => json::text(bytes),
        false => printable::line(bytes),
    }
}

impl fmt::Display for Expectation {
    /// Escapes control characters; with `#` the text is unchanged, for JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = f.alternate();
        match self {
            Self::Bytes(bytes) => {
                let values: Vec<u8> = bytes.iter().map(|byte| byte.value).collect();
                write!(f, "“{}”", shown(&values, json))
            }
            Self::Hex(bytes) => {
                let shown = bytes.iter().map(|byte| {
                    let mut digits = String::new();
                    byte.push_to(&mut digits);
                    digits
                });
                f.write_str(&shown.collect::<Vec<_>>().join(" "))
            }
            Self::Part(part) => write!(f, "…{}…", shown(part, json)),
            Self::Either { utf8, .. } => fmt::Display::fmt(utf8, f),
            Self::Checked { payload, checksum } => {
                fmt::Display::fmt(payload, f)?;
                write!(f, " + {}", checksum.sum.name())
            }
            Self::Fields(fields) => f.write_str(&shown(fields.words.join(" ").as_bytes(), json)),
            Self::Regex(regex) => write!(f, "/{}/", shown(regex.as_str().as_bytes(), json)),
        }
    }
}

/// The bytes before a checksum at the end; `None` if there are too few bytes.
fn before_value<'a>(bytes: &'a [u8], checksum: &Checksum) -> Option<&'a [u8]> {
    bytes.get(..bytes.len().checked_sub(checksum.sum.width())?)
}

/// The expected payload with its checksum. Bytes that may be any are taken from the received
/// message.
fn with_value(bytes: &[MaskedByte], came: &[u8], checksum: &Checksum) -> Vec<MaskedByte> {
    let byte = |(at, byte): (usize, &MaskedByte)| match byte.is_exact() {
        true => Some(byte.value),
        false => came.get(at).copied(),
    };
    let covered: Option<Vec<u8>> = bytes.iter().enumerate().map(byte).collect();
    let value = covered.and_then(|covered| checksum.of(&covered).ok());
    let any = MaskedByte { value: 0, mask: 0 };
    let value: Vec<MaskedByte> = match value {
        Some(value) => value.into_iter().map(MaskedByte::exact).collect(),
        None => vec![any; checksum.sum.width()],
    };
    [bytes, value.as_slice()].concat()
}

fn begins_with(bytes: &[u8], pattern: &[MaskedByte]) -> bool {
    let same = |(byte, wanted): (&u8, &MaskedByte)| wanted.matches(*byte);
    bytes.len() >= pattern.len() && bytes.iter().zip(pattern).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::TextProblem;

    #[test]
    fn hexadecimal_is_shown_as_such() {
        let shown = |hex: &str| Expectation::hex(hex).unwrap().to_string();
        assert_eq!(shown("20 02 00 01"), "20 02 00 01");
        assert_eq!(shown("FF FE"), "FF FE");
        assert_eq!(shown("4F 4? 0D 0A"), "4F 4? 0D 0A");
    }

    #[test]
    fn a_datagram_is_the_bytes_or_has_them() {
        let pattern = Expectation::exact(b"OK");
        assert!(pattern.matches(b"OK") && !pattern.matches(b"OK\n") && !pattern.matches(b"O"));
        let pattern = Expectation::Part(b"OK".to_vec());
        assert!(pattern.matches(b"+OK\n") && !pattern.matches(b"O K"));
        let pattern = Expectation::regex("^O.$", None).unwrap();
        assert!(pattern.matches(b"OK") && !pattern.matches(b"+OK"));
        assert!(Expectation::regex("(", None).is_err());
    }

    #[test]
    fn hexadecimal_may_leave_bytes_open() {
        let pattern = Expectation::hex("aa ?? BB??").unwrap();
        assert!(pattern.matches(&[0xAA, 1, 0xBB, 2]));
        assert!(!pattern.matches(&[0xAA, 1, 0xBB]) && !pattern.matches(&[0xAA, 1, 0xBC, 2]));
        assert_eq!(pattern.to_string(), "AA ?? BB ??");
        let half = Expectation::hex("aa 4? ?b").unwrap();
        assert!(half.matches(&[0xAA, 0x4F, 0xFB]) && !half.matches(&[0xAA, 0x5F, 0xFB]));
        assert_eq!(half.to_string(), "AA 4? ?B");
        assert!(
            half.diff(&[0xAA, 0x5F, 0xFB])
                .starts_with("- 0000  AA 4? ?B")
        );
        let dump = Expectation::hex("0000  48 3F 3F  |H??|").unwrap();
        assert!(dump.matches(b"H??"));
        let mistake = Expectation::hex("aa ?? bg").unwrap_err();
        assert_eq!((mistake.at, mistake.problem), (7, TextProblem::NotHex('g')));
    }

    #[test]
    fn a_text_may_come_in_gbk() {
        let gbk = |text| Charset::Gb18030.encode(text).unwrap().into_owned();
        let whole = Expectation::exact("你好".as_bytes()).or_gbk(Some(gbk("你好")));
        assert!(whole.matches("你好".as_bytes()) && whole.matches(&gbk("你好")));
        assert!(!whole.matches(&gbk("你好吗")));
        assert_eq!(whole.end_in(&gbk("你好吗")), Some(4));
        assert_eq!(whole.to_string(), "“你好”");
        let diff = whole.diff(&gbk("你走"));
        assert!(diff.starts_with("- 0000  C4 E3 BA C3"), "{diff}");
        let part = Expectation::Part("好".as_bytes().to_vec()).or_gbk(Some(gbk("好")));
        assert!(part.matches(&gbk("你好吗")) && part.matches("你好吗".as_bytes()));
        // é in UTF-8 has the bytes of 茅 in GBK, but a reader of é does not see 茅.
        let letter = Expectation::Part("茅".as_bytes().to_vec()).or_gbk(Some(gbk("茅")));
        assert!(!letter.matches("un café noir".as_bytes()));
        let plain = Expectation::exact(b"OK").or_gbk(Some(b"OK".to_vec()));
        assert!(matches!(plain, Expectation::Bytes(_)));
    }

    #[test]
    fn in_a_stream_a_match_ends_where_it_ends() {
        let stream = b"+OK\r\nnext";
        assert_eq!(Expectation::exact(b"+OK").end_in(stream), Some(3));
        assert_eq!(Expectation::exact(b"OK").end_in(stream), None);
        assert_eq!(Expectation::Part(b"\r\n".to_vec()).end_in(stream), Some(5));
        let regex = |text| Expectation::regex(text, None).unwrap();
        assert_eq!(regex("O.").end_in(stream), Some(3));
        let stream = Charset::Gb18030.encode("温度25℃，").unwrap();
        assert_eq!(regex("度\\d+").end_in(&stream), Some(6));
    }

    #[test]
    fn a_checksum_follows_the_payload() {
        let sum = Checksum::named("modbus").unwrap();
        let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        let damaged = [1, 3, 0, 0, 0, 2, 0xC4, 0x0C];
        let wrong = Some(WrongSum {
            sum: sum.sum,
            right: vec![0xC4, 0x0B],
            found: vec![0xC4, 0x0C],
        });
        for pattern in [
            Expectation::exact(&request[..6]),
            Expectation::hex("01 03 ?? ?? ?? 0?").unwrap(),
            Expectation::Part(vec![0, 2]),
        ] {
            let pattern = pattern.checked(sum);
            assert!(pattern.matches(&request) && !pattern.matches(&damaged));
            assert_eq!(
                (pattern.wrong_sum(&request), pattern.wrong_sum(&damaged)),
                (None, wrong.clone())
            );
            assert!(!pattern.matches(&request[..6]) && !pattern.matches(b""));
            let stream = [&request[..], b"next"].concat();
            assert_eq!(pattern.end_in(&stream), Some(8), "{pattern}");
            assert_eq!(
                (pattern.end_in(&damaged), pattern.end_in(&request[..7])),
                (None, None)
            );
        }
        let pattern = Expectation::hex("01 ??").unwrap().checked(sum);
        assert_eq!(pattern.to_string(), "01 ?? + CRC-16/MODBUS");
        // Only the checksum differs.
        let diff = pattern.diff(&[1, 2, 0xE1, 0x82]);
        assert!(diff.starts_with("- 0000  01 ?? 81 E1"), "{diff}");
        let short = pattern.diff(&[1]);
        assert!(short.starts_with("- 0000  01 ?? ?? ??"), "{short}");
        let other = pattern.wrong_sum(&[2, 2, 0, 0]);
        assert_eq!(other, None);
    }

    #[test]
    fn what_is_printed_is_safe() {
        let pattern = Expectation::exact("a\u{1b}[2J".as_bytes());
        assert!(!pattern.to_string().contains('\u{1b}'));
        // The JSON writer escapes it.
        assert_eq!(pattern.shown(true), "“a\u{1b}[2J”");
        assert_eq!(Expectation::exact(b"\xFF").shown(true), "“\\xFF”");
    }
}
