//! Rust, with its standard library alone.

use super::Syntax;
use crate::codegen::literal::{byte_string, hex_escape, quoted};
use crate::codegen::sample::PeerSample;
use crate::payload::charset::Charset;
use std::fmt::Write as _;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/rust/head.tmpl"),
        include_str!("../templates/rust/checksum.tmpl"),
        include_str!("../templates/rust/write.tmpl"),
        include_str!("../templates/rust/read.tmpl"),
        include_str!("../templates/rust/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("    ", ""),
    comment: "//",
    charset: |_| None,
    own: |_, _| {},
};

fn text(text: &str) -> String {
    quoted(text, |literal, c| {
        // Writing to a text cannot fail.
        let _ = write!(literal, "\\u{{{:x}}}", u32::from(c));
    })
}

fn bytes(bytes: &[u8]) -> String {
    format!("b{}", byte_string(bytes, hex_escape))
}

fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if charset == Charset::Utf8 => format!("{}.as_bytes(),", text(words)),
        _ => format!("{},", bytes(&sample.body)),
    }
}
