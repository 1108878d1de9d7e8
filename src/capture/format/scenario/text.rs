//! Texts and bytes as RON has them.

use crate::payload::{hex, printable};
use std::fmt::Write as _;

/// Appends a text in quotation marks. Whatever could end it, or mislead its reader, is escaped.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    let mut is_unsafe = printable::unsafe_characters();
    out.push('"');
    for c in text.chars() {
        let hides = is_unsafe(c);
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if hides => {
                // Writing to a string cannot fail.
                write!(out, "\\u{{{:X}}}", u32::from(c)).ok();
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Appends `NAME: "text"`, or `hex: "FF"` for bytes that are no text in UTF-8.
pub(super) fn push_bytes(out: &mut String, name: &str, bytes: &[u8]) {
    let text = as_text(bytes);
    out.push_str(text.map_or("hex", |_| name));
    out.push_str(": ");
    match text {
        Some(text) => push_quoted(out, text),
        None => push_quoted(out, &hex::format(bytes)),
    }
}

/// The bytes as a text that needs no escapes but those of line breaks and tabs.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut is_unsafe = printable::unsafe_characters();
    let is_plain = |c: char| matches!(c, '\n' | '\r' | '\t') || !is_unsafe(c);
    text.chars().all(is_plain).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(bytes: &[u8]) -> String {
        let mut out = String::new();
        push_bytes(&mut out, "text", bytes);
        out
    }

    #[test]
    fn text_is_escaped_and_what_is_none_is_hexadecimal() {
        let cases: [(&[u8], &str); 7] = [
            (b"one\r\n", r#"text: "one\r\n""#),
            (b"", r#"text: """#),
            (
                br#"say "no" \ ${x} {client}"#,
                r#"text: "say \"no\" \\ ${x} {client}""#,
            ),
            ("你好".as_bytes(), r#"text: "你好""#),
            (b"\xC4\xE3", r#"hex: "C4 E3""#),
            (b"a\0", r#"hex: "61 00""#),
            ("\u{202E}".as_bytes(), r#"hex: "E2 80 AE""#),
        ];
        for (given, written) in cases {
            assert_eq!(bytes(given), written);
        }
        let mut path = String::new();
        push_quoted(&mut path, "a\u{202E}\"\u{1B}");
        assert_eq!(path, r#""a\u{202E}\"\u{1B}""#);
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text: String) {
            let mut out = String::new();
            push_quoted(&mut out, &text);
            prop_assert_eq!(ron::from_str::<String>(&out).unwrap(), text);
            prop_assert_eq!(out.lines().count(), 1);
        }
    }
}
