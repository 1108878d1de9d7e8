//! What is expected to come.

use super::hex_diff;
use crate::automation::rules;
use crate::explain;
use crate::payload::{Mistake, hex, json, printable};
use crate::words::Lang;
use regex::bytes::Regex;
use std::fmt;

/// What bytes have to be like.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// These bytes, of which `None` may be any, and no others.
    Bytes(Vec<Option<u8>>),
    /// These bytes among others.
    Part(Vec<u8>),
    /// Bytes this is found in.
    Regex(Regex),
}

impl Pattern {
    pub fn exact(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.iter().map(|&byte| Some(byte)).collect())
    }

    /// Hexadecimal as it is typed to be sent, with `??` for any byte.
    ///
    /// # Errors
    /// The first mistake, at its place in the text.
    pub fn hex(text: &str) -> Result<Self, Mistake> {
        // The text of a hex dump may have question marks.
        if let Ok(bytes) = hex::parse(text) {
            return Ok(Self::exact(&bytes));
        }
        let mut bytes = Vec::new();
        let mut before = 0;
        for (number, part) in text.split("??").enumerate() {
            if number > 0 {
                bytes.push(None);
                before += 2;
            }
            let known = hex::parse(part).map_err(|mistake| Mistake {
                at: before + mistake.at,
                ..mistake
            })?;
            bytes.extend(known.into_iter().map(Some));
            before += part.chars().count();
        }
        Ok(Self::Bytes(bytes))
    }

    /// # Errors
    /// What is wrong with it, in words.
    pub fn regex(text: &str, lang: Lang) -> Result<Self, String> {
        let regex = rules::regex(text).map_err(|problem| explain::rule_problem(lang, &problem));
        regex.map(Self::Regex)
    }

    /// Whether a datagram is like that.
    pub fn matches(&self, datagram: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.len() == datagram.len() && begins_with(datagram, bytes),
            Self::Part(part) => memchr::memmem::find(datagram, part).is_some(),
            Self::Regex(regex) => regex.is_match(datagram),
        }
    }

    /// Where the first such piece of a stream ends, in bytes from its beginning. All the
    /// bytes there are have to come first: a stream has no other ends.
    pub fn end_in(&self, stream: &[u8]) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => begins_with(stream, bytes).then_some(bytes.len()),
            Self::Part(part) => memchr::memmem::find(stream, part).map(|at| at + part.len()),
            Self::Regex(regex) => regex.find(stream).map(|found| found.end()),
        }
    }

    /// What came instead, compared with this where that can be.
    pub fn diff(&self, came: &[u8]) -> String {
        match self {
            Self::Bytes(bytes) => hex_diff::hex_diff(bytes, came),
            Self::Part(_) | Self::Regex(_) => hex_diff::dump(came),
        }
    }

    /// Safe to print, or as it is for JSON.
    pub fn shown(&self, json: bool) -> String {
        match json {
            true => format!("{self:#}"),
            false => self.to_string(),
        }
    }
}

/// Text that is safe to print, or as it is for JSON.
pub fn shown(bytes: &[u8], json: bool) -> String {
    match json {
        true => json::text(bytes),
        false => printable::line(bytes),
    }
}

impl fmt::Display for Pattern {
    /// Safe to print; with `#` as it is, for JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = f.alternate();
        match self {
            Self::Bytes(bytes) => match bytes.iter().copied().collect::<Option<Vec<u8>>>() {
                Some(bytes) => write!(f, "“{}”", shown(&bytes, json)),
                None => {
                    let shown = bytes.iter().map(|byte| match byte {
                        Some(byte) => hex::format(&[*byte]),
                        None => "??".to_owned(),
                    });
                    f.write_str(&shown.collect::<Vec<_>>().join(" "))
                }
            },
            Self::Part(part) => write!(f, "…{}…", shown(part, json)),
            Self::Regex(regex) => write!(f, "/{}/", shown(regex.as_str().as_bytes(), json)),
        }
    }
}

fn begins_with(bytes: &[u8], pattern: &[Option<u8>]) -> bool {
    let same = |(byte, wanted): (&u8, &Option<u8>)| wanted.is_none_or(|wanted| wanted == *byte);
    bytes.len() >= pattern.len() && bytes.iter().zip(pattern).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Problem;

    #[test]
    fn a_datagram_is_the_bytes_or_has_them() {
        let pattern = Pattern::exact(b"OK");
        assert!(pattern.matches(b"OK") && !pattern.matches(b"OK\n") && !pattern.matches(b"O"));
        let pattern = Pattern::Part(b"OK".to_vec());
        assert!(pattern.matches(b"+OK\n") && !pattern.matches(b"O K"));
        let pattern = Pattern::regex("^O.$", Lang::English).unwrap();
        assert!(pattern.matches(b"OK") && !pattern.matches(b"+OK"));
        assert!(Pattern::regex("(", Lang::English).is_err());
    }

    #[test]
    fn hexadecimal_may_leave_bytes_open() {
        let pattern = Pattern::hex("aa ?? BB??").unwrap();
        assert!(pattern.matches(&[0xAA, 1, 0xBB, 2]));
        assert!(!pattern.matches(&[0xAA, 1, 0xBB]) && !pattern.matches(&[0xAA, 1, 0xBC, 2]));
        assert_eq!(pattern.to_string(), "AA ?? BB ??");
        let dump = Pattern::hex("0000  48 3F 3F  |H??|").unwrap();
        assert!(dump.matches(b"H??"));
        let mistake = Pattern::hex("aa ?? bg").unwrap_err();
        assert_eq!((mistake.at, mistake.problem), (7, Problem::NotHex('g')));
    }

    #[test]
    fn in_a_stream_a_match_ends_where_it_ends() {
        let stream = b"+OK\r\nnext";
        assert_eq!(Pattern::exact(b"+OK").end_in(stream), Some(3));
        assert_eq!(Pattern::exact(b"OK").end_in(stream), None);
        assert_eq!(Pattern::Part(b"\r\n".to_vec()).end_in(stream), Some(5));
        assert_eq!(
            Pattern::regex("O.", Lang::English).unwrap().end_in(stream),
            Some(3)
        );
    }

    #[test]
    fn what_is_printed_is_safe() {
        let pattern = Pattern::exact("a\u{1b}[2J".as_bytes());
        assert!(!pattern.to_string().contains('\u{1b}'));
        // What writes JSON escapes it.
        assert_eq!(pattern.shown(true), "“a\u{1b}[2J”");
        assert_eq!(Pattern::exact(b"\xFF").shown(true), "“\\xFF”");
    }
}
