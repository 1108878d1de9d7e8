//! Regular expressions, matched against payloads in any encoding.

use super::mistake::RuleProblem;
use crate::payload::charset::Charset;
use crate::payload::reading::may_hold_gbk;
use crate::payload::regular;
use crate::payload::transcoded::Transcoded;
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;

/// The most bytes of a compiled regular expression, and of each of its caches.
const REGEX_SIZE: usize = 1 << 20;

/// The ranges of a match's groups; the first is the whole match.
pub(super) type Groups = Vec<Option<Range<usize>>>;

/// A regular expression, and the encoding of the payloads it is matched against.
#[derive(Clone, Debug)]
pub struct Expression {
    regex: Regex,
    charset: Option<Charset>,
}

impl Expression {
    /// Without an encoding, it matches UTF-8 and GBK. A pattern with `(?-u)` matches the bytes
    /// as they are.
    ///
    /// # Errors
    /// Why the pattern is invalid.
    pub fn new(pattern: &str, charset: Option<Charset>) -> Result<Self, RuleProblem> {
        let of_bytes = pattern
            .split("(?")
            .skip(1)
            .filter_map(|group| group.split([')', ':']).next())
            .filter_map(|flags| flags.split_once('-'))
            .any(|(on, off)| on.chars().all(char::is_alphabetic) && off.contains('u'));
        Ok(Self {
            regex: regex(pattern)?,
            charset: match of_bytes {
                true => Some(Charset::Utf8),
                false => charset,
            },
        })
    }

    /// The number of its last group; group 0 is the whole match.
    pub fn last_group(&self) -> usize {
        self.regex.captures_len().saturating_sub(1)
    }

    pub fn as_str(&self) -> &str {
        self.regex.as_str()
    }

    /// The range of the first match in these bytes.
    pub fn find(&self, bytes: &[u8]) -> Option<Range<usize>> {
        self.ask(
            bytes,
            |bytes| self.regex.find(bytes).map(|found| found.range()),
            |read| {
                let found = self.regex.find(read.text())?;
                Some(read.place(found.start())..read.place(found.end()))
            },
        )
    }

    /// Whether these bytes contain a match.
    pub fn is_match(&self, bytes: &[u8]) -> bool {
        let found = |text: &[u8]| self.regex.is_match(text).then_some(());
        self.ask(bytes, found, |read| found(read.text())).is_some()
    }

    /// The ranges of the groups of the first match; the first is the whole match.
    pub(super) fn groups(&self, bytes: &[u8]) -> Option<Groups> {
        let groups = |text: &[u8], place: &dyn Fn(Range<usize>) -> Range<usize>| {
            let captures = self.regex.captures(text)?;
            let groups = captures.iter();
            Some(
                groups
                    .map(|group| group.map(|found| place(found.range())))
                    .collect(),
            )
        };
        self.ask(
            bytes,
            |bytes| groups(bytes, &|found| found),
            |read| {
                groups(read.text(), &|found| {
                    read.place(found.start)..read.place(found.end)
                })
            },
        )
    }

    /// Matches the bytes as they are, or their text in its encoding; without an encoding, both.
    fn ask<T>(
        &self,
        bytes: &[u8],
        raw: impl Fn(&[u8]) -> Option<T>,
        read: impl Fn(&Transcoded<'_>) -> Option<T>,
    ) -> Option<T> {
        let in_charset = |charset| read(&Transcoded::new(charset, bytes));
        match self.charset {
            Some(Charset::Utf8) => raw(bytes),
            Some(charset) => in_charset(charset),
            None => raw(bytes).or_else(|| {
                let may = may_hold_gbk(bytes);
                may.then(|| in_charset(Charset::Gb18030)).flatten()
            }),
        }
    }
}

/// Compiles a regular expression of bounded size. A search takes time proportional to the
/// payload, whatever the pattern is.
///
/// # Errors
/// Why the pattern is invalid.
fn regex(pattern: &str) -> Result<Regex, RuleProblem> {
    let built = RegexBuilder::new(pattern)
        .size_limit(REGEX_SIZE)
        .dfa_size_limit(REGEX_SIZE)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => RuleProblem::RegexTooLarge,
        _ => RuleProblem::Regex(regular::mistake(pattern)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_the_encoding_it_is_in() {
        let gbk = |text| Charset::Gb18030.encode(text).unwrap().into_owned();
        let expression = |pattern: &str, charset| Expression::new(pattern, charset).unwrap();
        let payload = gbk("室内温度25℃");
        for charset in [None, Some(Charset::Gb18030)] {
            let found = expression("温度\\d+", charset);
            assert!(found.is_match(&payload), "{charset:?}");
            assert_eq!(found.find(&payload), Some(4..10), "{charset:?}");
            assert!(!found.is_match(&gbk("湿度25℃")), "{charset:?}");
            let groups = expression("(.度)(x)?(\\d+)", charset).groups(&payload);
            assert_eq!(
                groups,
                Some(vec![Some(4..10), Some(4..8), None, Some(8..10)]),
                "{charset:?}"
            );
        }
        let utf8 = expression("温度", Some(Charset::Utf8));
        assert!(!utf8.is_match(&payload) && utf8.is_match("温度".as_bytes()));
        // Text read as 茅 does not contain é, which is the same bytes in UTF-8.
        let letter = expression("é", Some(Charset::Gb18030));
        assert!(!letter.is_match(&gbk("茅")));
    }

    #[test]
    fn bytes_are_looked_at_as_they_are() {
        for pattern in [r"(?s-u)^\xC4(.)", r"(?-u)\xC4(.)"] {
            let found = Expression::new(pattern, Some(Charset::Gb18030)).unwrap();
            let groups = found.groups(b"\xC4\xE3").unwrap();
            assert_eq!(groups, [Some(0..2), Some(1..2)], "{pattern}");
        }
        // This does not ask for bytes.
        let text = Expression::new("(?:a-u)|(?i)度", Some(Charset::Gb18030)).unwrap();
        assert!(text.is_match(b"\xB6\xC8"));
    }
}
