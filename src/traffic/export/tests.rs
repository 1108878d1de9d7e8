//! Each format as other programs would read it.

use super::*;
use crate::traffic::{Arrival, Body, Failure, Micros};
use std::sync::Arc;

/// 2026-11-23 14:03:31.552318 UTC.
const TIME: Micros = 1_795_442_611_552_318;

fn peer() -> SocketAddr {
    "192.168.56.1:13474".parse().unwrap()
}

fn about() -> About {
    About {
        local: Some("192.168.56.2:8080".parse().unwrap()),
        tcp: false,
        zone: TimeZone::fixed(jiff::tz::offset(8)),
        describe: Arc::new(|notice| format!("{notice:?}")),
    }
}

fn record(body: Body<'_>) -> Record<'_> {
    Record {
        time: TIME,
        body,
        arrival: Arrival::default(),
    }
}

fn received(bytes: &[u8]) -> Record<'_> {
    record(Body::Received {
        peer: peer(),
        bytes,
    })
}

fn written(format: Format, records: &[Record<'_>]) -> String {
    let mut writer = Writer::new(format, about(), Vec::new()).unwrap();
    for (row, record) in records.iter().enumerate() {
        writer.write(row as u64, record).unwrap();
    }
    let expected = writer.written();
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes.len() as u64, expected);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn classic_lines_are_those_people_know() {
    let sent = record(Body::Sent {
        peer: peer(),
        bytes: &[1, 3, 0xFF],
    });
    let joined = Notice::Joined { peer: peer() };
    let text = written(
        Format::Classic,
        &[
            record(Body::Notice(&joined)),
            received("hello 你好".as_bytes()),
            sent,
        ],
    );
    let expected = "[2026-11-23 22:03:31.552]# Client 192.168.56.1:13474 gets online.\n\
        [2026-11-23 22:03:31.552]# RECV ASCII FROM 192.168.56.1 :13474>\nhello 你好\n\n\
        [2026-11-23 22:03:31.552]# SEND HEX TO 192.168.56.1 :13474>\n01 03 FF\n\n";
    assert_eq!(text, expected);
}

/// The cells of each line, read by the rules of RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{FEFF}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

#[test]
fn a_table_keeps_what_is_quoted_and_runs_no_formula() {
    let texts = [
        "plain",
        "a,b",
        "say \"hi\"\nagain",
        "=1+1",
        "+1",
        "-2",
        "@x",
        "\t=1",
        "＝1",
        " =1",
    ];
    let records: Vec<Record<'_>> = texts.iter().map(|text| received(text.as_bytes())).collect();
    let rows = cells(&written(Format::Csv, &records));
    assert_eq!(rows.len(), texts.len() + 1);
    for (row, text) in rows[1..].iter().zip(texts) {
        assert_eq!(row.len(), 8, "{row:?}");
        assert_eq!(row[1], "2026-11-23T22:03:31.552318+08:00");
        assert!(
            !row.iter()
                .any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
        );
        assert_eq!(row[7].replace(' ', "").len(), text.len() * 2);
    }
    assert_eq!((rows[2][6].as_str(), rows[4][6].as_str()), ("a,b", "'=1+1"));
    let notice = Notice::Failed(Failure {
        operation: crate::traffic::Operation::Send,
        address: "=x".into(),
        cause: crate::traffic::Cause::Busy,
    });
    let rows = cells(&written(Format::Csv, &[record(Body::Notice(&notice))]));
    assert_eq!((rows[1][2].as_str(), rows[1][4].as_str()), ("event", ""));
}

#[test]
fn a_hex_dump_lines_up() {
    let text = written(Format::HexDump, &[received(b"0123456789abcdef\xFFz")]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "#1 2026-11-23 22:03:31.552318 RECV 192.168.56.1:13474 18 bytes"
    );
    let first = "000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|";
    assert_eq!(lines[1], first);
    assert!(lines[2].starts_with("000010  FF 7A "));
    assert_eq!(lines[2].find('|'), first.find('|'));
}

#[test]
fn a_json_line_says_all_of_a_record() {
    let mut record = received(b"ab\n");
    record.arrival = Arrival {
        destination: Some(("224.0.0.1".parse().unwrap(), 3)),
        kernel_time: true,
        truncated: false,
    };
    let line = written(Format::JsonLines, &[record]);
    let expected = concat!(
        r#"{"time":"2026-11-23T14:03:31.552318Z","kind":"received","peer":"192.168.56.1:13474","#,
        r#""to":"224.0.0.1","interface":3,"kernel_time":true,"length":3,"hex":"61620a","text":"ab\n"}"#,
        "\n"
    );
    assert_eq!(line, expected);
}
