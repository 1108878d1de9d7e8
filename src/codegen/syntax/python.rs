//! Python.

use super::Syntax;
use crate::codegen::literal::{byte_string, code_point_escape, hex_escape, quoted};
use crate::codegen::sample::PeerSample;
use crate::payload::charset::Charset;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/python/head.tmpl"),
        include_str!("../templates/python/checksum.tmpl"),
        include_str!("../templates/python/write.tmpl"),
        include_str!("../templates/python/read.tmpl"),
        include_str!("../templates/python/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("    ", ""),
    comment: "#",
    charset: |charset| Some(encoding(charset)),
    own: |_, _| {},
};

fn text(text: &str) -> String {
    quoted(text, code_point_escape)
}

fn bytes(bytes: &[u8]) -> String {
    format!("b{}", byte_string(bytes, hex_escape))
}

fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if sample.is_encoded_everywhere(charset) => {
            format!("{}.encode(ENCODING),", text(words))
        }
        _ => format!("{},", bytes(&sample.body)),
    }
}

fn encoding(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Gb18030 => "gb18030",
        Charset::Big5 => "big5",
        Charset::ShiftJis => "shift_jis",
        Charset::EucKr => "euc_kr",
        Charset::Utf16Le => "utf-16-le",
        Charset::Utf16Be => "utf-16-be",
        Charset::Latin1 => "latin-1",
        Charset::Windows1252 => "cp1252",
    }
}
