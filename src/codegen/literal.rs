//! Names and bytes in programs: nothing in them can end a string or a comment, be read as code, or
//! reorder what is shown.

pub(super) use crate::payload::literal::{code_point_escape, quoted};
use crate::payload::printable;
use std::fmt::Write as _;

/// A text in a comment of one line, in any language. A backslash would join lines in C and begin a
/// character in Java, even in a comment; `*/` ends other comments, and `??/` is a backslash too.
pub(super) fn comment(text: &str) -> String {
    /// The most characters.
    const MOST: usize = 300;
    let line = printable::line(text.as_bytes());
    let line = line
        .replace('\\', "∖")
        .replace("*/", "* /")
        .replace("??", "? ?");
    let mut short: String = line.chars().take(MOST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

/// Writes a character as `\u` and four digits, or as two of them (UTF-16).
pub(super) fn utf16_escape(literal: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a text cannot fail.
        let _ = write!(literal, "\\u{unit:04x}");
    }
}

/// Bytes between quotation marks: printable characters of ASCII as they are, and others by
/// `escape`, as are `"`, `\` and `?`, which begins trigraphs in C.
pub(super) fn byte_string(bytes: &[u8], escape: fn(u8) -> String) -> String {
    let mut literal = String::from('"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' | b'?' => literal.push_str(&escape(*byte)),
            b' '..=b'~' => literal.push(char::from(*byte)),
            byte => literal.push_str(&escape(*byte)),
        }
    }
    literal.push('"');
    literal
}

/// `\x41`.
pub(super) fn hex_escape(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// `\101`: always three digits, so that a digit may follow.
pub(super) fn octal_escape(byte: u8) -> String {
    format!("\\{byte:03o}")
}

/// `c4e3`.
pub(super) fn hex_digits(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// `0xC4, 0xE3`.
pub(super) fn numbers(bytes: &[u8]) -> String {
    let numbers: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02X}")).collect();
    numbers.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_comment_stays_on_its_line_in_every_language() {
        let text = "a\n\r\u{2028}\u{202E}*/ \\u000a ??/ \\";
        assert_eq!(comment(text), "a␊␍∖u{2028}∖u{202E}* / ∖u000a ? ?/ ∖");
    }

    #[test]
    fn what_ends_a_byte_string_is_escaped() {
        assert_eq!(
            byte_string(b"a\"\\?\xFF1", octal_escape),
            r#""a\042\134\077\3771""#
        );
        assert_eq!(byte_string(b"a\"\0", hex_escape), r#""a\x22\x00""#);
    }

    proptest! {
        #[test]
        fn a_comment_has_nothing_that_ends_or_reorders_it(text: String) {
            let comment = comment(&text);
            prop_assert!(!comment.contains(['\\', '\n', '\r']) && !comment.contains("*/"));
            prop_assert!(!comment.chars().any(printable::deceives));
        }
    }
}
