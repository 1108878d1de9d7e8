//! Bytes to compare with, some of which may be anything.

use super::Why;
use crate::payload::charset::Charset;
use crate::payload::composition::Format;
use crate::payload::{Mistake, Problem, escape, hex};
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// Bytes as a person writes them. In text, escapes like `\n` and `\x03` mean something;
/// in hexadecimal, `??` is any byte, and `0?` any with these four bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pattern {
    pub format: Format,
    pub text: String,
}

impl Pattern {
    pub fn text(text: impl Into<String>) -> Self {
        let (format, text) = (Format::Text, text.into());
        Self { format, text }
    }

    pub fn hex(text: impl Into<String>) -> Self {
        let (format, text) = (Format::Hex, text.into());
        Self { format, text }
    }

    /// # Errors
    /// The first mistake in it.
    pub(super) fn compile(&self, charset: Charset) -> Result<Bytes, Mistake> {
        Ok(match self.format {
            Format::Text => Bytes::exact(escape::unescape(&self.text, charset)?),
            Format::Hex => {
                // The text of a hex dump may have question marks.
                let exact = hex::parse(&self.text);
                if !self.text.contains('?') || exact.is_ok() {
                    return exact.map(Bytes::exact);
                }
                // The same text twice, once for the bits that count.
                let plain = self.text.replace("0x", "  ").replace("0X", "  ");
                let value = hex::parse(&plain.replace('?', "0"))?;
                let digit = |c: char| match c {
                    '?' => '0',
                    c if c.is_ascii_hexdigit() => 'F',
                    c => c,
                };
                let mask = hex::parse(&plain.chars().map(digit).collect::<String>())?;
                // A dump whose bytes are left open is none.
                if let Some(at) = self.text.find('?')
                    && value.len() != mask.len()
                {
                    let at = self.text.get(..at).unwrap_or_default().chars().count();
                    let problem = Problem::NotHex('?');
                    return Err(Mistake { at, problem });
                }
                Bytes::masked(value, mask)
            }
        })
    }
}

/// What a payload is compared with.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    value: Vec<u8>,
    /// The bits of each that count; `None` if all do.
    mask: Option<Vec<u8>>,
    finder: Finder<'static>,
}

impl Bytes {
    fn exact(value: Vec<u8>) -> Self {
        let finder = Finder::new(&value).into_owned();
        Self {
            value,
            mask: None,
            finder,
        }
    }

    fn masked(value: Vec<u8>, mask: Vec<u8>) -> Self {
        Self {
            mask: Some(mask),
            ..Self::exact(value)
        }
    }

    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    pub fn whole(&self, payload: &[u8]) -> Result<(), Why> {
        if payload.len() != self.value.len() {
            let (found, expected) = (payload.len(), self.value.len());
            return Err(Why::Length { found, expected });
        }
        self.at(payload, 0)
    }

    pub fn begins(&self, payload: &[u8]) -> Result<(), Why> {
        self.at(payload, 0)
    }

    pub fn ends(&self, payload: &[u8]) -> Result<(), Why> {
        match payload.len().checked_sub(self.value.len()) {
            Some(at) => self.at(payload, at),
            None => Err(self.short(payload)),
        }
    }

    pub fn within(&self, payload: &[u8]) -> Result<(), Why> {
        if payload.len() < self.value.len() {
            return Err(self.short(payload));
        }
        let found = match self.mask {
            None => self.finder.find(payload).is_some(),
            Some(_) => {
                let mut windows = payload.windows(self.value.len().max(1));
                windows.any(|window| self.at(window, 0).is_ok())
            }
        };
        found.then_some(()).ok_or(Why::NotFound)
    }

    fn at(&self, payload: &[u8], place: usize) -> Result<(), Why> {
        let payload = payload.get(place..).unwrap_or_default();
        if payload.len() < self.value.len() {
            return Err(self.short(payload));
        }
        let bits = self.mask.as_deref().unwrap_or_default();
        let bits = bits.iter().copied().chain(std::iter::repeat(0xFF));
        let compared = self.value.iter().zip(payload).zip(bits);
        match compared
            .enumerate()
            .find(|(_, ((expected, found), bits))| (**expected ^ **found) & bits != 0)
        {
            None => Ok(()),
            Some((at, ((expected, found), _))) => Err(Why::Differs {
                at: place + at,
                found: *found,
                expected: *expected,
            }),
        }
    }

    fn short(&self, payload: &[u8]) -> Why {
        Why::Short {
            found: payload.len(),
            least: self.value.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(pattern: Pattern) -> Bytes {
        pattern.compile(Charset::Utf8).unwrap()
    }

    #[test]
    fn a_question_mark_is_any_four_bits() {
        let pattern = bytes(Pattern::hex("01 03 ?? 0?"));
        assert_eq!(pattern.whole(&[1, 3, 0xFF, 0x0A]), Ok(()));
        let differs = Why::Differs {
            at: 3,
            found: 0x1A,
            expected: 0,
        };
        assert_eq!(pattern.whole(&[1, 3, 0xFF, 0x1A]), Err(differs));
        assert_eq!(bytes(Pattern::hex("0x01,0x?2")).whole(&[1, 0xE2]), Ok(()));
        let dump = bytes(Pattern::hex("0000  48 3F  |H?|"));
        assert_eq!(dump.whole(b"H?"), Ok(()));
        let open = Pattern::hex("0000  4? 3F\n0002  48");
        assert!(open.compile(Charset::Utf8).is_err());
    }

    #[test]
    fn the_same_bytes_are_looked_for_where_they_are_asked_for() {
        for pattern in [Pattern::text("ab"), Pattern::hex("61 6?")] {
            let pattern = bytes(pattern);
            let holds = [Bytes::whole, Bytes::begins, Bytes::within, Bytes::ends].map(|test| {
                [&b"ab"[..], b"abx", b"xabx", b"xab", b"x"]
                    .map(|payload| test(&pattern, payload).is_ok())
            });
            let expected = [
                [true, false, false, false, false],
                [true, true, false, false, false],
                [true, true, true, true, false],
                [true, false, false, true, false],
            ];
            assert_eq!(holds, expected);
        }
    }

    #[test]
    fn a_mistake_has_its_place() {
        use crate::payload::Problem;
        let mistake = |pattern: Pattern| pattern.compile(Charset::Utf8).err().unwrap();
        let problem = Problem::NotHex('g');
        assert_eq!(mistake(Pattern::hex("?? 0g")), Mistake { at: 4, problem });
        let problem = Problem::UnknownEscape('q');
        assert_eq!(mistake(Pattern::text("a\\q")), Mistake { at: 1, problem });
        assert_eq!(mistake(Pattern::hex("01 ?")).problem, Problem::HalfByte);
    }
}
