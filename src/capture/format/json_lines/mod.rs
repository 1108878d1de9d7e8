//! JSON lines: one object a line, which import restores to the identical record.
//!
//! Bytes are written twice, as hexadecimal and, if they are text, as text. The text of a notice
//! is for people, its data for programs. Empty fields are omitted. Fields are appended here one
//! by one, without allocating a string for each; a test compares the lines with those of a
//! serialiser.

mod read;

use super::append::{Recent, push_number};
use super::entry::{FormatEntry, FormatWriter, HEAD, WriteSupport, WrittenRow, begins};
use super::last_line;
use super::stamp::{Form, Stamps};
use crate::capture::{CaptureContext, Carrier};
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::reading::Reading;
use crate::payload::{hex, json};
use crate::peer::Peer;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Arrival, Body, Destination, Micros, RecordOrigin};
use jiff::tz::TimeZone;
use std::io::{self, Write as _};
use std::net::IpAddr;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "jsonl",
    name_key: "format.json_lines",
    is_lines: true,
    writes: Some(WriteSupport {
        begin: |_| Box::new(JsonLinesWriter::new()),
        can_follow: |file, _| Ok(begins(file, HEAD, is_head)? && last_line::is_whole_json(file)?),
        is_recorded: true,
        in_time_order: false,
        reads_text: true,
        is_by_message: false,
        loses: &[],
    }),
    reads: Some(&read::JsonLines),
};

/// Whether a file begins with a non-empty object.
fn is_head(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{\"")
}

/// The writer of JSON lines.
struct JsonLinesWriter {
    stamps: Stamps,
    /// Recent addresses as JSON strings.
    peers: Recent<Peer>,
    destinations: Recent<IpAddr>,
}

impl JsonLinesWriter {
    fn new() -> Self {
        Self {
            stamps: Stamps::new(Form::Utc),
            peers: Recent::new(),
            destinations: Recent::new(),
        }
    }

    /// Appends a time: RFC 3339 in UTC, or microseconds since 1970 as a number outside the
    /// calendar.
    fn push_time(&mut self, out: &mut Vec<u8>, time: Micros) -> io::Result<()> {
        let start = out.len();
        out.push(b'"');
        if self.stamps.push(out, time, &TimeZone::UTC) {
            out.push(b'"');
            return Ok(());
        }
        out.truncate(start);
        write!(out, "{time}")
    }

    fn push_peer(&mut self, out: &mut Vec<u8>, peer: Peer) {
        self.peers.push(out, peer, |text| push_shown(text, &peer));
    }

    fn push_arrival(&mut self, out: &mut Vec<u8>, arrival: &Arrival) {
        if let Some(Destination { ip: to, interface }) = arrival.destination {
            out.extend_from_slice(b",\"to\":");
            self.destinations
                .push(out, to, |text| push_shown(text, &to));
            // 0 is no index: the system, or the capture, names no interface.
            if interface != 0 {
                out.extend_from_slice(b",\"interface\":");
                push_number(out, interface.into());
            }
        }
        if arrival.kernel_time {
            out.extend_from_slice(b",\"kernel_time\":true");
        }
        if arrival.truncated {
            out.extend_from_slice(b",\"truncated\":true");
        }
        if let Some(whole) = arrival.whole {
            out.extend_from_slice(b",\"whole\":");
            push_number(out, whole.into());
        }
    }

    fn push_carrier(&mut self, out: &mut Vec<u8>, carrier: Carrier) {
        out.extend_from_slice(b",\"packet\":{\"local\":");
        self.push_peer(out, carrier.local);
        let is_named = carrier.local.address().is_none();
        let transport: &[u8] = match (carrier.is_stream, is_named) {
            (true, false) => b"tcp",
            (false, false) => b"udp",
            (true, true) => b"unix",
            (false, true) => b"unix-datagram",
        };
        out.extend_from_slice(b",\"transport\":\"");
        out.extend_from_slice(transport);
        out.extend_from_slice(b"\"}");
    }

    fn push_origin(&mut self, out: &mut Vec<u8>, origin: &RecordOrigin<'_>) -> io::Result<()> {
        if let Some(rule) = origin.rule {
            out.extend_from_slice(b",\"rule\":");
            json::push_text(out, rule)?;
        }
        if let Some(other) = origin.other {
            out.extend_from_slice(b",\"other\":");
            self.push_peer(out, other);
        }
        Ok(())
    }
}

impl FormatWriter for JsonLinesWriter {
    fn row(
        &mut self,
        out: &mut Vec<u8>,
        row: &WrittenRow<'_>,
        context: &CaptureContext,
    ) -> io::Result<()> {
        let record = row.record;
        out.extend_from_slice(b"{\"time\":");
        self.push_time(out, record.time)?;
        let payload = match record.body {
            Body::Received { peer, bytes } => {
                out.extend_from_slice(b",\"kind\":\"received\",\"peer\":");
                Some((peer, bytes))
            }
            Body::Sent { peer, bytes } => {
                out.extend_from_slice(b",\"kind\":\"sent\",\"peer\":");
                Some((peer, bytes))
            }
            Body::Notice(_) => {
                out.extend_from_slice(b",\"kind\":\"event\"");
                None
            }
        };
        if let Some((peer, _)) = payload {
            self.push_peer(out, peer);
        }
        self.push_arrival(out, &record.arrival);
        self.push_origin(out, &record.origin)?;
        if let Some(connection) = record.connection {
            out.extend_from_slice(b",\"connection\":");
            push_number(out, connection.number());
        }
        if let Some(local) = record.local {
            out.extend_from_slice(b",\"local\":");
            self.push_peer(out, local);
        }
        if let Some(carrier) = row.carrier {
            self.push_carrier(out, carrier);
        }
        if let Some((_, bytes)) = payload {
            out.extend_from_slice(b",\"length\":");
            push_number(out, bytes.len() as u64);
            out.extend_from_slice(b",\"hex\":\"");
            hex::push_lower(out, bytes);
            out.push(b'"');
            push_payload_text(out, bytes, row.read)?;
        }
        if let Body::Notice(notice) = record.body {
            out.extend_from_slice(b",\"notice\":");
            json::push(out, notice)?;
            out.extend_from_slice(b",\"said\":");
            json::push_text(out, &(context.describe)(notice))?;
        }
        // An event that ends a connection may end a message.
        if let Some(fields) = row.fields {
            fields.push_json(out)?;
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}

/// Appends the displayed form of a value as a JSON string.
fn push_shown(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    // Writing to memory does not fail.
    json::push_text(out, &value.to_string()).ok();
}

/// Appends the field for the characters that end in these bytes, if all of them are valid.
fn push_payload_text(out: &mut Vec<u8>, bytes: &[u8], read: &Streamed) -> io::Result<()> {
    let Reading::Text(charset) = read.reading else {
        return Ok(());
    };
    let joined;
    let bytes = match read.lead.is_empty() && read.cut == 0 {
        true => bytes,
        false => {
            joined = read.joined(bytes);
            joined.as_slice()
        }
    };
    let mut push = |text: &str| {
        out.extend_from_slice(b",\"text\":");
        json::push_text(out, text)
    };
    if charset == Charset::Utf8 || charset.holds_ascii() && bytes.is_ascii() {
        return std::str::from_utf8(bytes).map_or(Ok(()), push);
    }
    let parts = charset.decode(bytes).into_iter();
    let text: Option<String> = parts
        .map(|part| match part {
            DecodedPart::Text(text) => Some(text),
            DecodedPart::Bad(_) => None,
        })
        .collect();
    text.map_or(Ok(()), |text| push(&text))
}

#[cfg(test)]
mod tests;
