//! Java.

use super::Syntax;
use crate::codegen::literal::{hex_digits, octal_escape, quoted, utf16_escape};
use crate::codegen::sample::PeerSample;
use crate::payload::charset::Charset;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/java/head.tmpl"),
        include_str!("../templates/java/checksum.tmpl"),
        include_str!("../templates/java/write.tmpl"),
        include_str!("../templates/java/read.tmpl"),
        include_str!("../templates/java/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("        ", ","),
    comment: "//",
    charset: |charset| Some(encoding(charset)),
    own: |_, _| {},
};

/// A text. The compiler replaces `\u` and four digits before it looks for the ends of literals, so
/// a control character must be written in octal.
fn text(text: &str) -> String {
    quoted(text, |literal, c| match u8::try_from(u32::from(c)) {
        Ok(byte) => literal.push_str(&octal_escape(byte)),
        Err(_) => utf16_escape(literal, c),
    })
}

fn bytes(bytes: &[u8]) -> String {
    format!("HexFormat.of().parseHex(\"{}\")", hex_digits(bytes))
}

fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if sample.is_encoded_everywhere(charset) => {
            format!("{}.getBytes(ENCODING)", text(words))
        }
        _ => bytes(&sample.body),
    }
}

fn encoding(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "UTF-8",
        Charset::Gb18030 => "GB18030",
        Charset::Big5 => "Big5",
        Charset::ShiftJis => "Shift_JIS",
        Charset::EucKr => "EUC-KR",
        Charset::Utf16Le => "UTF-16LE",
        Charset::Utf16Be => "UTF-16BE",
        Charset::Latin1 => "ISO-8859-1",
        Charset::Windows1252 => "windows-1252",
    }
}
