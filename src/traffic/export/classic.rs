//! The lines that NetAssist and those like it write, sign for sign.

use super::About;
use super::stamp::Stamps;
use crate::payload::reading::Reading;
use crate::payload::{hex, printable};
use crate::traffic::{Body, Notice, Record};
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
    let stamp = Stamps::new(zone.clone()).millis(record.time);
    stamped(&stamp, record, reading, describe)
}

fn stamped(
    stamp: &str,
    record: &Record<'_>,
    reading: Reading,
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
    format!("[{stamp}]# {said}")
}

/// The address as those tools write it, with a space before the colon.
fn spaced(address: SocketAddr) -> String {
    format!("{} :{}", address.ip(), address.port())
}

pub fn write(record: &Record<'_>, about: &About, stamps: &mut Stamps, out: &mut Vec<u8>) {
    let bytes = record.bytes();
    let reading = Reading::of(bytes);
    let stamp = stamps.millis(record.time);
    let header = stamped(&stamp, record, reading, &*about.describe);
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
