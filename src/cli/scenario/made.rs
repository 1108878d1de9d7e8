//! Scenarios that are made of rows.

use super::check;
use super::file::Scenario;
use super::steps::{ExpectCondition, ExpectStep, Step};
use crate::capture::{CaptureContext, CaptureFormat, CaptureWriter, LONGEST_SCENARIO};
use crate::cli::printer::{RowReader, capture_context};
use crate::config::ron_file;
use crate::connection_id::ConnectionId;
use crate::peer::Peer;
use crate::traffic::{Body, Micros, Record};
use crate::words::Lang;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::io::ErrorKind;

/// A row: whether it was sent, and its bytes.
type Row = (bool, Vec<u8>);

/// The scenario of these rows of a connection, or of datagrams.
fn scenario(rows: &[Row], is_stream: bool) -> String {
    let context: CaptureContext = capture_context(is_stream, RowReader::default(), Lang::English);
    let mut writer = CaptureWriter::new(CaptureFormat::Scenario, context, Vec::new()).unwrap();
    let peer = Peer::from(([127, 0, 0, 1], 9));
    for (number, (is_sent, bytes)) in rows.iter().enumerate() {
        let body = match is_sent {
            true => Body::Sent { peer, bytes },
            false => Body::Received { peer, bytes },
        };
        let mut record = Record::new(number as Micros * 20_000, body);
        record.connection = ConnectionId::read(1).filter(|_| is_stream);
        writer.write(number as u64, &record).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The rows of a run against a peer that sends back all that it receives.
fn run_against_echo(scenario: &Scenario, is_stream: bool) -> Vec<Row> {
    let (mut stream, mut datagrams) = (Vec::new(), VecDeque::new());
    let mut rows = Vec::new();
    for step in &scenario.steps {
        match step {
            Step::Send(send) => {
                let bytes = send.content.message().unwrap().fixed().unwrap().to_vec();
                stream.extend_from_slice(&bytes);
                datagrams.push_back(bytes.clone());
                rows.push((true, bytes));
            }
            Step::Expect(ExpectStep {
                what: ExpectCondition::Pattern(pattern),
                ..
            }) => {
                let datagram = datagrams.pop_front();
                let came = match is_stream {
                    true => {
                        let end = pattern.end_in(&stream).expect("the expected bytes");
                        stream.drain(..end).collect()
                    }
                    false => datagram
                        .filter(|came| pattern.matches(came))
                        .expect("the expected datagram"),
                };
                rows.push((false, came));
            }
            Step::Wait(_) => {}
            other => panic!("{other}"),
        }
    }
    rows
}

/// Messages of any bytes, and of what texts of a scenario escape.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let text = "[a\"'\\\\{}$/\n\r\t 中\u{301}\u{202E}]{1,20}";
    let message = prop_oneof![
        vec(any::<u8>(), 1..40),
        text.prop_map(String::into_bytes),
        Just(b"\"),\n        Close(\"client\"),\n".to_vec()),
        Just(b"{client.port} ${seq}".to_vec()),
    ];
    vec(message, 1..8)
}

proptest! {
    #[test]
    fn a_run_against_an_echo_gives_the_same_rows(messages in messages(), is_stream: bool) {
        let mut rows: Vec<Row> = Vec::new();
        for message in messages {
            // A stream may come back in two reads.
            let (begin, rest) = message.split_at(if is_stream { message.len() / 2 } else { 0 });
            rows.push((true, message.clone()));
            let reads = [begin, rest].into_iter().filter(|read| !read.is_empty());
            rows.extend(reads.map(|read| (false, read.to_vec())));
        }
        let text = scenario(&rows, is_stream);
        let read = Scenario::read(&text).unwrap();
        prop_assert_eq!(check::check(&read), Ok(()));
        prop_assert_eq!(check::circle(&read), None);
        prop_assert_eq!(run_against_echo(&read, is_stream), rows);
    }
}

#[test]
fn the_longest_scenario_that_is_made_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long.ron");
    let longest = usize::try_from(LONGEST_SCENARIO).unwrap();
    std::fs::write(&path, vec![b' '; longest]).unwrap();
    assert_eq!(ron_file::text(&path).unwrap().len(), longest);
    std::fs::write(&path, vec![b' '; longest + 1]).unwrap();
    let error = ron_file::text(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FileTooLarge);
}
