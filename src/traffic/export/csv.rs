//! A table for spreadsheets (RFC 4180): commas, CRLF, and a mark that says UTF-8, without
//! which some read Chinese as something else.

use super::About;
use super::stamp::Stamps;
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::traffic::{Body, Record};

const TITLES: &str = "number,time,direction,peer,length,encoding,text,hex";

pub fn header(out: &mut Vec<u8>) {
    out.extend_from_slice("\u{FEFF}".as_bytes());
    out.extend_from_slice(TITLES.as_bytes());
    out.extend_from_slice(b"\r\n");
}

pub fn write(row: u64, record: &Record<'_>, about: &About, stamps: &mut Stamps, out: &mut Vec<u8>) {
    let bytes = record.bytes();
    let direction = match record.body {
        Body::Received { .. } => "received",
        Body::Sent { .. } => "sent",
        Body::Notice(_) => "event",
    };
    let (encoding, text) = match (record.body, Reading::of(bytes)) {
        (Body::Notice(notice), _) => ("", (about.describe)(notice)),
        (_, Reading::Text(charset)) => (charset.name(), printable::paragraph(charset, bytes)),
        (_, Reading::Empty | Reading::Binary) => ("", String::new()),
    };
    let peer = record.peer().map(|peer| peer.to_string());
    let length = match record.body {
        Body::Notice(_) => String::new(),
        _ => bytes.len().to_string(),
    };
    let cells = [
        (row + 1).to_string(),
        stamps.with_offset(record.time),
        direction.to_owned(),
        peer.unwrap_or_default(),
        length,
        encoding.to_owned(),
        text,
        hex::format(bytes),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| quoted(&defused(cell))).collect();
    out.extend_from_slice(cells.join(",").as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// What a spreadsheet would take for a formula, with an apostrophe before it: what is
/// received must not be run (OWASP, CSV injection).
pub fn defused(cell: &str) -> String {
    let begins = cell.trim_start_matches([' ', '"']);
    if begins.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
