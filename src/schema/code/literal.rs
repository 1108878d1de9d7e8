//! Texts and bytes as literals of other languages: nothing in them can end the literal, be seen
//! as other code, or reorder what is shown.

use crate::payload::literal::{code_point_escape, quoted};
use crate::payload::printable;
use std::fmt::Write as _;

/// A text as a literal of Python.
pub(super) fn python_text(text: &str) -> String {
    quoted(text, code_point_escape)
}

/// Bytes as a literal of Python.
pub(super) fn python_bytes(bytes: &[u8]) -> String {
    format!("b{}", bytes_literal(bytes, |byte| format!("\\x{byte:02x}")))
}

/// A text as a literal of Lua. An escaped character is written as its bytes in UTF-8: Lua 5.2 has
/// no other escapes.
pub(super) fn lua_text(text: &str) -> String {
    quoted(text, |literal, c| {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a text cannot fail.
            let _ = write!(literal, "\\{byte:03}");
        }
    })
}

/// A text that is only shown, as a literal of Lua on one line: Wireshark shows it as it is.
pub(super) fn lua_line(text: &str) -> String {
    lua_text(&printable::line(text.as_bytes()))
}

/// Bytes as a literal of Lua.
pub(super) fn lua_bytes(bytes: &[u8]) -> String {
    bytes_literal(bytes, |byte| format!("\\{byte:03}"))
}

fn bytes_literal(bytes: &[u8], escape: fn(u8) -> String) -> String {
    let mut literal = String::from('"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                literal.push('\\');
                literal.push(char::from(*byte));
            }
            b' '..=b'~' => literal.push(char::from(*byte)),
            byte => literal.push_str(&escape(*byte)),
        }
    }
    literal.push('"');
    literal
}

/// A float: one that is no decimal number by what the language has for it.
pub(super) fn float(value: f64, infinite: &str, nan: &str) -> String {
    match value {
        _ if value.is_nan() => nan.to_owned(),
        f64::INFINITY => infinite.to_owned(),
        f64::NEG_INFINITY => format!("-{infinite}"),
        _ => format!("{value:?}"),
    }
}

/// A name in a comment of one line.
pub(super) fn comment(name: &str) -> String {
    /// The most characters.
    const MOST: usize = 100;
    let line = printable::line(name.as_bytes());
    line.chars().take(MOST).collect()
}

/// A name as Wireshark's fields may begin: small letters, digits, `_` and `-`.
pub(super) fn abbreviation(name: &str) -> String {
    let safe = |c: char| match c {
        'a'..='z' | '0'..='9' | '_' | '-' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        _ => '_',
    };
    let safe: String = name.chars().map(safe).collect();
    match safe.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => safe,
        false => format!("p_{safe}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_ends_a_literal_is_escaped() {
        assert_eq!(python_text("a\"\\\n"), r#""a\"\\\u000a""#);
        assert_eq!(lua_text("a\"\\\n0"), r#""a\"\\\0100""#);
        assert_eq!(python_bytes(b"a\"\\\0\xFF"), r#"b"a\"\\\x00\xff""#);
        assert_eq!(lua_bytes(b"a\"\\\0\xFF0"), r#""a\"\\\000\2550""#);
    }

    #[test]
    fn what_reorders_text_is_escaped_and_letters_are_not() {
        assert_eq!(python_text("温度 °C \u{202E}"), r#""温度 °C \u202e""#);
        assert_eq!(python_text("\u{E0041}"), r#""\U000e0041""#);
        assert_eq!(lua_text("温度\u{202E}"), r#""温度\226\128\174""#);
    }

    #[test]
    fn floats_that_are_no_decimal_numbers_have_words() {
        let of = |value| float(value, "inf", "nan");
        assert_eq!(
            [0.1, 1e300, f64::NEG_INFINITY, f64::NAN].map(of),
            ["0.1", "1e300", "-inf", "nan"]
        );
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        let name = "a\n--]]\r\u{2028}\u{202E}\"\"\"";
        assert_eq!(comment(name), "a␊--]]␍\\u{2028}\\u{202E}\"\"\"");
        assert_eq!(comment(&"x".repeat(1000)).len(), 100);
    }

    #[test]
    fn an_abbreviation_is_one_for_any_name() {
        assert_eq!(abbreviation("Sensor 2"), "sensor_2");
        assert_eq!(abbreviation("温"), "p__");
        assert_eq!(abbreviation(""), "p_");
        assert_eq!(abbreviation("end"), "end");
    }

    proptest! {
        #[test]
        fn no_literal_has_a_quotation_mark_or_a_line_break_of_its_own(text: String) {
            for literal in [python_text(&text), lua_text(&text), lua_bytes(text.as_bytes())] {
                let inside = literal.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
                let mut escaped = false;
                for c in inside.chars() {
                    prop_assert!(!printable::deceives(c));
                    prop_assert!(c != '"' || escaped);
                    escaped = c == '\\' && !escaped;
                }
                prop_assert!(!escaped);
            }
        }
    }
}
