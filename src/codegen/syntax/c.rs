//! C, with the sockets of POSIX or of Windows.

use super::Syntax;
use crate::codegen::literal::{byte_string, octal_escape};
use crate::codegen::sample::PeerSample;
use crate::payload::charset::Charset;

/// The parts that do not name a socket.
pub(super) const MESSAGES: &str = include_str!("../templates/c/messages.tmpl");
pub(super) const CHECKSUM: &str = include_str!("../templates/c/checksum.tmpl");
pub(super) const WRITE: &str = include_str!("../templates/c/write.tmpl");
pub(super) const READ: &str = include_str!("../templates/c/read.tmpl");

const PARTS: &[&str] = &[
    include_str!("../templates/c/head.tmpl"),
    MESSAGES,
    include_str!("../templates/c/complain.tmpl"),
    CHECKSUM,
    WRITE,
    READ,
    include_str!("../templates/c/show.tmpl"),
    include_str!("../templates/c/main.tmpl"),
];

pub(super) const POSIX: Syntax = Syntax {
    parts: PARTS,
    text,
    bytes,
    sample,
    list: ("    ", ""),
    comment: "//",
    charset: |_| None,
    own: |_, values| values.flag("posix"),
};

pub(super) const WINSOCK: Syntax = Syntax {
    own: |_, values| values.flag("winsock"),
    ..POSIX
};

/// A text as its bytes in UTF-8.
pub(super) fn text(text: &str) -> String {
    bytes(text.as_bytes())
}

pub(super) fn bytes(bytes: &[u8]) -> String {
    byte_string(bytes, octal_escape)
}

pub(super) fn sample(sample: &PeerSample, _: Charset) -> String {
    format!("{{{}, {}}},", bytes(&sample.body), sample.body.len())
}
