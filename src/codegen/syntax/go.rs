//! Go.

use super::Syntax;
use crate::codegen::address::PeerRole;
use crate::codegen::literal::{byte_string, code_point_escape, hex_escape, quoted};
use crate::codegen::program::PeerProgram;
use crate::codegen::sample::PeerSample;
use crate::codegen::template::Values;
use crate::payload::charset::Charset;

pub(super) const SYNTAX: Syntax = Syntax {
    parts: &[
        include_str!("../templates/go/head.tmpl"),
        include_str!("../templates/go/checksum.tmpl"),
        include_str!("../templates/go/write.tmpl"),
        include_str!("../templates/go/read.tmpl"),
        include_str!("../templates/go/main.tmpl"),
    ],
    text,
    bytes,
    sample,
    list: ("\t", ""),
    comment: "//",
    charset: |_| None,
    own,
};

fn text(text: &str) -> String {
    quoted(text, code_point_escape)
}

fn bytes(bytes: &[u8]) -> String {
    format!("[]byte({})", byte_string(bytes, hex_escape))
}

fn sample(sample: &PeerSample, charset: Charset) -> String {
    match &sample.text {
        Some(words) if charset == Charset::Utf8 => format!("[]byte({}),", text(words)),
        _ => format!("{},", bytes(&sample.body)),
    }
}

fn own(program: &PeerProgram, values: &mut Values) {
    // An import that is not used is an error in Go.
    const USE_BYTES: [&str; 8] = [
        "check",
        "r_ending",
        "r_lines",
        "r_delimiter",
        "r_cobs",
        "r_slip",
        "w_lines",
        "w_delimiter",
    ];
    let uses = USE_BYTES.iter().any(|flag| values.has(flag));
    values.flag_if(uses, "use_bytes");
    let protocol = match program.addresses.role {
        PeerRole::Datagrams => "udp",
        PeerRole::Client | PeerRole::Server => "tcp",
    };
    let version = if program.is_ipv6() { 6 } else { 4 };
    values.set("network", text(&format!("{protocol}{version}")));
}
