//! Carriers survive a round trip through every format that is read.

use super::super::open;
use super::*;
use crate::capture::{CaptureWriter, Carrier};

type Carried = (Row, Option<Carrier>);

fn file(format: CaptureFormat, rows: &[Carried]) -> Vec<u8> {
    let mut writer = CaptureWriter::new(format, context(), Vec::new()).unwrap();
    for (number, (row, carrier)) in rows.iter().enumerate() {
        let record = borrowed(row);
        writer
            .write_carried(number as u64, &record, *carrier)
            .unwrap();
    }
    writer.finish().unwrap()
}

fn rows(bytes: &[u8]) -> Vec<Carried> {
    let mut rows = Vec::new();
    let opened = open(bytes).unwrap();
    opened
        .read(&mut |record, carrier| {
            rows.push((own(record), carrier));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows
}

fn carrier(local: &str, is_stream: bool) -> Carrier {
    let local = local.parse().unwrap();
    Carrier { local, is_stream }
}

#[test]
fn connections_to_one_peer_and_datagrams_between_them_stay_apart() {
    let (server, client) = (
        SocketAddr::from(([10, 0, 0, 9], 80)),
        SocketAddr::from(([10, 0, 0, 8], 5_353)),
    );
    let one = carrier("10.0.0.1:5001", true);
    let two = carrier("10.0.0.1:5002", true);
    let datagrams = carrier("10.0.0.1:53", false);
    let connected = |carrier: Carrier| {
        Own::Notice(Notice::Connected {
            peer: server.into(),
            local: carrier.local,
        })
    };
    let finished = Own::Notice(Notice::PeerFinished {
        peer: server.into(),
    });
    let to_us = Arrival {
        destination: Some((datagrams.local.address().unwrap().ip(), 0).into()),
        ..Arrival::default()
    };
    let plain = Arrival::default();
    let all = [
        (connected(one), plain, one),
        (connected(two), plain, two),
        (Own::Sent(server, b"first".to_vec()), plain, one),
        (Own::Sent(server, b"second".to_vec()), plain, two),
        (Own::Received(client, b"ask".to_vec()), to_us, datagrams),
        (Own::Sent(client, b"answer".to_vec()), plain, datagrams),
        (Own::Received(server, b"1".to_vec()), plain, one),
        (finished, plain, one),
        (Own::Received(server, b"2".to_vec()), plain, two),
    ];
    let numbered = (1..).zip(all);
    let all: Vec<Carried> = numbered
        .map(|(time, (own, arrival, carrier))| ((time, own, arrival), Some(carrier)))
        .collect();
    for format in [CaptureFormat::Pcapng, CaptureFormat::JsonLines] {
        assert_eq!(rows(&file(format, &all)), all, "{format:?}");
    }
    // Through one format and then the other, too.
    let lines = file(
        CaptureFormat::JsonLines,
        &rows(&file(CaptureFormat::Pcapng, &all)),
    );
    assert_eq!(lines, file(CaptureFormat::JsonLines, &all));
}

#[test]
fn the_ends_of_connections_come_back() {
    let server: Peer = "10.0.0.9:80".parse().unwrap();
    let one = carrier("10.0.0.1:5001", true);
    let two = carrier("10.0.0.1:5002", true);
    let opened = |carrier: Carrier| Notice::Connected {
        peer: server,
        local: carrier.local,
    };
    let all = [
        (opened(one), one),
        (opened(two), two),
        (Notice::PeerFinished { peer: server }, one),
        (Notice::WriteClosed { peer: server }, two),
        (
            Notice::Closed {
                peer: server,
                unsent: 0,
            },
            one,
        ),
        (
            Notice::PeerReset {
                peer: server,
                unsent: 7,
            },
            two,
        ),
        (opened(one), one),
        (
            Notice::Closed {
                peer: server,
                unsent: 5,
            },
            one,
        ),
        (opened(two), two),
        (
            Notice::Reset {
                peer: server,
                unsent: 0,
            },
            two,
        ),
        (opened(two), two),
        (
            Notice::Closed {
                peer: server,
                unsent: 0,
            },
            two,
        ),
    ];
    let numbered = (1..).zip(all);
    let all: Vec<Carried> = numbered
        .map(|(time, (notice, carrier))| {
            let row = (time, Own::Notice(notice), Arrival::default());
            (row, Some(carrier))
        })
        .collect();
    assert_eq!(rows(&file(CaptureFormat::Pcapng, &all)), all);
}

#[test]
fn a_segment_without_a_handshake_stays_one() {
    let peer = SocketAddr::from(([10, 0, 0, 9], 80));
    let sent = Own::Sent(peer, b"in the middle".to_vec());
    let segment = carrier("10.0.0.1:5001", true);
    let all = [((1, sent, Arrival::default()), Some(segment))];
    assert_eq!(rows(&file(CaptureFormat::Pcapng, &all)), all);
}

#[test]
fn a_line_gives_its_packet_and_an_inconsistent_one_is_reported() {
    let peer = SocketAddr::from(([10, 0, 0, 9], 80));
    let row = (1, Own::Sent(peer, b"x".to_vec()), Arrival::default());
    let segment = carrier("10.0.0.1:5001", true);
    let line = String::from_utf8(file(CaptureFormat::JsonLines, &[(row, Some(segment))])).unwrap();
    let packet = r#""packet":{"local":"10.0.0.1:5001","transport":"tcp"}"#;
    assert!(line.contains(packet), "{line}");
    for wrong in [
        r#"{"local":"x","transport":"tcp"}"#,
        r#"{"local":"1.2.3.4:5"}"#,
    ] {
        let line = line.replace(packet, &format!(r#""packet":{wrong}"#));
        let (place, problem) = error(line.as_bytes());
        assert_eq!(place, ImportPosition::Line(1));
        let is_shape = matches!(problem, ImportProblem::Json(Json::Shape { .. }));
        assert!(is_shape, "{problem:?}");
    }
}

#[test]
fn a_line_names_the_transport_of_unix_sockets() {
    let peer = SocketAddr::from(([0, 0, 0, 0], 80));
    for (is_stream, word) in [(true, "unix"), (false, "unix-datagram")] {
        let sent = Own::Sent(peer, b"x".to_vec());
        let packet = carrier("unix:/tmp/a.sock", is_stream);
        let all = [((1, sent, Arrival::default()), Some(packet))];
        let lines = file(CaptureFormat::JsonLines, &all);
        assert_eq!(rows(&lines), all);
        let line = String::from_utf8(lines).unwrap();
        let transport = format!(r#""transport":"{word}"}}"#);
        assert!(line.contains(&transport), "{line}");
    }
}

#[test]
fn the_format_is_known_before_the_first_record() {
    let format = |bytes: &[u8]| open(bytes).map(|opened| opened.format());
    assert_eq!(
        format(&file(CaptureFormat::Pcapng, &[])),
        Ok(CaptureFormat::Pcapng)
    );
    assert_eq!(format(b"{"), Ok(CaptureFormat::JsonLines));
    let unknown = format(b"hello").unwrap_err();
    assert_eq!(unknown.problem, ImportProblem::Unrecognised);
}
