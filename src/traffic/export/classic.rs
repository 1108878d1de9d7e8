//! The lines that NetAssist and those like it write, sign for sign.

use super::{About, time};
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::traffic::{Body, Micros, Notice, Record};
use jiff::tz::TimeZone;
use std::net::SocketAddr;

/// `[2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>`, for a payload read
/// so; of notices, all they say.
pub fn header(
    record: &Record<'_>,
    reading: Reading,
    zone: &TimeZone,
    describe: &dyn Fn(&Notice) -> String,
) -> String {
    let kind = match reading {
        Reading::Binary => "HEX",
        Reading::Empty | Reading::Text(_) => "ASCII",
    };
    let said = match record.body {
        Body::Received { peer, .. } => format!("RECV {kind} FROM {}>", spaced(peer)),
        Body::Sent { peer, .. } => format!("SEND {kind} TO {}>", spaced(peer)),
        Body::Notice(Notice::Joined { peer }) => format!("Client {peer} gets online."),
        Body::Notice(Notice::Closed { peer, .. } | Notice::PeerReset { peer, .. }) => {
            format!("Client {peer} gets offline.")
        }
        Body::Notice(notice) => describe(notice),
    };
    format!("[{}]# {said}", stamp(record.time, zone))
}

/// The address as those tools write it, with a space before the colon.
fn spaced(address: SocketAddr) -> String {
    format!("{} :{}", address.ip(), address.port())
}

fn stamp(at: Micros, zone: &TimeZone) -> String {
    time(at, zone, "%Y-%m-%d %H:%M:%S.%3f")
}

pub fn write(record: &Record<'_>, about: &About, out: &mut Vec<u8>) {
    let bytes = record.bytes();
    let reading = Reading::of(bytes);
    let header = header(record, reading, &about.zone, &*about.describe);
    out.extend_from_slice(header.as_bytes());
    out.push(b'\n');
    if matches!(record.body, Body::Notice(_)) {
        return;
    }
    let text = match reading {
        Reading::Empty => String::new(),
        Reading::Binary => hex::format(bytes),
        Reading::Text(charset) => printable::paragraph(charset, bytes),
    };
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\n\n");
}
