//! The line before a payload in the classic format.

use crate::capture::format::append::{Recent, push_number};
use crate::capture::format::stamp::{Form, Stamps};
use crate::payload::reading::Reading;
use crate::peer::Peer;
use crate::traffic::{Arrival, Body, Record};
use jiff::tz::TimeZone;

/// The line before a payload that is shown as `reading`; for a notice, the line up to its text.
///
/// ```
/// # use netpeer::{capture::classic, payload::reading::Reading, traffic::*};
/// let peer = "192.168.56.1:13474".parse().unwrap();
/// let body = Body::Received { peer, bytes: b"hi" };
/// let (arrival, origin) = (Arrival::default(), RecordOrigin::default());
/// let time = 1_562_882_385_162_000;
/// let record = Record { time, body, connection: None, local: None, arrival, origin };
/// assert_eq!(
///     classic::header(&record, Reading::of(b"hi"), &jiff::tz::TimeZone::UTC),
///     "[2019-07-11 21:59:45.162]# RECV ASCII FROM 192.168.56.1 :13474>"
/// );
/// ```
pub fn header(record: &Record<'_>, reading: Reading, zone: &TimeZone) -> String {
    let mut out = Vec::new();
    Headers::new().push(&mut out, record, reading, zone);
    // Everything appended was text.
    String::from_utf8(out).unwrap_or_default()
}

/// Writes the lines before payloads.
pub(super) struct Headers {
    stamps: Stamps,
    peers: Recent<Peer>,
}

impl Headers {
    pub(super) fn new() -> Self {
        Self {
            stamps: Stamps::new(Form::Clock),
            peers: Recent::new(),
        }
    }

    /// Appends the line without its line break.
    pub(super) fn push(
        &mut self,
        out: &mut Vec<u8>,
        record: &Record<'_>,
        reading: Reading,
        zone: &TimeZone,
    ) {
        out.push(b'[');
        self.stamps.push(out, record.time, zone);
        let is_hex = reading == Reading::Binary;
        let (peer, does): (_, &[u8]) = match (record.body, is_hex) {
            (Body::Received { peer, .. }, false) => (peer, b"]# RECV ASCII FROM "),
            (Body::Received { peer, .. }, true) => (peer, b"]# RECV HEX FROM "),
            (Body::Sent { peer, .. }, false) => (peer, b"]# SEND ASCII TO "),
            (Body::Sent { peer, .. }, true) => (peer, b"]# SEND HEX TO "),
            (Body::Notice(_), _) => return out.extend_from_slice(b"]# "),
        };
        out.extend_from_slice(does);
        self.peers.push(out, peer, |text| {
            text.extend_from_slice(spaced(peer).as_bytes());
            text.push(b'>');
        });
        match record.arrival {
            Arrival {
                truncated: true,
                whole: Some(whole),
                ..
            } => {
                out.extend_from_slice(b" (");
                push_number(out, record.bytes().len() as u64);
                out.extend_from_slice(b" of ");
                push_number(out, whole.into());
                out.extend_from_slice(b" B)");
            }
            Arrival {
                truncated: true, ..
            } => out.extend_from_slice(b" (cut)"),
            _ => {}
        }
    }
}

/// An address in the classic format, with a space before the port.
fn spaced(peer: Peer) -> String {
    match peer {
        Peer::Ip(address) => format!("{} :{}", address.ip(), address.port()),
        named => named.to_string(),
    }
}
