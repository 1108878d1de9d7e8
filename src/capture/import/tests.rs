use super::{ImportError, ImportPosition, ImportProblem, ImportSummary, Json, read};
use crate::capture::writer::tests::{context, notice, received, sent, written};
use crate::capture::{CaptureContext, CaptureFormat};
use crate::peer::Peer;
use crate::traffic::{
    Arrival, Body, Cause, ChunkBuilder, Destination, Failure, Notice, Operation, Record, SkipReason,
};
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::ops::ControlFlow;

mod carriers;
mod files;
mod named;

/// A record that owns its data.
#[derive(Clone, Debug, PartialEq)]
enum Own {
    Received(SocketAddr, Vec<u8>),
    Sent(SocketAddr, Vec<u8>),
    Notice(Notice),
}

type Row = (i64, Own, Arrival);

fn own(record: Record<'_>) -> Row {
    let body = match record.body {
        Body::Received { peer, bytes } => Own::Received(peer.address().unwrap(), bytes.to_vec()),
        Body::Sent { peer, bytes } => Own::Sent(peer.address().unwrap(), bytes.to_vec()),
        Body::Notice(notice) => Own::Notice(notice.clone()),
    };
    (record.time, body, record.arrival)
}

fn borrowed((time, own, arrival): &Row) -> Record<'_> {
    let mut record = match own {
        Own::Received(peer, bytes) => received(*time, *peer, bytes),
        Own::Sent(peer, bytes) => sent(*time, *peer, bytes),
        Own::Notice(context) => notice(*time, context),
    };
    record.arrival = *arrival;
    record
}

/// The rows in the log: the records pass through a chunk, as in the importer.
fn imported(bytes: &[u8]) -> (Vec<Row>, Result<ImportSummary, ImportError>) {
    let mut chunk = ChunkBuilder::default();
    let result = read(bytes, &mut |record| {
        chunk.copy(&record);
        ControlFlow::Continue(())
    });
    let chunk = chunk.finish();
    let records = (0..chunk.len()).filter_map(|at| chunk.get(at));
    (records.map(own).collect(), result)
}

fn exported(format: CaptureFormat, context: CaptureContext, rows: &[Row]) -> Vec<u8> {
    let records: Vec<_> = rows.iter().map(borrowed).collect();
    written(format, context, &records)
}

fn error(bytes: &[u8]) -> (ImportPosition, ImportProblem) {
    let error = imported(bytes).1.unwrap_err();
    (error.place, error.problem)
}

fn peer(v6: bool) -> impl Strategy<Value = SocketAddr> {
    let scope = prop_oneof![Just(0_u32), any::<u32>()];
    (any::<[u8; 16]>(), 1_u16.., scope).prop_map(move |(ip, port, scope)| {
        if v6 {
            SocketAddrV6::new(ip.into(), port, 0, scope).into()
        } else {
            ([ip[0], ip[1], ip[2], ip[3]], port).into()
        }
    })
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        9 => prop::collection::vec(any::<u8>(), 0..70),
        1 => (65_000_usize..150_000, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]),
    ]
}

/// Rows of a few peers, all of one address family.
fn payloads() -> impl Strategy<Value = Vec<Row>> {
    let peers = any::<bool>().prop_flat_map(|v6| prop::collection::vec(peer(v6), 1..4));
    let row = (any::<i64>(), any::<bool>(), 0_usize..4, payload());
    (peers, prop::collection::vec(row, 0..12)).prop_map(|(peers, rows)| {
        let own = |(time, inward, at, bytes): (i64, bool, usize, Vec<u8>)| {
            let peer = peers[at % peers.len()];
            let own = if inward {
                Own::Received(peer, bytes)
            } else {
                Own::Sent(peer, bytes)
            };
            (time, own, Arrival::default())
        };
        rows.into_iter().map(own).collect()
    })
}

fn notices() -> impl Strategy<Value = Notice> {
    (peer(true), peer(false), any::<usize>(), ".*", any::<i32>()).prop_flat_map(
        |(local, peer, number, text, code)| {
            let failure = Failure {
                operation: Operation::Bind,
                address: text.clone(),
                cause: Cause::System { code },
            };
            prop::sample::select(vec![
                Notice::Bound {
                    local: local.into(),
                    receive_buffer: number,
                    asked: 1,
                },
                Notice::Resolved {
                    host: text,
                    addresses: vec![peer.ip(), local.ip()],
                },
                Notice::Connected {
                    peer: peer.into(),
                    local: local.into(),
                },
                Notice::Closed {
                    peer: peer.into(),
                    unsent: number,
                },
                Notice::Failed(failure),
            ])
        },
    )
}

fn arrivals() -> impl Strategy<Value = Arrival> {
    let truncated = any::<Option<Option<u32>>>();
    (any::<Option<(IpAddr, u32)>>(), any::<bool>(), truncated).prop_map(
        |(destination, kernel_time, truncated)| Arrival {
            destination: destination.map(Destination::from),
            kernel_time,
            truncated: truncated.is_some(),
            whole: truncated.flatten(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn json_lines_come_back_identical(
        rows in payloads(), events in prop::collection::vec((any::<i64>(), notices()), 0..4),
        arrival in arrivals(),
    ) {
        let mut rows = rows;
        rows.iter_mut().for_each(|row| row.2 = arrival);
        rows.extend(events.into_iter().map(|(time, event)| (time, Own::Notice(event), Arrival::default())));
        let bytes = exported(CaptureFormat::JsonLines, context(), &rows);
        let (back, result) = imported(&bytes);
        prop_assert_eq!(&back, &rows);
        if !rows.is_empty() {
            prop_assert_eq!(result.unwrap().records, rows.len() as u64);
        }
    }

    #[test]
    fn captures_come_back_row_by_row(rows in payloads(), is_stream: bool, local: Option<u16>, arrival in arrivals()) {
        let mut rows = rows;
        let arrival = Arrival { destination: None, kernel_time: false, ..arrival };
        rows.iter_mut().for_each(|row| row.2 = arrival);
        let local = local.map(|port| Peer::from(([10, 0, 0, 1], port)));
        let bytes = exported(CaptureFormat::Pcapng, CaptureContext { is_stream, local, ..context() }, &rows);
        let (mut back, result) = imported(&bytes);
        // The import adds only the destination address.
        back.iter_mut().for_each(|row| row.2.destination = None);
        prop_assert_eq!(&back, &rows);
        let summary = result.unwrap();
        prop_assert_eq!((summary.format, &summary.skipped[..]), (CaptureFormat::Pcapng, &[][..]));
        prop_assert_eq!(summary.records, rows.len() as u64);
    }

    #[test]
    fn a_cut_file_gives_what_is_whole(rows in payloads(), format in prop::sample::select(vec![CaptureFormat::JsonLines, CaptureFormat::Pcapng]), cut: prop::sample::Index) {
        let bytes = exported(format, context(), &rows);
        prop_assume!(!bytes.is_empty());
        let whole = imported(&bytes).0;
        let (back, result) = imported(&bytes[..cut.index(bytes.len())]);
        let parted = |row: &&Row| !(format == CaptureFormat::Pcapng && row.2.truncated);
        let back: Vec<_> = back.iter().filter(parted).collect();
        prop_assert!(whole.iter().zip(&back).all(|(whole, back)| whole == *back));
        if let Err(error) = result {
            prop_assert!(matches!(error.problem, ImportProblem::Cut | ImportProblem::Empty), "{:?}", error);
        }
    }

    #[test]
    fn damage_never_panics(rows in payloads(), format in prop::sample::select(vec![CaptureFormat::JsonLines, CaptureFormat::Pcapng]), is_stream: bool, hits: Vec<(prop::sample::Index, u8)>, cut: prop::sample::Index) {
        let mut bytes = exported(format, CaptureContext { is_stream, ..context() }, &rows);
        prop_assume!(!bytes.is_empty());
        for (at, byte) in hits {
            let at = at.index(bytes.len().min(4_000));
            bytes[at] = byte;
        }
        imported(&bytes).1.ok();
        imported(&bytes[..cut.index(bytes.len())]).1.ok();
    }

    #[test]
    fn rubbish_never_panics(mut bytes: Vec<u8>, magic in 0_usize..7) {
        let magics: [&[u8]; 7] = [b"", b"{", b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a", b"\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d", b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"];
        bytes.splice(..0, magics[magic].iter().copied());
        imported(&bytes).1.ok();
    }
}

#[test]
fn a_connection_comes_back_with_its_events() {
    let peer = "1.2.3.4:5".parse().unwrap();
    let local = "1.2.3.5:6".parse().unwrap();
    let event = |time, notice| (time, Own::Notice(notice), Arrival::default());
    let data = |time| (time, Own::Sent(peer, b"hi".to_vec()), Arrival::default());
    let rows = [
        event(
            1,
            Notice::Connected {
                peer: peer.into(),
                local,
            },
        ),
        data(2),
        event(3, Notice::WriteClosed { peer: peer.into() }),
        event(
            4,
            Notice::PeerReset {
                peer: peer.into(),
                unsent: 0,
            },
        ),
        event(5, Notice::Joined { peer: peer.into() }),
        data(6),
        event(7, Notice::PeerFinished { peer: peer.into() }),
        event(
            8,
            Notice::Closed {
                peer: peer.into(),
                unsent: 0,
            },
        ),
    ];
    let (back, result) = imported(&exported(CaptureFormat::Pcapng, context(), &rows));
    assert_eq!(back, rows);
    let summary = result.unwrap();
    assert_eq!((summary.local, summary.is_stream), (Some(local), true));
}

#[test]
fn a_reader_may_break_off() {
    let peer = "1.2.3.4:5".parse().unwrap();
    for format in [CaptureFormat::JsonLines, CaptureFormat::Pcapng] {
        let bytes = written(format, context(), &[sent(1, peer, b"a"); 3]);
        let mut count = 0;
        let summary = read(bytes.as_slice(), &mut |_| {
            count += 1;
            ControlFlow::Break(())
        });
        assert_eq!((summary.unwrap().records, count), (1, 1));
    }
}

#[test]
fn mistakes_are_reported_with_their_place() {
    let good = r#"{"time":0,"kind":"sent","peer":"1.2.3.4:5","hex":"00"}"#;
    let line = |text: &str| error(format!("\u{FEFF}\n{good}\n{text}\n").as_bytes());
    let json = |json| (ImportPosition::Line(3), ImportProblem::Json(json));
    assert_eq!(error(b""), (ImportPosition::Byte(0), ImportProblem::Empty));
    assert_eq!(
        error(b" \n "),
        (ImportPosition::Byte(0), ImportProblem::Empty)
    );
    assert_eq!(
        error(b"\x7fELF"),
        (ImportPosition::Byte(0), ImportProblem::Unrecognised)
    );
    assert_eq!(line("{]"), json(Json::Syntax { column: 2 }));
    assert_eq!(line("{\"time\":0").1, ImportProblem::Cut);
    assert_eq!(
        line("{\"kernel_time\":7}"),
        json(Json::Shape { column: 16 })
    );
    assert_eq!(line("{}"), json(Json::Lacks("time")));
    assert_eq!(line(&good.replace("00", "0")), json(Json::Bad("hex")));
    assert_eq!(line(&good.replace("00", "0g")), json(Json::Bad("hex")));
    assert_eq!(line(&good.replace("sent", "lost")), json(Json::Bad("kind")));
    assert_eq!(line(&good.replace(":5", "")), json(Json::Bad("peer")));
    assert_eq!(
        line(r#"{"time":"now","kind":"sent"}"#),
        json(Json::Bad("time"))
    );
    assert_eq!(
        line(r#"{"time":0,"kind":"event"}"#),
        json(Json::Lacks("notice"))
    );
    let wrong = good.replace("\"hex\"", "\"length\":2,\"hex\"");
    assert_eq!(line(&wrong), json(Json::Bad("length")));
}

#[test]
fn a_line_that_is_no_record_does_not_hide_those_after_it() {
    let good = r#"{"time":0,"kind":"sent","peer":"1.2.3.4:5","hex":"00"}"#;
    let cut = r#"{"time":0,"kind":"se{"time":0,"kind":"sent"}"#;
    let text = format!("{good}\n{cut}\n{good}\n\n{{\nnotes\n{good}\n");
    let (rows, result) = imported(text.as_bytes());
    let summary = result.unwrap();
    assert_eq!((rows.len(), summary.records), (3, 3));
    assert_eq!(
        summary.skipped,
        [(SkipReason::Line(2), 1), (SkipReason::Line(5), 2)]
    );
    // A damaged line at the end means that the file is truncated there.
    let (rows, result) = imported(format!("{good}\n{cut}\n{good}\n{{\n").as_bytes());
    let place = result.unwrap_err().place;
    assert_eq!((rows.len(), place), (2, ImportPosition::Line(4)));
    let many = format!("{good}\n{{\n").repeat(100) + good;
    let skipped = imported(many.as_bytes()).1.unwrap().skipped;
    let count: u64 = skipped.iter().map(|(_, count)| count).sum();
    assert_eq!((skipped.len(), count), (32, 100));
    assert_eq!(skipped[31], (SkipReason::Line(0), 69));
}

#[test]
fn what_was_left_out_before_an_error_is_counted() {
    // The header of a file of raw IP packets, one of ICMP, and the beginning of another.
    let mut file = [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 101]
        .map(u32::to_le_bytes)
        .concat();
    let packet: [u8; 28] = [
        0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0,
    ];
    file.extend([0_u32, 0, 28, 28].map(u32::to_le_bytes).concat());
    file.extend(packet);
    file.extend([0_u32, 0, 28].map(u32::to_le_bytes).concat());
    let error = imported(&file).1.unwrap_err();
    let counts: Vec<u64> = error.skipped.iter().map(|(_, count)| *count).collect();
    assert_eq!((error.problem, counts), (ImportProblem::Cut, vec![1]));
}

#[test]
fn an_input_that_fails_says_so() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }
    let error = read(Failing, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(
        error.problem,
        ImportProblem::Io {
            kind: std::io::ErrorKind::PermissionDenied,
            code: None
        }
    );
}

#[test]
fn a_time_is_read_as_it_is_whatever_the_line_before_said() {
    let stamps = [
        "2026-11-23T02:36:36.123456Z",
        "2026-11-23T02:36:36.999999Z",
        "2026-11-23T02:36:37.000001Z",
        "2026-11-23T02:36:37.1234567Z",
        "2026-11-23T02:36:37.1999999Z",
        "2026-11-23T02:36:37.000001+01:00",
        "1969-12-31T23:59:59.999999Z",
        "1969-12-31T23:59:59.000000Z",
    ];
    let line = |stamp| {
        format!(r#"{{"time":"{stamp}","kind":"sent","peer":"1.2.3.4:5","hex":"0aF\u0030"}}"#) + "\n"
    };
    let file: String = stamps.into_iter().map(line).collect();
    let mut times = Vec::new();
    let summary = read(file.as_bytes(), &mut |record| {
        assert_eq!(record.bytes(), [0x0A, 0xF0]);
        times.push(record.time);
        ControlFlow::Continue(())
    });
    assert!(summary.unwrap().skipped.is_empty());
    let expected = stamps.map(|stamp| stamp.parse::<jiff::Timestamp>().unwrap().as_microsecond());
    assert_eq!(times, expected);
}

#[test]
fn a_line_without_end_is_refused() {
    let endless = std::io::Read::chain(&b"{"[..], std::io::repeat(b' '));
    let error = read(endless, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.place, ImportPosition::Line(1));
    assert!(matches!(error.problem, ImportProblem::TooLong { .. }));
}
