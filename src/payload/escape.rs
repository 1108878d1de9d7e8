//! Backslash escapes in text to send.

use super::{Mistake, Problem};

/// The bytes of text with escapes in it. The dual of [`escape`].
///
/// - `\n` `\r` `\t` `\0` `\a` `\b` `\e` `\f` `\v`, and `\\` `\"` `\'` for the sign itself
/// - `\xHH` one byte, of any value
/// - `\u{H…}` or `\uHHHH` one character, as UTF-8
///
/// # Errors
/// The first escape that means nothing, with the character its backslash stands at.
///
/// ```
/// # use netpeer::payload::escape::unescape;
/// assert_eq!(unescape(r"a\n\x41\u{1F600}"), Ok("a\nA😀".as_bytes().to_vec()));
/// ```
pub fn unescape(text: &str) -> Result<Vec<u8>, Mistake> {
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
        if c != '\\' {
            push_char(&mut bytes, c);
            continue;
        }
        let problem = |problem| Mistake { at, problem };
        match chars.next().ok_or(problem(Problem::LoneBackslash))? {
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            '0' => bytes.push(0),
            'a' => bytes.push(0x07),
            'b' => bytes.push(0x08),
            'e' => bytes.push(0x1B),
            'f' => bytes.push(0x0C),
            'v' => bytes.push(0x0B),
            c @ ('\\' | '"' | '\'') => push_char(&mut bytes, c),
            'x' => bytes.push(chars.byte().map_err(problem)?),
            'u' => push_char(&mut bytes, chars.code_point().map_err(problem)?),
            other => return Err(problem(Problem::UnknownEscape(other))),
        }
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

fn push_char(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
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

    /// The two digits behind `\x`.
    fn byte(&mut self) -> Result<u8, Problem> {
        Ok(self.digits(2)? as u8)
    }

    /// `{H…}` (one to six digits) or `HHHH` behind `\u`.
    fn code_point(&mut self) -> Result<char, Problem> {
        let value = if self.peek() == Some('{') {
            self.next();
            let mut value = 0;
            for digits in 0.. {
                match self.next() {
                    Some('}') if digits > 0 => break,
                    Some(c) if digits < 6 => {
                        value = value << 4
                            | c.to_digit(16).ok_or(if c == '}' {
                                Problem::NoDigits
                            } else {
                                Problem::NotHex(c)
                            })?
                    }
                    _ => return Err(Problem::Brace),
                }
            }
            value
        } else {
            self.digits(4)?
        };
        char::from_u32(value).ok_or(Problem::NoCharacter(value))
    }

    fn digits(&mut self, count: usize) -> Result<u32, Problem> {
        let mut value = 0;
        for _ in 0..count {
            let c = self.next().ok_or(Problem::NoDigits)?;
            value = value << 4 | c.to_digit(16).ok_or(Problem::NotHex(c))?;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> Option<(usize, Problem)> {
        unescape(text).err().map(|m| (m.at, m.problem))
    }

    #[test]
    fn named_escapes() {
        assert_eq!(
            unescape(r#"\n\r\t\0\a\b\e\f\v\\\"\'"#),
            Ok(b"\n\r\t\0\x07\x08\x1b\x0c\x0b\\\"'".to_vec())
        );
    }

    #[test]
    fn bytes_and_characters() {
        assert_eq!(unescape(r"\x41\xff"), Ok(vec![0x41, 0xFF]));
        assert_eq!(unescape(r"\u{1F600}\u4f60"), Ok("😀你".as_bytes().to_vec()));
        assert_eq!(unescape("你好"), Ok("你好".as_bytes().to_vec()));
    }

    #[test]
    fn a_lone_x_and_a_lone_backslash_are_pointed_at() {
        assert_eq!(problem(r"ab\x"), Some((2, Problem::NoDigits)));
        assert_eq!(problem(r"\x4"), Some((0, Problem::NoDigits)));
        assert_eq!(problem(r"\xzz"), Some((0, Problem::NotHex('z'))));
        assert_eq!(problem("你\\"), Some((1, Problem::LoneBackslash)));
        assert_eq!(problem(r"\q"), Some((0, Problem::UnknownEscape('q'))));
    }

    #[test]
    fn what_is_no_character_is_pointed_at() {
        assert_eq!(
            problem(r"\u{D800}"),
            Some((0, Problem::NoCharacter(0xD800)))
        );
        assert_eq!(
            problem(r"\u{110000}"),
            Some((0, Problem::NoCharacter(0x0011_0000)))
        );
        assert_eq!(problem(r"\u{}"), Some((0, Problem::NoDigits)));
        assert_eq!(problem(r"\u{41"), Some((0, Problem::Brace)));
        assert_eq!(problem(r"\u{1234567}"), Some((0, Problem::Brace)));
        assert_eq!(problem(r"\u{4g}"), Some((0, Problem::NotHex('g'))));
    }

    proptest! {
        #[test]
        fn unescape_is_the_dual_of_escape(bytes: Vec<u8>) {
            prop_assert_eq!(unescape(&escape(&bytes)), Ok(bytes));
        }

        #[test]
        fn unescape_never_panics(text: String) {
            unescape(&text).ok();
        }
    }
}
