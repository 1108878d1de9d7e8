use super::JsonLinesWriter;
use crate::capture::CaptureFormat;
use crate::capture::format::{FormatWriter, WrittenRow};
use crate::capture::import;
use crate::capture::writer::tests::{context, notice, received, sent, written};
use crate::connection_id::ConnectionId;
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::json;
use crate::payload::reading::Reading;
use crate::peer::{Name, Peer};
use crate::traffic::stream_text::Streamed;
use crate::traffic::{Arrival, Body, ChunkBuilder, Destination, Notice, Record, RecordOrigin};
use proptest::prelude::*;
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;

#[test]
fn a_line_says_what_the_record_says() {
    let peer = "127.0.0.1:9".parse().unwrap();
    let mut first = received(1_795_401_396_123_456, peer, b"hi\n");
    first.arrival = Arrival {
        destination: Some((IpAddr::from([127, 0, 0, 1]), 3).into()),
        kernel_time: true,
        ..Arrival::default()
    };
    let joined = Notice::Joined { peer: peer.into() };
    // A capture names no interface.
    let mut nowhere = received(0, peer, b"x");
    nowhere.arrival.destination = Some((IpAddr::from([127, 0, 0, 1]), 0).into());
    let records = [
        first,
        nowhere,
        sent(i64::MAX, peer, &[1, 2, 255]),
        notice(0, &joined),
    ];
    let bytes = written(CaptureFormat::JsonLines, context(), &records);
    let expected = [
        r#"{"time":"2026-11-23T02:36:36.123456Z","kind":"received","peer":"127.0.0.1:9","to":"127.0.0.1","interface":3,"kernel_time":true,"length":3,"hex":"68690a","text":"hi\n"}"#,
        r#"{"time":"1970-01-01T00:00:00.000000Z","kind":"received","peer":"127.0.0.1:9","to":"127.0.0.1","length":1,"hex":"78","text":"x"}"#,
        r#"{"time":9223372036854775807,"kind":"sent","peer":"127.0.0.1:9","length":3,"hex":"0102ff"}"#,
        r#"{"time":"1970-01-01T00:00:00.000000Z","kind":"event","notice":{"Joined":{"peer":"127.0.0.1:9"}},"said":"Joined { peer: 127.0.0.1:9 }"}"#,
        "",
    ];
    assert_eq!(String::from_utf8(bytes).unwrap(), expected.join("\n"));
}

#[test]
fn connections_are_numbered_and_come_back() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let id = ConnectionId::read(5);
    let joined = Notice::Joined { peer: peer.into() };
    let mut accepted = notice(0, &joined);
    (accepted.connection, accepted.local) = (id, Some("127.0.0.2:80".parse().unwrap()));
    let mut first = received(1, peer, b"hi");
    first.connection = id;
    let records = [accepted, first];
    let bytes = written(CaptureFormat::JsonLines, context(), &records);
    let mut chunk = ChunkBuilder::default();
    let read = import::read(bytes.as_slice(), &mut |record| {
        chunk.copy(&record);
        ControlFlow::Continue(())
    });
    assert!(read.is_ok());
    let chunk = chunk.finish();
    assert_eq!([chunk.get(0), chunk.get(1)], records.map(Some));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(r#""connection":5,"local":"127.0.0.2:80","notice""#));
    assert!(text.contains(r#""connection":5,"length":2"#), "{text}");
}

/// A line written by a serialiser, as the reference.
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
    /// The length before truncation, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Peer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<Peer>,
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

#[derive(Serialize)]
#[serde(untagged)]
enum Time {
    Text(String),
    Micros(i64),
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn reference(record: &Record<'_>, read: &Streamed) -> Vec<u8> {
    let (kind, notice) = match record.body {
        Body::Received { .. } => ("received", None),
        Body::Sent { .. } => ("sent", None),
        Body::Notice(notice) => ("event", Some(notice)),
    };
    let bytes = notice.is_none().then(|| record.bytes());
    let destination = record.arrival.destination;
    let (to, interface) = destination.map(<(IpAddr, u32)>::from).unzip();
    let stamp = jiff::Timestamp::from_microsecond(record.time);
    let line = Line {
        time: stamp.map_or(Time::Micros(record.time), |stamp| {
            Time::Text(format!("{stamp:.6}"))
        }),
        kind,
        peer: record.peer().filter(|_| notice.is_none()),
        to,
        interface: interface.filter(|interface| *interface != 0),
        kernel_time: record.arrival.kernel_time,
        truncated: record.arrival.truncated,
        whole: record.arrival.whole,
        rule: record.origin.rule,
        other: record.origin.other,
        connection: record.connection,
        local: record.local,
        length: bytes.map(<[u8]>::len),
        hex: bytes.map(digits),
        text: bytes.and_then(|bytes| text(bytes, read)),
        notice,
        said: notice.map(|notice| (context().describe)(notice)),
    };
    let mut out = Vec::new();
    json::push(&mut out, &line).unwrap();
    out.push(b'\n');
    out
}

/// Two lower-case hexadecimal digits a byte.
fn digits(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    digits.map(digit).collect()
}

/// The characters that end in these bytes, if all of them are valid.
fn text(bytes: &[u8], read: &Streamed) -> Option<String> {
    let Reading::Text(charset) = read.reading else {
        return None;
    };
    let joined = read.joined(bytes);
    let parts = charset.decode(&joined).into_iter();
    parts
        .map(|part| match part {
            DecodedPart::Text(text) => Some(text),
            DecodedPart::Bad(_) => None,
        })
        .collect()
}

fn any_peer() -> impl Strategy<Value = Peer> {
    let named = proptest::collection::vec(any::<u8>(), 1..20);
    prop_oneof![
        any::<SocketAddr>().prop_map(Peer::Ip),
        named.prop_map(|name| Peer::Named(Name::new(&name).unwrap())),
        any::<u64>().prop_map(Peer::Unnamed),
    ]
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[ -~]{0,40}".prop_map(String::into_bytes),
        "[ -~\n\t\r\\x00\\x7F]{0,40}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
        any::<Vec<u8>>(),
    ]
}

fn any_arrival() -> impl Strategy<Value = Arrival> {
    let destination = any::<Option<(IpAddr, u32)>>();
    let rest = any::<(bool, bool, Option<u32>)>();
    (destination, rest).prop_map(|(destination, (kernel_time, truncated, whole))| Arrival {
        destination: destination.map(Destination::from),
        kernel_time,
        truncated,
        whole,
    })
}

/// Any reading of bytes, also in an encoding they are not valid in.
fn any_reading() -> impl Strategy<Value = (Reading, Vec<u8>, usize)> {
    let charset = proptest::sample::select(Charset::ALL.to_vec());
    let reading = prop_oneof![
        charset.prop_map(Reading::Text),
        Just(Reading::Text(Charset::Utf8)),
        Just(Reading::Binary),
    ];
    let lead = prop_oneof![Just(Vec::new()), Just(vec![0xE4, 0xBD])];
    (reading, lead, 0_usize..3)
}

proptest! {
    #[test]
    fn a_line_is_the_one_a_serialiser_makes(
        rows in proptest::collection::vec(
            (any_peer(), any_bytes(), any_arrival(), any_reading(), any::<bool>()),
            1..6,
        ),
        times in prop_oneof![any::<i64>(), 0_i64..3_000_000],
        rule in any::<Option<String>>(),
        other in proptest::option::of(any_peer()),
        connection in 0_u64..1_000,
        local in proptest::option::of(any_peer()),
    ) {
        let mut lines = JsonLinesWriter::new();
        for (at, (peer, bytes, arrival, (reading, lead, cut), is_sent)) in rows.iter().enumerate() {
            let body = match is_sent {
                true => Body::Sent { peer: *peer, bytes },
                false => Body::Received { peer: *peer, bytes },
            };
            let origin = RecordOrigin { rule: rule.as_deref(), other };
            let time = times.saturating_add(at as i64);
            let (arrival, connection) = (*arrival, ConnectionId::read(connection));
            let record = Record { time, body, connection, local, arrival, origin };
            let cut = (*cut).min(bytes.len());
            let read = Streamed { reading: *reading, lead: lead.clone(), cut };
            let row = WrittenRow { number: 0, record: &record, carrier: None, read: &read, fields: None, fault: None };
            let mut out = Vec::new();
            lines.row(&mut out, &row, &context()).unwrap();
            let expected = String::from_utf8(reference(&record, &read)).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}

/// The times of lines with these values.
fn times(values: &[&str]) -> Vec<i64> {
    let line =
        |time: &&str| format!(r#"{{"time":{time},"kind":"sent","peer":"127.0.0.1:9","hex":""}}"#);
    let lines: Vec<String> = values.iter().map(line).collect();
    let mut times = Vec::new();
    let read = import::read(lines.join("\n").as_bytes(), &mut |record| {
        times.push(record.time);
        ControlFlow::Continue(())
    });
    assert!(read.is_ok(), "{read:?}");
    times
}

#[test]
fn every_time_of_the_calendar_is_read() {
    let last = 253_402_300_799_999_999;
    assert_eq!(
        times(&[
            r#""9999-12-31T23:59:59.999999Z""#,
            r#""9999-12-31T23:59:59.000001Z""#,
            r#""9999-12-31T23:59:59.999999999Z""#,
            r#""9999-12-31T23:59:59-23:59""#,
            r#""-009999-01-01T00:00:00Z""#,
            r#""1969-12-31T23:59:59.999999Z""#,
            "253402300799999999",
        ]),
        [
            last,
            last - 999_998,
            last,
            last - 999_999 + 86_340_000_000,
            -377_705_116_800_000_000,
            -1,
            last,
        ]
    );
}

/// Found by fuzzing: a byte below `0` where a digit of the fraction stands.
#[test]
fn a_fraction_with_another_byte_than_a_digit_is_no_time() {
    let line =
        r#"{"time":"2026-11-23T02:36:36.12'456Z","kind":"sent","peer":"1.2.3.4:5","hex":"66"}"#;
    let read = import::read(line.as_bytes(), &mut |_| ControlFlow::Continue(()));
    assert!(read.is_err(), "{read:?}");
}

#[test]
fn the_book_explains_every_field() {
    // The fields are written one by one, so their names stand in the source alone.
    let parts: Vec<&str> = include_str!("mod.rs").split("\\\"").collect();
    let names = parts.windows(2).filter_map(|pair| match *pair {
        [name, after] if after.starts_with(':') => Some(name),
        _ => None,
    });
    let names: Vec<&str> = names.collect();
    assert!(
        names.contains(&"time") && names.contains(&"transport"),
        "{names:?}"
    );
    let pages = [
        include_str!("../../../../docs/en/json-lines.md"),
        include_str!("../../../../docs/zh/json-lines.md"),
    ];
    for page in pages {
        for name in &names {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}
