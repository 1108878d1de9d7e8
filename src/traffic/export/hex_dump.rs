//! Bytes in lines of sixteen, with their letters beside them.

use super::About;
use super::stamp::Stamps;
use crate::traffic::{Body, Record};
use std::io::Write as _;

pub fn write(row: u64, record: &Record<'_>, about: &About, stamps: &mut Stamps, out: &mut Vec<u8>) {
    let stamp = stamps.micros(record.time);
    let said = match record.body {
        Body::Received { peer, bytes } => format!("RECV {peer} {} bytes", bytes.len()),
        Body::Sent { peer, bytes } => format!("SEND {peer} {} bytes", bytes.len()),
        Body::Notice(notice) => (about.describe)(notice),
    };
    // Writing into memory does not fail.
    writeln!(out, "#{} {stamp} {said}", row + 1).ok();
    for (line, bytes) in record.bytes().chunks(16).enumerate() {
        write!(out, "{:06X} ", line * 16).ok();
        for (at, byte) in bytes.iter().enumerate() {
            let gap = if at == 8 { "  " } else { " " };
            write!(out, "{gap}{byte:02X}").ok();
        }
        let missing = (16 - bytes.len()) * 3 + usize::from(bytes.len() <= 8);
        write!(out, "{:missing$}  |", "").ok();
        let letter = |byte: &u8| match byte {
            b' '..=b'~' => *byte,
            _ => b'.',
        };
        out.extend(bytes.iter().map(letter));
        out.extend_from_slice(b"|\n");
    }
    out.push(b'\n');
}
