//! One JSON object a line; import makes the identical record of it.

mod read;

use super::{Entry, FormatWriter, Row, Writing, begins, last_line, stamp};
use crate::capture::About;
use crate::payload::charset::Part;
use crate::payload::json;
use crate::payload::reading::Reading;
use crate::peer::Peer;
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Body, Describe, Notice, Record};
use serde::Serialize;
use std::io;
use std::net::IpAddr;

pub(super) static ENTRY: Entry = Entry {
    extension: "jsonl",
    name_key: "format.json_lines",
    is_lines: true,
    writes: Some(Writing {
        begin: |_| Box::new(JsonLines),
        can_follow: |file| Ok(begins(file, is_head)? && last_line::is_whole_json(file)?),
        in_time_order: false,
        reads_text: true,
    }),
    reads: Some(&JsonLines),
};

/// Writes and reads them.
struct JsonLines;

impl FormatWriter for JsonLines {
    fn row(&mut self, out: &mut Vec<u8>, row: &Row<'_>, about: &About) -> io::Result<()> {
        push(out, row.record, row.read, &about.describe)
    }
}

/// Whether a file begins with an object that has a field.
fn is_head(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"{\"")
}

/// What a line says. Bytes are there twice, as hexadecimal and as text where they are
/// text; the words of a notice are for people, its data for programs.
#[derive(Serialize)]
struct Line<'a> {
    time: Time,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<Peer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<u32>,
    #[serde(skip_serializing_if = "is_false")]
    kernel_time: bool,
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// The length before truncation, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Peer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'a Notice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
}

/// RFC 3339 in UTC; microseconds since 1970 as a number where no calendar has the time.
#[derive(Serialize)]
#[serde(untagged)]
enum Time {
    Text(String),
    Micros(i64),
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// # Errors
/// Never in practice: those of serialising plain data to memory.
fn push(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    read: &Streamed,
    describe: &Describe,
) -> io::Result<()> {
    let (kind, notice) = match record.body {
        Body::Received { .. } => ("received", None),
        Body::Sent { .. } => ("sent", None),
        Body::Notice(notice) => ("event", Some(notice)),
    };
    let bytes = notice.is_none().then(|| record.bytes());
    let (to, interface) = record.arrival.destination.unzip();
    let line = Line {
        time: stamp::utc(record.time).map_or(Time::Micros(record.time), Time::Text),
        kind,
        peer: record.peer().filter(|_| notice.is_none()),
        to,
        interface,
        kernel_time: record.arrival.kernel_time,
        truncated: record.arrival.truncated,
        whole: record.arrival.whole,
        rule: record.origin.rule,
        other: record.origin.other,
        length: bytes.map(<[u8]>::len),
        hex: bytes.map(digits),
        text: bytes.and_then(|bytes| text(bytes, read)),
        notice,
        said: notice.map(|notice| describe(notice)),
    };
    json::push(out, &line)?;
    out.push(b'\n');
    Ok(())
}

/// Two lower-case digits a byte.
fn digits(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    digits.map(digit).collect()
}

/// The characters that end in these bytes, where all of them are characters.
fn text(bytes: &[u8], read: &Streamed) -> Option<String> {
    let Reading::Text(charset) = read.reading else {
        return None;
    };
    let joined = read.joined(bytes);
    let parts = charset.decode(&joined).into_iter();
    parts
        .map(|part| match part {
            Part::Text(text) => Some(text),
            Part::Bad(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::capture::Format;
    use crate::capture::writer::tests::{about, notice, received, sent, written};
    use crate::traffic::{Arrival, Notice};

    #[test]
    fn a_line_says_what_the_record_says() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let mut first = received(1_795_401_396_123_456, peer, b"hi\n");
        first.arrival = Arrival {
            destination: Some(([127, 0, 0, 1].into(), 3)),
            kernel_time: true,
            ..Arrival::default()
        };
        let joined = Notice::Joined { peer: peer.into() };
        let records = [
            first,
            sent(i64::MAX, peer, &[1, 2, 255]),
            notice(0, &joined),
        ];
        let bytes = written(Format::JsonLines, about(), &records);
        let expected = [
            r#"{"time":"2026-11-23T02:36:36.123456Z","kind":"received","peer":"127.0.0.1:9","to":"127.0.0.1","interface":3,"kernel_time":true,"length":3,"hex":"68690a","text":"hi\n"}"#,
            r#"{"time":9223372036854775807,"kind":"sent","peer":"127.0.0.1:9","length":3,"hex":"0102ff"}"#,
            r#"{"time":"1970-01-01T00:00:00.000000Z","kind":"event","notice":{"Joined":{"peer":"127.0.0.1:9"}},"said":"Joined { peer: 127.0.0.1:9 }"}"#,
            "",
        ];
        assert_eq!(String::from_utf8(bytes).unwrap(), expected.join("\n"));
    }
}
