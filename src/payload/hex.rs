//! Hexadecimal ⇄ bytes, in the notations that people type and paste.

mod dump;
mod write;

pub use write::{push, push_lower};

use super::{TextMistake, TextProblem, width::narrow};

/// The bytes of `48 65`, `0x48,0x65`, `\x48\x65` or `4865`. The inverse of [`format()`].
///
/// Groups are separated by white space, by `,` `;` `:` `-` `_` or by brackets and quotation
/// marks; each may begin with `0x` or `\x`, or end with `h`, and holds a whole number of bytes.
/// Full-width characters count as ASCII. The offsets and the text of a hex dump are ignored.
///
/// # Errors
/// The first group that is not whole bytes, with the position of the mistake.
///
/// ```
/// # use netpeer::payload::hex::parse;
/// assert_eq!(parse("48 65"), Ok(vec![0x48, 0x65]));
/// assert_eq!(parse("0x48,0x65"), parse("4865"));
/// ```
pub fn parse(text: &str) -> Result<Vec<u8>, TextMistake> {
    if let Some(bytes) = dump::parse(text) {
        return Ok(bytes);
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    parse_groups(text, false, |high, low| bytes.push(high << 4 | low))?;
    Ok(bytes)
}

/// A byte to compare with; some of its bits may have any value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskedByte {
    pub value: u8,
    /// The bits that are compared.
    pub mask: u8,
}

impl MaskedByte {
    /// Matches this byte only.
    pub fn exact(value: u8) -> Self {
        Self { value, mask: 0xFF }
    }

    pub fn is_exact(self) -> bool {
        self.mask == 0xFF
    }

    /// Whether a byte equals the value in all compared bits.
    pub fn matches(self, byte: u8) -> bool {
        (self.value ^ byte) & self.mask == 0
    }

    /// Appends its two digits, with `?` for each that may have any value.
    pub fn push_to(self, text: &mut String) {
        push_digit(text, (self.mask >> 4 != 0).then_some(self.value >> 4));
        push_digit(text, (self.mask & 0xF != 0).then_some(self.value & 0xF));
    }
}

/// Like [`parse`], where `?` stands for any digit: `01 ?? 4?`. The bytes of a hex dump cannot
/// be open; its text may contain question marks.
///
/// # Errors
/// The first group that is not whole bytes, or the first question mark of a dump.
///
/// ```
/// # use netpeer::payload::hex::{MaskedByte, parse_masked};
/// let open = MaskedByte { value: 0x40, mask: 0xF0 };
/// assert_eq!(parse_masked("48 4?"), Ok(vec![MaskedByte::exact(0x48), open]));
/// ```
pub fn parse_masked(text: &str) -> Result<Vec<MaskedByte>, TextMistake> {
    if let Some(bytes) = dump::parse(text) {
        return Ok(bytes.into_iter().map(MaskedByte::exact).collect());
    }
    // Read as groups of digits, the dump's offsets would become bytes.
    let first = text.chars().map(narrow).position(|c| c == '?');
    if let Some(at) = first
        && dump::parse(&text.replace(['?', '？'], "0")).is_some()
    {
        let problem = TextProblem::NotHex('?');
        return Err(TextMistake { at, problem });
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    parse_groups(text, true, |high, low| {
        let value = |digit| if digit == OPEN { 0 } else { digit };
        let mask = |digit| if digit == OPEN { 0 } else { 0xF };
        bytes.push(MaskedByte {
            value: value(high) << 4 | value(low),
            mask: mask(high) << 4 | mask(low),
        });
    })?;
    Ok(bytes)
}

/// Stands for a digit that may have any value.
const OPEN: u8 = 0x10;

/// Calls `byte` with the two digits of each byte; `?` becomes [`OPEN`] if `may_be_open`.
fn parse_groups(
    text: &str,
    may_be_open: bool,
    mut byte: impl FnMut(u8, u8),
) -> Result<(), TextMistake> {
    let mut digits: Vec<u8> = Vec::new();
    let mut chars = text.chars().map(narrow).enumerate().peekable();
    while let Some(&(start, first)) = chars.peek() {
        if is_separator(first) {
            chars.next();
            continue;
        }
        // Python's notation for bytes: `b'\x48'`.
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
                return Err(TextMistake {
                    at,
                    problem: TextProblem::NotHex(c),
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
            } else if c == '?' && may_be_open {
                digits.push(OPEN);
            } else {
                return Err(TextMistake {
                    at,
                    problem: TextProblem::NotHex(c),
                });
            }
            before = Some(c);
        }
        // `0x1` and `1h` are marked as numbers and may leave out a zero. `0FFh`: assemblers
        // require a number to begin with a decimal digit.
        match (digits.len(), digits.first()) {
            (1, _) if prefixed || suffixed => digits.insert(0, 0),
            (3.., Some(0)) if suffixed && digits.len() % 2 == 1 => drop(digits.remove(0)),
            _ => {}
        }
        let problem = match digits.as_chunks() {
            ([], []) => TextProblem::NoDigits,
            (pairs, []) => {
                for [high, low] in pairs {
                    byte(*high, *low);
                }
                continue;
            }
            _ => TextProblem::HalfByte,
        };
        return Err(TextMistake { at: start, problem });
    }
    Ok(())
}

/// Whether the text is only digits and white space, and no hex dump.
pub fn is_plain(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_hexdigit() || c.is_whitespace();
    text.chars().all(fits) && dump::parse(text).is_none()
}

/// Two upper-case digits a byte, separated by spaces. The inverse of [`parse`].
pub fn format(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    push(&mut text, bytes);
    // Digits and spaces are valid UTF-8.
    String::from_utf8(text).unwrap_or_default()
}

/// Appends the two upper-case digits of `byte`.
pub fn push_byte(text: &mut String, byte: u8) {
    MaskedByte::exact(byte).push_to(text);
}

/// Appends an upper-case digit, or `?` for none.
fn push_digit(text: &mut String, digit: Option<u8>) {
    let digit = digit.and_then(|digit| char::from_digit(u32::from(digit), 16));
    text.push(digit.unwrap_or('?').to_ascii_uppercase());
}

fn is_separator(c: char) -> bool {
    let between = matches!(c, ',' | ';' | ':' | '-' | '_');
    // Source code writes lists and strings with these.
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
        // Groups of digits are not offsets.
        assert_eq!(parse("0000:0001"), Ok(vec![0, 0, 0, 1]));
        assert_eq!(parse("0000  0006"), Ok(vec![0, 0, 0, 6]));
    }

    #[test]
    fn a_question_mark_is_any_digit() {
        let exact = MaskedByte::exact;
        let open = |value, mask| MaskedByte { value, mask };
        let expected = vec![exact(0x48), open(0, 0), open(0x40, 0xF0), open(5, 0x0F)];
        for text in [
            "48 ?? 4? ?5",
            "48??4??5",
            "0x48,0x??,0x4?,0x?5",
            "\\x48\\x??\\x4?\\x?5",
            "48h ??h 4?h ?5h",
            // Full-width, as a Chinese input method types it.
            "４８　？？　４？　？５",
        ] {
            assert_eq!(parse_masked(text).as_ref(), Ok(&expected), "{text}");
        }
        let mut text = String::new();
        for byte in expected {
            byte.push_to(&mut text);
        }
        assert_eq!(text, "48??4??5");
        assert!(open(0x40, 0xF0).matches(0x4F) && !open(0x40, 0xF0).matches(0x5F));
        let mistake = |at, problem| Err(TextMistake { at, problem });
        assert_eq!(parse_masked("01 ?"), mistake(3, TextProblem::HalfByte));
        assert_eq!(parse_masked("?? 0g"), mistake(4, TextProblem::NotHex('g')));
        let problem = TextProblem::NotHex('?');
        assert_eq!(parse("4?"), Err(TextMistake { at: 1, problem }));
    }

    #[test]
    fn no_byte_of_a_dump_is_left_open() {
        let text = parse_masked("0000  48 3F  |H?|");
        assert_eq!(text, Ok(b"H?".map(MaskedByte::exact).to_vec()));
        let problem = TextProblem::NotHex('?');
        let open = parse_masked("0000  4? 3F\n0002  48");
        assert_eq!(open, Err(TextMistake { at: 7, problem }));
    }

    #[test]
    fn half_a_byte_is_pointed_at() {
        assert_eq!(
            parse("123"),
            Err(TextMistake {
                at: 0,
                problem: TextProblem::HalfByte
            })
        );
        assert_eq!(
            parse("48 6"),
            Err(TextMistake {
                at: 3,
                problem: TextProblem::HalfByte
            })
        );
        assert_eq!(
            parse("0x1 2,3"),
            Err(TextMistake {
                at: 4,
                problem: TextProblem::HalfByte
            })
        );
    }

    #[test]
    fn what_is_no_digit_is_pointed_at() {
        assert_eq!(
            parse("zz"),
            Err(TextMistake {
                at: 0,
                problem: TextProblem::NotHex('z')
            })
        );
        assert_eq!(
            parse("48 6g"),
            Err(TextMistake {
                at: 4,
                problem: TextProblem::NotHex('g')
            })
        );
        assert_eq!(
            parse("480x65"),
            Err(TextMistake {
                at: 3,
                problem: TextProblem::NotHex('x')
            })
        );
        assert_eq!(
            parse("48 \\65"),
            Err(TextMistake {
                at: 3,
                problem: TextProblem::NotHex('\\')
            })
        );
    }

    #[test]
    fn a_prefix_alone_is_an_error() {
        assert_eq!(
            parse("0x"),
            Err(TextMistake {
                at: 0,
                problem: TextProblem::NoDigits
            })
        );
        assert_eq!(
            parse("48 0x"),
            Err(TextMistake {
                at: 3,
                problem: TextProblem::NoDigits
            })
        );
        assert_eq!(
            parse("\\x"),
            Err(TextMistake {
                at: 0,
                problem: TextProblem::NoDigits
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
