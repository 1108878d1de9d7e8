//! Character encodings of network programs: text ⇄ bytes.
//!
//! Decoding never replaces: bytes that are no character come back as they are
//! ([`DecodedPart::Bad`]). Encoding never replaces either: a character that the encoding lacks is
//! an error with its position. The tables are those of the WHATWG Encoding Standard.

mod decode;

use decode::{by_table, utf8, utf16};
use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Charset {
    #[default]
    Utf8,
    /// With its subsets GBK and GB2312.
    Gb18030,
    Big5,
    ShiftJis,
    EucKr,
    Utf16Le,
    Utf16Be,
    /// ISO 8859-1: every byte is the character with the same code point.
    Latin1,
    Windows1252,
}

/// A part of decoded bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodedPart<'a> {
    Text(Cow<'a, str>),
    /// Bytes that are no character, or the beginning of a truncated one.
    Bad(&'a [u8]),
}

/// The beginning of decoded bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedHead<'a> {
    pub parts: Vec<DecodedPart<'a>>,
    /// Whether all bytes were decoded.
    pub is_whole: bool,
}

/// A character that the encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnencodableChar {
    pub character: char,
    /// Its position in the text, in characters from 0.
    pub at: usize,
}

impl Charset {
    pub const ALL: [Self; 9] = [
        Self::Utf8,
        Self::Gb18030,
        Self::Big5,
        Self::ShiftJis,
        Self::EucKr,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Latin1,
        Self::Windows1252,
    ];

    /// The common name, the same in every language. GB18030 is called GBK, the subset that
    /// nearly all of its text uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GBK",
            Self::Big5 => "Big5",
            Self::ShiftJis => "Shift_JIS",
            Self::EucKr => "EUC-KR",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Latin1 => "Latin-1",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The name in lists to choose from. It names GB18030 beside GBK: characters that GBK lacks
    /// become four bytes of GB18030.
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Gb18030 => "GBK (GB18030)",
            other => other.name(),
        }
    }

    /// The bytes as text and undecodable parts, in order; no byte is left out.
    pub fn decode(self, bytes: &[u8]) -> Vec<DecodedPart<'_>> {
        match self {
            Self::Utf8 => utf8(bytes),
            Self::Latin1 => {
                let text: String = bytes.iter().copied().map(char::from).collect();
                vec![DecodedPart::Text(text.into())]
            }
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes),
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes),
            _ => by_table(self.table(), bytes),
        }
    }

    /// Decodes at most `limit` bytes, without a character that the limit truncated.
    pub fn decode_head(self, bytes: &[u8], limit: usize) -> DecodedHead<'_> {
        let Some(head) = bytes.get(..limit).filter(|head| head.len() < bytes.len()) else {
            return DecodedHead {
                parts: self.decode(bytes),
                is_whole: true,
            };
        };
        let mut parts = self.decode(head);
        if matches!(parts.last(), Some(DecodedPart::Bad(_))) && parts.len() > 1 {
            parts.pop();
        }
        DecodedHead {
            parts,
            is_whole: false,
        }
    }

    /// Whether ASCII characters are the same bytes in this encoding.
    pub fn holds_ascii(self) -> bool {
        !matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// Whether these undecodable bytes could become one character with more bytes after them.
    /// Always `false` for UTF-16.
    pub fn begins_character(self, bytes: &[u8]) -> bool {
        let alone = matches!(self, Self::Latin1 | Self::Windows1252);
        if alone || matches!(self, Self::Utf16Le | Self::Utf16Be) || bytes.len() > 3 {
            return false;
        }
        if self == Self::Utf8 {
            let error = std::str::from_utf8(bytes).err();
            return error.is_some_and(|error| error.error_len().is_none());
        }
        // One of these completes every sequence that can be completed.
        const MORE: [&[u8]; 6] = [b"@", b"\xA1", b"\x80", b"0\x810", b"\x810", b"0"];
        MORE.iter().any(|more| {
            let longer = [bytes, more].concat();
            matches!(self.decode(&longer).as_slice(), [DecodedPart::Text(text)] if text.chars().count() == 1)
        })
    }

    /// Encodes text.
    ///
    /// # Errors
    /// The first character that this encoding lacks.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, UnencodableChar> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().into()),
            Self::Utf16Le => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Utf16Be => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Self::Latin1 => {
                let byte = |(at, character)| {
                    u8::try_from(u32::from(character))
                        .map_err(|_| UnencodableChar { character, at })
                };
                text.chars().enumerate().map(byte).collect()
            }
            _ => {
                let bytes = self.table().encode(text).0;
                if self.is_text(&bytes, text) {
                    return Ok(bytes);
                }
                let lacks = |character: &(usize, char)| {
                    let text = character.1.to_string();
                    !self.is_text(&self.table().encode(&text).0, &text)
                };
                let lacking = text.chars().enumerate().find(lacks);
                lacking.map_or(Ok(bytes), |(at, character)| {
                    Err(UnencodableChar { character, at })
                })
            }
        }
    }

    /// Whether these bytes decode to this text. The tables encode some characters as
    /// look-alikes (`¥` as `\` in Shift_JIS), or as a numeric reference.
    fn is_text(self, bytes: &[u8], text: &str) -> bool {
        let (read, _) = self.table().decode_without_bom_handling(bytes);
        read == text
    }

    fn table(self) -> &'static Encoding {
        match self {
            Self::Gb18030 => encoding_rs::GB18030,
            Self::Big5 => encoding_rs::BIG5,
            Self::ShiftJis => encoding_rs::SHIFT_JIS,
            Self::EucKr => encoding_rs::EUC_KR,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Latin1 | Self::Windows1252 => encoding_rs::WINDOWS_1252,
            Self::Utf8 => encoding_rs::UTF_8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The decoded text, with undecodable bytes as `<C4>`.
    fn shown(charset: Charset, bytes: &[u8]) -> String {
        let part = |part: DecodedPart<'_>| match part {
            DecodedPart::Text(text) => text.into_owned(),
            DecodedPart::Bad(bytes) => bytes.iter().map(|byte| format!("<{byte:02X}>")).collect(),
        };
        charset.decode(bytes).into_iter().map(part).collect()
    }

    #[test]
    fn text_is_the_same_in_every_encoding_that_has_it() {
        let bytes: [(Charset, &[u8]); 7] = [
            (Charset::Utf8, &[0xE4, 0xBD, 0xA0, 0xE5, 0xA5, 0xBD]),
            (Charset::Gb18030, &[0xC4, 0xE3, 0xBA, 0xC3]),
            (Charset::Big5, &[0xA7, 0x41, 0xA6, 0x6E]),
            (Charset::ShiftJis, &[0x98, 0x4E, 0x8D, 0x44]),
            (Charset::EucKr, &[0xD2, 0xE0, 0xFB, 0xA1]),
            (Charset::Utf16Le, &[0x60, 0x4F, 0x7D, 0x59]),
            (Charset::Utf16Be, &[0x4F, 0x60, 0x59, 0x7D]),
        ];
        for (charset, bytes) in bytes {
            let text = shown(charset, bytes);
            assert_eq!(charset.encode(&text).unwrap(), bytes, "{charset:?}: {text}");
            if !matches!(charset, Charset::ShiftJis | Charset::EucKr) {
                assert_eq!(text, "你好", "{charset:?}");
            }
        }
    }

    #[test]
    fn what_is_no_text_takes_memory_in_proportion_to_its_length() {
        // Every other byte is malformed.
        let bytes: Vec<u8> = (0..400_000).map(|at| [b'a', 0xFF][at % 2]).collect();
        for charset in [
            Charset::Gb18030,
            Charset::Big5,
            Charset::Utf16Le,
            Charset::Utf8,
        ] {
            let held = |part: DecodedPart<'_>| match part {
                DecodedPart::Text(Cow::Owned(text)) => text.capacity(),
                DecodedPart::Text(Cow::Borrowed(_)) | DecodedPart::Bad(_) => 0,
            };
            let held: usize = charset.decode(&bytes).into_iter().map(held).sum();
            assert!(held <= 4 * bytes.len(), "{charset:?}: {held}");
        }
    }

    #[test]
    fn four_bytes_of_gb18030_are_one_character() {
        assert_eq!(shown(Charset::Gb18030, &[0x94, 0x39, 0xDA, 0x33]), "💩");
    }

    #[test]
    fn what_is_no_character_comes_back_as_its_bytes() {
        let cases: [(Charset, &[u8], &str); 9] = [
            // Overlong, a surrogate (CESU-8), and truncated.
            (Charset::Utf8, b"a\xC0\xAFb", "a<C0><AF>b"),
            (Charset::Utf8, b"\xED\xA0\x80", "<ED><A0><80>"),
            (Charset::Utf8, b"ok\xE4\xBD", "ok<E4><BD>"),
            (Charset::Gb18030, b"ok\xC4", "ok<C4>"),
            (Charset::Gb18030, b"\xC4\x0B!", "<C4>\u{B}!"),
            (Charset::Big5, b"\xA7\xFF?", "<A7><FF>?"),
            (Charset::Utf16Le, b"a\0\x00\xD8b\0", "a<00><D8>b"),
            (Charset::Utf16Be, b"\0a\0", "a<00>"),
            (Charset::Windows1252, b"\x80", "€"),
        ];
        for (charset, bytes, expected) in cases {
            assert_eq!(shown(charset, bytes), expected, "{charset:?}");
        }
    }

    #[test]
    fn a_head_never_splits_a_character() {
        for charset in Charset::ALL {
            let Ok(bytes) = charset.encode("abcd你好") else {
                continue;
            };
            for limit in bytes.len() / 2..bytes.len() {
                let head = charset.decode_head(&bytes, limit);
                let is_text = |part: &DecodedPart<'_>| matches!(part, DecodedPart::Text(_));
                let all = head.parts.iter().all(is_text);
                assert!(!head.is_whole && all, "{charset:?} {limit}");
            }
        }
    }

    #[test]
    fn a_character_the_encoding_lacks_is_named_with_its_place() {
        let lacking = |character, at| Err(UnencodableChar { character, at });
        assert_eq!(Charset::Latin1.encode("na€"), lacking('€', 2));
        assert_eq!(Charset::Big5.encode("你好嗎😀"), lacking('😀', 3));
        assert_eq!(Charset::EucKr.encode("한😀"), lacking('😀', 1));
        assert_eq!(Charset::ShiftJis.encode("円¥"), lacking('¥', 1));
        assert!(Charset::Gb18030.encode("你好吗😀").is_ok());
        assert_eq!(Charset::Windows1252.encode("€").unwrap(), &[0x80][..]);
    }

    #[test]
    fn what_writes_four_bytes_is_not_called_gbk_alone_where_it_is_chosen() {
        for charset in Charset::ALL {
            let long = charset.encode("😀").is_ok_and(|bytes| bytes.len() == 4);
            let says_so = charset.full_name() != "GBK";
            assert!(!long || says_so, "{charset:?}");
        }
        assert_eq!(Charset::Gb18030.full_name(), "GBK (GB18030)");
    }

    proptest! {
        #[test]
        fn decode_is_the_inverse_of_encode(text: String) {
            for charset in Charset::ALL {
                if let Ok(bytes) = charset.encode(&text) {
                    prop_assert_eq!(&shown(charset, &bytes), &text, "{:?}", charset);
                }
            }
        }

        #[test]
        fn no_byte_is_lost(bytes: Vec<u8>) {
            for charset in Charset::ALL {
                let again: Option<Vec<u8>> = charset
                    .decode(&bytes)
                    .into_iter()
                    .map(|part| match part {
                        DecodedPart::Text(text) => charset.encode(&text).ok().map(Cow::into_owned),
                        DecodedPart::Bad(bad) => Some(bad.to_vec()),
                    })
                    .collect::<Option<Vec<_>>>()
                    .map(|parts| parts.concat());
                // Some tables have two codes for a character, or a code that only decodes.
                if let Some(again) = again {
                    prop_assert_eq!(shown(charset, &again), shown(charset, &bytes), "{:?}", charset);
                }
            }
        }
    }
}
