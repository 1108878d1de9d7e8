//! Bytes as literals of programming languages.

use super::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A notation for bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// `48 65`
    Hex,
    /// `unsigned char data[2] = { 0x48, 0x65 };`
    C,
    /// `b"He"`
    Python,
    /// `b"He"`
    Rust,
    Base64,
}

impl Quote {
    pub const ALL: [Self; 5] = [Self::Hex, Self::C, Self::Python, Self::Rust, Self::Base64];

    /// The name, the same in every language, with an example.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hex => "HEX  48 65",
            Self::C => "C  { 0x48, 0x65 }",
            Self::Python => "Python  b\"He\"",
            Self::Rust => "Rust  b\"He\"",
            Self::Base64 => "Base64",
        }
    }

    pub fn of(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex::format(bytes),
            Self::C => c(bytes),
            Self::Python | Self::Rust => byte_string(bytes),
            Self::Base64 => STANDARD.encode(bytes),
        }
    }
}

/// Twelve bytes a line, as `xxd -i`.
fn c(bytes: &[u8]) -> String {
    let line = |line: &[u8]| {
        let bytes: Vec<String> = line.iter().map(|byte| format!("0x{byte:02X}")).collect();
        bytes.join(", ")
    };
    let length = bytes.len();
    if length <= 12 {
        return format!("unsigned char data[{length}] = {{ {} }};", line(bytes));
    }
    let lines: Vec<String> = bytes
        .chunks(12)
        .map(|chunk| format!("  {}", line(chunk)))
        .collect();
    format!(
        "unsigned char data[{length}] = {{\n{}\n}};",
        lines.join(",\n")
    )
}

/// Python and Rust write these bytes alike.
fn byte_string(bytes: &[u8]) -> String {
    let mut text = String::from("b\"");
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::charset::Charset;
    use crate::payload::escape::unescape;
    use proptest::prelude::*;

    #[test]
    fn each_language_has_its_own_way() {
        let bytes = b"He\"\\\n\xFF";
        assert_eq!(Quote::Hex.of(bytes), "48 65 22 5C 0A FF");
        let c = "unsigned char data[6] = { 0x48, 0x65, 0x22, 0x5C, 0x0A, 0xFF };";
        assert_eq!(Quote::C.of(bytes), c);
        assert_eq!(Quote::Python.of(bytes), r#"b"He\"\\\n\xff""#);
        assert_eq!(Quote::Base64.of(bytes), "SGUiXAr/");
    }

    #[test]
    fn a_long_array_has_lines_of_twelve() {
        let text = Quote::C.of(&[0; 25]);
        assert!(text.starts_with("unsigned char data[25] = {\n  0x00, "));
        assert_eq!(text.lines().count(), 5);
    }

    proptest! {
        #[test]
        fn a_byte_string_means_the_bytes(bytes: Vec<u8>) {
            let text = Quote::Rust.of(&bytes);
            let inside = text.strip_prefix("b\"").unwrap().strip_suffix('"').unwrap();
            prop_assert_eq!(unescape(inside, Charset::Utf8), Ok(bytes));
        }
    }
}
