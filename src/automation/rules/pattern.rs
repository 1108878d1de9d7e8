//! Byte patterns of conditions, in which some bits may have any value.

use super::MismatchReason;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::hex::{self, MaskedByte};
use crate::payload::reading::{Reading, may_hold_gbk};
use crate::payload::{TextMistake, escape};
use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// Bytes as a person writes them. Text may contain escapes like `\n` and `\x03`; in
/// hexadecimal, `??` is any byte, and `0?` any byte with these upper four bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[serde(rename = "Pattern")]
pub struct BytePattern {
    pub format: TextFormat,
    pub text: String,
}

impl BytePattern {
    pub fn text(text: impl Into<String>) -> Self {
        let (format, text) = (TextFormat::Text, text.into());
        Self { format, text }
    }

    pub fn hex(text: impl Into<String>) -> Self {
        let (format, text) = (TextFormat::Hex, text.into());
        Self { format, text }
    }

    /// The pattern of exactly these bytes: text where they are text in `read`, and otherwise
    /// hexadecimal. It is to be compiled in `charset`.
    pub fn of(bytes: &[u8], read: Option<Charset>, charset: Option<Charset>) -> Self {
        let typed = Composition::of(bytes, read);
        let text = match (typed.format, typed.escapes) {
            (TextFormat::Text, true) => Some(typed.text),
            (TextFormat::Text, false) => Some(escape::escape(typed.text.as_bytes())),
            (TextFormat::Hex, _) => None,
        };
        let is_same = |text: &Self| {
            let compiled = text.compile(charset);
            compiled.is_ok_and(|compiled| compiled.whole(bytes).is_ok())
        };
        let text = text.map(Self::text).filter(is_same);
        text.unwrap_or_else(|| Self::hex(hex::format(bytes)))
    }

    /// Without an encoding, text is searched for in UTF-8 and in GBK.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub(super) fn compile(
        &self,
        charset: impl Into<Option<Charset>>,
    ) -> Result<Bytes, TextMistake> {
        let charset: Option<Charset> = charset.into();
        Ok(match self.format {
            TextFormat::Text => {
                let text = |charset| escape::unescape(&self.text, charset).map(Bytes::exact);
                let bytes = text(charset.unwrap_or_default())?;
                let gbk = match charset {
                    None => text(Charset::Gb18030).ok(),
                    Some(_) => None,
                };
                let differs = |gbk: &Bytes| gbk.value != bytes.value;
                let gbk = gbk.filter(differs).map(Box::new);
                Bytes { gbk, ..bytes }
            }
            TextFormat::Hex => Bytes::masked(&hex::parse_masked(&self.text)?),
        })
    }
}

/// The bytes that a payload is compared with.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    value: Vec<u8>,
    /// The bits of each byte that are compared; `None` if all are.
    mask: Option<Vec<u8>>,
    finder: Finder<'static>,
    /// The same text in GBK, if there is no encoding and the bytes differ.
    gbk: Option<Box<Self>>,
}

impl Bytes {
    fn exact(value: Vec<u8>) -> Self {
        let finder = Finder::new(&value).into_owned();
        Self {
            value,
            mask: None,
            finder,
            gbk: None,
        }
    }

    fn masked(bytes: &[MaskedByte]) -> Self {
        let is_exact = bytes.iter().all(|byte| byte.is_exact());
        let mask = || bytes.iter().map(|byte| byte.mask).collect();
        Self {
            mask: (!is_exact).then(mask),
            ..Self::exact(bytes.iter().map(|byte| byte.value).collect())
        }
    }

    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    pub fn whole(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        self.either(payload, Self::is_whole)
    }

    pub fn begins(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        self.either(payload, |bytes, payload| bytes.at(payload, 0))
    }

    pub fn ends(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        self.either(payload, Self::is_end)
    }

    pub fn within(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        self.either(payload, Self::is_part)
    }

    /// Tests these bytes, then the same text in GBK if the payload may contain it.
    fn either(
        &self,
        payload: &[u8],
        test: fn(&Self, &[u8]) -> Result<(), MismatchReason>,
    ) -> Result<(), MismatchReason> {
        let Err(why) = test(self, payload) else {
            return Ok(());
        };
        // Bytes that read as UTF-8 are other characters in GBK.
        let Some(gbk) = self.gbk.as_deref().filter(|_| may_hold_gbk(payload)) else {
            return Err(why);
        };
        test(gbk, payload).map_err(|in_gbk| match Reading::of(payload) {
            Reading::Text(Charset::Gb18030) => in_gbk,
            _ => why,
        })
    }

    fn is_whole(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        if payload.len() != self.value.len() {
            let (found, expected) = (payload.len(), self.value.len());
            return Err(MismatchReason::Length { found, expected });
        }
        self.at(payload, 0)
    }

    fn is_end(&self, payload: &[u8]) -> Result<(), MismatchReason> {
        match payload.len().checked_sub(self.value.len()) {
            Some(at) => self.at(payload, at),
            None => Err(self.short(payload)),
        }
    }

    fn is_part(&self, payload: &[u8]) -> Result<(), MismatchReason> {
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
        found.then_some(()).ok_or(MismatchReason::NotFound)
    }

    fn at(&self, payload: &[u8], place: usize) -> Result<(), MismatchReason> {
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
            Some((at, ((expected, found), _))) => Err(MismatchReason::Differs {
                at: place + at,
                found: *found,
                expected: *expected,
            }),
        }
    }

    fn short(&self, payload: &[u8]) -> MismatchReason {
        MismatchReason::Short {
            found: payload.len(),
            least: self.value.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(pattern: BytePattern) -> Bytes {
        pattern.compile(Charset::Utf8).unwrap()
    }

    #[test]
    fn a_question_mark_is_any_four_bits() {
        let pattern = bytes(BytePattern::hex("01 03 ?? 0?"));
        assert_eq!(pattern.whole(&[1, 3, 0xFF, 0x0A]), Ok(()));
        let differs = MismatchReason::Differs {
            at: 3,
            found: 0x1A,
            expected: 0,
        };
        assert_eq!(pattern.whole(&[1, 3, 0xFF, 0x1A]), Err(differs));
        assert_eq!(
            bytes(BytePattern::hex("0x01,0x?2")).whole(&[1, 0xE2]),
            Ok(())
        );
        // Full-width, as a Chinese input method types it.
        let wide = bytes(BytePattern::hex("４８ ？？"));
        assert_eq!(wide.whole(b"Hi"), Ok(()));
        assert!(wide.whole(b"Li").is_err());
        let dump = bytes(BytePattern::hex("0000  48 3F  |H?|"));
        assert_eq!(dump.whole(b"H?"), Ok(()));
        let open = BytePattern::hex("0000  4? 3F\n0002  48");
        assert!(open.compile(Charset::Utf8).is_err());
    }

    #[test]
    fn the_same_bytes_are_looked_for_where_they_are_asked_for() {
        for pattern in [BytePattern::text("ab"), BytePattern::hex("61 6?")] {
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
    fn text_is_found_in_either_encoding_where_none_was_chosen() {
        type Test = fn(&Bytes, &[u8]) -> Result<(), MismatchReason>;
        let gbk = |text| Charset::Gb18030.encode(text).unwrap().into_owned();
        let text = BytePattern::text("你好");
        let either = text.compile(None::<Charset>).unwrap();
        let tests: [(Test, &str); 4] = [
            (Bytes::whole, "你好"),
            (Bytes::begins, "你好，世界"),
            (Bytes::within, "说：你好，世界"),
            (Bytes::ends, "世界，你好"),
        ];
        for (test, payload) in tests {
            assert_eq!(test(&either, payload.as_bytes()), Ok(()), "{payload}");
            assert_eq!(test(&either, &gbk(payload)), Ok(()), "{payload}");
        }
        // The header before it is not text.
        let framed = [&[1, 0, 0, 9][..], &gbk("你好")].concat();
        assert_eq!(either.ends(&framed), Ok(()));
        let differs = MismatchReason::Differs {
            at: 2,
            found: 0xD7,
            expected: 0xBA,
        };
        assert_eq!(either.whole(&gbk("你走")), Err(differs));
        let chosen = text.compile(Charset::Utf8).unwrap();
        assert!(chosen.whole(&gbk("你好")).is_err());
        // Text read as é does not contain 茅, which is the same bytes in GBK.
        let letter = BytePattern::text("茅").compile(None::<Charset>).unwrap();
        assert!(letter.within("un café noir".as_bytes()).is_err());
    }

    #[test]
    fn a_pattern_of_given_bytes_matches_them_and_is_text_where_they_are() {
        let gbk = Charset::Gb18030.encode("你好").unwrap().into_owned();
        let utf8 = Some(Charset::Utf8);
        let cases: [(&[u8], Option<Charset>, BytePattern); 5] = [
            (b"AT\r\n", utf8, BytePattern::text("AT\\r\\n")),
            (b"a\\n\nb", utf8, BytePattern::text("a\\\\n\\nb")),
            (&gbk, Some(Charset::Gb18030), BytePattern::text("你好")),
            (&[1, 3, 0xFF], None, BytePattern::hex("01 03 FF")),
            (b"", utf8, BytePattern::default()),
        ];
        for (bytes, read, expected) in cases {
            let pattern = BytePattern::of(bytes, read, None);
            assert_eq!(pattern, expected);
            assert_eq!(
                pattern.compile(None::<Charset>).unwrap().whole(bytes),
                Ok(())
            );
        }
        // Rules that read text in another encoding compare the bytes.
        let other = BytePattern::of(&gbk, Some(Charset::Gb18030), utf8);
        assert_eq!(other, BytePattern::hex("C4 E3 BA C3"));
    }

    #[test]
    fn a_mistake_has_its_place() {
        use crate::payload::TextProblem;
        let mistake = |pattern: BytePattern| pattern.compile(Charset::Utf8).err().unwrap();
        let problem = TextProblem::NotHex('g');
        assert_eq!(
            mistake(BytePattern::hex("?? 0g")),
            TextMistake { at: 4, problem }
        );
        let problem = TextProblem::UnknownEscape('q');
        assert_eq!(
            mistake(BytePattern::text("a\\q")),
            TextMistake { at: 1, problem }
        );
        assert_eq!(
            mistake(BytePattern::hex("01 ?")).problem,
            TextProblem::HalfByte
        );
    }
}
