//! Hexadecimal as people type and paste it.

mod dump;

use super::{Mistake, Problem, width::narrow};

/// The bytes of `48 65`, `0x48,0x65`, `\x48\x65` or `4865`. The dual of [`format()`].
///
/// Groups are separated by white space, by `,` `;` `:` `-` `_` or by brackets and quotation
/// marks; each may begin with `0x` or `\x`, or end with `h`, and holds a whole number of
/// bytes. Full-width characters count as ASCII. Of a hex dump, offsets and text are left out.
///
/// # Errors
/// The first group that is not whole bytes, with the character it goes wrong at.
///
/// ```
/// # use netpeer::payload::hex::parse;
/// assert_eq!(parse("48 65"), Ok(vec![0x48, 0x65]));
/// assert_eq!(parse("0x48,0x65"), parse("4865"));
/// ```
pub fn parse(text: &str) -> Result<Vec<u8>, Mistake> {
    dump::parse(text).map_or_else(|| parse_groups(text), Ok)
}

fn parse_groups(text: &str) -> Result<Vec<u8>, Mistake> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut digits: Vec<u8> = Vec::new();
    let mut chars = text.chars().map(narrow).enumerate().peekable();
    while let Some(&(start, first)) = chars.peek() {
        if is_separator(first) {
            chars.next();
            continue;
        }
        // As Python writes bytes: `b'\x48'`.
        if first == 'b' && matches!(chars.clone().nth(1), Some((_, '\'' | '"'))) {
            chars.next();
            continue;
        }
        let mut prefixed = false;
        digits.clear();
        let mut before = None;
        let mut suffixed = false;
        while let Some(&(at, c)) = chars.peek() {
            if is_separator(c) || (c == '\\' && !digits.is_empty()) {
                break;
            }
            chars.next();
            let is_prefix = matches!(c, 'x' | 'X')
                && !prefixed
                && matches!((before, digits.len()), (Some('0'), 1) | (Some('\\'), 0));
            if suffixed {
                return Err(Mistake {
                    at,
                    problem: Problem::NotHex(c),
                });
            }
            if matches!(c, 'h' | 'H') && !digits.is_empty() && !prefixed {
                suffixed = true;
            } else if is_prefix {
                prefixed = true;
                digits.clear();
            } else if c == '\\'
                && before.is_none()
                && chars.peek().is_some_and(|&(_, x)| matches!(x, 'x' | 'X'))
            {
                // The start of `\x`; the `x` comes next.
            } else if let Some(digit) = c.to_digit(16) {
                digits.push(digit as u8);
            } else {
                return Err(Mistake {
                    at,
                    problem: Problem::NotHex(c),
                });
            }
            before = Some(c);
        }
        // `0x1`, `1h`: what says that it is a number may leave out a zero. `0FFh`: to an
        // assembler a number begins with a digit.
        match (digits.len(), digits.first()) {
            (1, _) if prefixed || suffixed => digits.insert(0, 0),
            (3.., Some(0)) if suffixed && digits.len() % 2 == 1 => drop(digits.remove(0)),
            _ => {}
        }
        let problem = match digits.as_chunks() {
            ([], []) => Problem::NoDigits,
            (pairs, []) => {
                bytes.extend(pairs.iter().map(|[high, low]| high << 4 | low));
                continue;
            }
            _ => Problem::HalfByte,
        };
        return Err(Mistake { at: start, problem });
    }
    Ok(bytes)
}

/// Whether it is nothing but digits and white space, so that the bytes are what is written.
pub fn is_plain(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_hexdigit() || c.is_whitespace();
    text.chars().all(fits) && dump::parse(text).is_none()
}

/// Two upper-case digits a byte, separated by spaces. The dual of [`parse`].
pub fn format(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for &byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        push_byte(&mut text, byte);
    }
    text
}

/// Appends the two upper-case digits of `byte`.
pub fn push_byte(text: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 0xF] {
        text.push(
            char::from_digit(u32::from(nibble), 16)
                .unwrap_or('?')
                .to_ascii_uppercase(),
        );
    }
}

fn is_separator(c: char) -> bool {
    let between = matches!(c, ',' | ';' | ':' | '-' | '_');
    // As source code writes lists and strings.
    let around = matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | '"' | '\'');
    c.is_whitespace() || between || around
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_the_ways_of_writing_it_mean_the_same() {
        let bytes = Ok(vec![0x48, 0x65]);
        for text in [
            "48 65",
            "0x48,0x65",
            "4865",
            "0x4865",
            "48-65",
            "48:65",
            "\\x48\\x65",
            "４８ ６５",
            " 48\n65 ",
            "0X48 65",
            "{0x48, 0x65}",
            "48h 65h",
            "48H,65H",
            "\"\\x48\\x65\"",
            "b'\\x48\\x65'",
            "[48, 65];",
            "0000  48 65                                             |He|",
            "00000000: 4865                                     He",
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
        assert_eq!(parse(""), Ok(vec![]));
        assert_eq!(parse("00 0a"), Ok(vec![0, 10]));
        assert_eq!(parse("0x0 0x1"), Ok(vec![0, 1]));
        assert_eq!(parse("0h 1h 0Fh 0FFh"), Ok(vec![0, 1, 15, 255]));
        // Groups of digits are no offsets.
        assert_eq!(parse("0000:0001"), Ok(vec![0, 0, 0, 1]));
        assert_eq!(parse("0000  0006"), Ok(vec![0, 0, 0, 6]));
    }

    #[test]
    fn half_a_byte_is_pointed_at() {
        assert_eq!(
            parse("123"),
            Err(Mistake {
                at: 0,
                problem: Problem::HalfByte
            })
        );
        assert_eq!(
            parse("48 6"),
            Err(Mistake {
                at: 3,
                problem: Problem::HalfByte
            })
        );
        assert_eq!(
            parse("0x1 2,3"),
            Err(Mistake {
                at: 4,
                problem: Problem::HalfByte
            })
        );
    }

    #[test]
    fn what_is_no_digit_is_pointed_at() {
        assert_eq!(
            parse("zz"),
            Err(Mistake {
                at: 0,
                problem: Problem::NotHex('z')
            })
        );
        assert_eq!(
            parse("48 6g"),
            Err(Mistake {
                at: 4,
                problem: Problem::NotHex('g')
            })
        );
        assert_eq!(
            parse("480x65"),
            Err(Mistake {
                at: 3,
                problem: Problem::NotHex('x')
            })
        );
        assert_eq!(
            parse("48 \\65"),
            Err(Mistake {
                at: 3,
                problem: Problem::NotHex('\\')
            })
        );
    }

    #[test]
    fn a_prefix_alone_is_an_error() {
        assert_eq!(
            parse("0x"),
            Err(Mistake {
                at: 0,
                problem: Problem::NoDigits
            })
        );
        assert_eq!(
            parse("48 0x"),
            Err(Mistake {
                at: 3,
                problem: Problem::NoDigits
            })
        );
        assert_eq!(
            parse("\\x"),
            Err(Mistake {
                at: 0,
                problem: Problem::NoDigits
            })
        );
    }

    proptest! {
        #[test]
        fn parse_is_the_dual_of_format(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&format(&bytes)), Ok(bytes));
        }

        #[test]
        fn parse_never_panics(text: String) {
            parse(&text).ok();
        }
    }
}
