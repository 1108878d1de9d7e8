//! JavaScript for Node.js.

use super::Syntax;
use crate::codegen::literal::{hex_digits, quoted, utf16_escape};
use crate::codegen::program::PeerProgram;
use crate::codegen::sample::PeerSample;
use crate::codegen::template::Values;
use crate::payload::charset::Charset;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/node/head.tmpl"),
        include_str!("../templates/node/checksum.tmpl"),
        include_str!("../templates/node/write.tmpl"),
        include_str!("../templates/node/read.tmpl"),
        include_str!("../templates/node/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("  ", ""),
    comment: "//",
    charset: |charset| Some(encoding(charset)),
    own,
};

fn text(text: &str) -> String {
    quoted(text, utf16_escape)
}

fn bytes(bytes: &[u8]) -> String {
    format!("Buffer.from(\"{}\", \"hex\")", hex_digits(bytes))
}

/// A message; Node.js decodes other encodings than UTF-8, and does not encode them.
fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if charset == Charset::Utf8 => format!("Buffer.from({}),", text(words)),
        _ => format!("{},", bytes(&sample.body)),
    }
}

fn encoding(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Gb18030 => "gb18030",
        Charset::Big5 => "big5",
        Charset::ShiftJis => "shift_jis",
        Charset::EucKr => "euc-kr",
        Charset::Utf16Le => "utf-16le",
        Charset::Utf16Be => "utf-16be",
        Charset::Latin1 => "latin1",
        Charset::Windows1252 => "windows-1252",
    }
}

fn own(program: &PeerProgram, values: &mut Values) {
    let kind = if program.is_ipv6() { "udp6" } else { "udp4" };
    values.set("udp_type", text(kind));
}
