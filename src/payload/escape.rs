//! Backslash escapes in text to send.

use super::charset::Charset;
use super::{TextMistake, TextProblem};

/// The bytes of text with escapes, in this encoding. The inverse of [`escape`].
///
/// - `\n` `\r` `\t` `\0` `\a` `\b` `\e` `\f` `\v`, and `\\` `\"` `\'` for the character itself
/// - `\xHH` one byte, of any value
/// - `\u{H…}` or `\uHHHH` one character
///
/// # Errors
/// The first unknown escape, at its backslash; a character in an escape that is no digit, at
/// that character; or the first character that the encoding lacks.
///
/// ```
/// # use netpeer::payload::{charset::Charset, escape::unescape};
/// assert_eq!(unescape(r"a\n\x41\u{1F600}", Charset::Utf8), Ok("a\nA😀".as_bytes().to_vec()));
/// ```
pub fn unescape(text: &str, charset: Charset) -> Result<Vec<u8>, TextMistake> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = Cursor {
        chars: text.chars(),
        at: 0,
    };
    loop {
        let at = chars.at;
        let Some(c) = chars.next() else {
            return Ok(bytes);
        };
        let problem = |problem| TextMistake { at, problem };
        let c = if c != '\\' {
            c
        } else {
            match chars.next().ok_or(problem(TextProblem::LoneBackslash))? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'a' => '\x07',
                'b' => '\x08',
                'e' => '\x1B',
                'f' => '\x0C',
                'v' => '\x0B',
                c @ ('\\' | '"' | '\'') => c,
                'x' => {
                    bytes.push(chars.byte(at)?);
                    continue;
                }
                'u' => chars.code_point(at)?,
                other => return Err(problem(TextProblem::UnknownEscape(other))),
            }
        };
        let text = c.encode_utf8(&mut [0; 4]).to_owned();
        let encoded = charset.encode(&text);
        bytes.extend_from_slice(&encoded.map_err(|_| problem(TextProblem::Lacking(c, charset)))?);
    }
}

/// `bytes` as text that [`unescape`] reads back: valid UTF-8 stays, backslashes,
/// control characters and stray bytes are escaped.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for part in bytes.utf8_chunks() {
        for c in part.valid().chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                c if c.is_control() => text.push_str(&format!("\\u{{{:X}}}", u32::from(c))),
                c => text.push(c),
            }
        }
        for &byte in part.invalid() {
            text.push_str("\\x");
            super::hex::push_byte(&mut text, byte);
        }
    }
    text
}

struct Cursor<'a> {
    chars: std::str::Chars<'a>,
    at: usize,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.next()?;
        self.at += 1;
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.chars.clone().next()
    }

    /// The two digits after `\x`; its backslash is at `begin`.
    fn byte(&mut self, begin: usize) -> Result<u8, TextMistake> {
        Ok(self.digits(begin, 2)? as u8)
    }

    /// `{H…}` (one to six digits) or `HHHH` after `\u`; its backslash is at `begin`.
    fn code_point(&mut self, begin: usize) -> Result<char, TextMistake> {
        let wrong = |problem| TextMistake { at: begin, problem };
        let value = if self.peek() == Some('{') {
            self.next();
            let mut value = 0;
            for digits in 0.. {
                match self.next() {
                    Some('}') if digits > 0 => break,
                    Some('}') => return Err(wrong(TextProblem::NoDigits)),
                    Some(c) if digits < 6 => value = value << 4 | self.digit(c)?,
                    _ => return Err(wrong(TextProblem::Brace)),
                }
            }
            value
        } else {
            self.digits(begin, 4)?
        };
        char::from_u32(value).ok_or(wrong(TextProblem::NoCharacter(value)))
    }

    fn digits(&mut self, begin: usize, count: usize) -> Result<u32, TextMistake> {
        let mut value = 0;
        for _ in 0..count {
            let c = self.next().ok_or(TextMistake {
                at: begin,
                problem: TextProblem::NoDigits,
            })?;
            value = value << 4 | self.digit(c)?;
        }
        Ok(value)
    }

    /// The value of the digit that was just read.
    fn digit(&self, c: char) -> Result<u32, TextMistake> {
        c.to_digit(16).ok_or(TextMistake {
            at: self.at.saturating_sub(1),
            problem: TextProblem::NotHex(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> Option<(usize, TextProblem)> {
        unescape(text, Charset::Utf8)
            .err()
            .map(|m| (m.at, m.problem))
    }

    #[test]
    fn named_escapes() {
        assert_eq!(
            unescape(r#"\n\r\t\0\a\b\e\f\v\\\"\'"#, Charset::Utf8),
            Ok(b"\n\r\t\0\x07\x08\x1b\x0c\x0b\\\"'".to_vec())
        );
    }

    #[test]
    fn bytes_and_characters() {
        assert_eq!(unescape(r"\x41\xff", Charset::Utf8), Ok(vec![0x41, 0xFF]));
        assert_eq!(
            unescape(r"\u{1F600}\u4f60", Charset::Utf8),
            Ok("😀你".as_bytes().to_vec())
        );
        assert_eq!(
            unescape("你好", Charset::Utf8),
            Ok("你好".as_bytes().to_vec())
        );
    }

    #[test]
    fn a_lone_x_and_a_lone_backslash_are_pointed_at() {
        assert_eq!(problem(r"ab\x"), Some((2, TextProblem::NoDigits)));
        assert_eq!(problem(r"\x4"), Some((0, TextProblem::NoDigits)));
        assert_eq!(problem(r"\xzz"), Some((2, TextProblem::NotHex('z'))));
        assert_eq!(problem(r"a\x4\q"), Some((4, TextProblem::NotHex('\\'))));
        assert_eq!(problem("你\\"), Some((1, TextProblem::LoneBackslash)));
        assert_eq!(problem(r"\q"), Some((0, TextProblem::UnknownEscape('q'))));
    }

    #[test]
    fn characters_are_written_in_the_encoding_and_bytes_as_they_are() {
        assert_eq!(
            unescape(r"你\n\xFF", Charset::Gb18030),
            Ok(vec![0xC4, 0xE3, b'\n', 0xFF])
        );
        assert_eq!(
            unescape(r"\n\xFF", Charset::Utf16Le),
            Ok(vec![b'\n', 0, 0xFF])
        );
        let lacking = TextProblem::Lacking('😀', Charset::Big5);
        assert_eq!(
            unescape(r"\x41\u{1F600}", Charset::Big5),
            Err(TextMistake {
                at: 4,
                problem: lacking
            })
        );
    }

    #[test]
    fn what_is_no_character_is_pointed_at() {
        assert_eq!(
            problem(r"\u{D800}"),
            Some((0, TextProblem::NoCharacter(0xD800)))
        );
        assert_eq!(
            problem(r"\u{110000}"),
            Some((0, TextProblem::NoCharacter(0x0011_0000)))
        );
        assert_eq!(problem(r"\u{}"), Some((0, TextProblem::NoDigits)));
        assert_eq!(problem(r"\u{41"), Some((0, TextProblem::Brace)));
        assert_eq!(problem(r"\u{1234567}"), Some((0, TextProblem::Brace)));
        assert_eq!(problem(r"\u{4g}"), Some((4, TextProblem::NotHex('g'))));
    }

    proptest! {
        #[test]
        fn unescape_is_the_dual_of_escape(bytes: Vec<u8>) {
            prop_assert_eq!(unescape(&escape(&bytes), Charset::Utf8), Ok(bytes));
        }

        #[test]
        fn unescape_never_panics(text: String) {
            unescape(&text, Charset::Utf8).ok();
        }
    }
}
