//! The names of Unix sockets survive a capture, instead of their placeholder addresses.

use super::super::read;
use crate::capture::writer::tests::{context, notice, written};
use crate::capture::{CaptureContext, CaptureFormat};
use crate::peer::Peer;
use crate::traffic::{Body, ChunkBuilder, Notice, Record};
use std::ops::ControlFlow;

const OURS: &str = "unix:/tmp/our own.sock";

fn at(text: &str) -> Peer {
    text.parse().unwrap()
}

fn payload(time: i64, body: Body<'_>) -> Record<'_> {
    Record::new(time, body)
}

/// The imported records as text, and the local address of the file.
fn back(context: CaptureContext, records: &[Record<'_>]) -> (Vec<String>, Option<Peer>) {
    let bytes = written(CaptureFormat::Pcapng, context, records);
    let mut chunk = ChunkBuilder::default();
    let summary = read(bytes.as_slice(), &mut |record| {
        chunk.copy(&record);
        ControlFlow::Continue(())
    });
    let summary = summary.unwrap();
    assert!(summary.skipped.is_empty());
    let chunk = chunk.finish();
    let records = (0..chunk.len()).filter_map(|at| chunk.get(at));
    let shown = records.map(|record| format!("{:?} {:?}", record.time, record.body));
    (shown.collect(), summary.local)
}

fn shown(records: &[Record<'_>]) -> Vec<String> {
    let shown = records.iter();
    shown
        .map(|record| format!("{:?} {:?}", record.time, record.body))
        .collect()
}

#[test]
fn datagrams_are_from_and_to_the_names_they_were() {
    let bound = Notice::Bound {
        local: at(OURS),
        receive_buffer: 1,
        asked: 1,
    };
    let long = vec![7; 150_000];
    let mut records = vec![notice(0, &bound)];
    for (time, text) in ["unix:@course", "unix:/tmp/套 接.sock", "unix:#0"]
        .into_iter()
        .enumerate()
    {
        let (time, peer) = (time as i64, at(text));
        records.extend([
            payload(time, Body::Received { peer, bytes: b"a" }),
            payload(time, Body::Sent { peer, bytes: &long }),
        ]);
    }
    let (rows, local) = back(context(), &records);
    assert_eq!(rows, shown(&records[1..]));
    assert_eq!(local, Some(at(OURS)));
    // A recording may begin after the notice.
    let context = CaptureContext {
        local: Some(at(OURS)),
        ..context()
    };
    assert_eq!(back(context, &records[1..]).1, Some(at(OURS)));
}

#[test]
fn connections_are_with_those_they_were_with() {
    let peer = at("unix:#1");
    let notices = [
        Notice::Listening { local: at(OURS) },
        Notice::Joined { peer },
        Notice::PeerFinished { peer },
        Notice::Closed { peer, unsent: 0 },
        Notice::Connected {
            peer: at("unix:/tmp/b.sock"),
            local: at("unix:#2"),
        },
        Notice::PeerReset {
            peer: at("unix:/tmp/b.sock"),
            unsent: 0,
        },
    ];
    let mut records: Vec<_> = (0_i64..)
        .zip(&notices)
        .map(|(time, reported)| notice(time, reported))
        .collect();
    let asked = Body::Received {
        peer,
        bytes: b"ask",
    };
    records.insert(2, payload(1, asked));
    let (rows, local) = back(context(), &records);
    // No packet shows that we listen.
    assert_eq!(rows, shown(&records[1..]));
    assert_eq!(local, Some(at(OURS)));
}

#[test]
fn a_datagram_longer_than_udp_has_is_one_packet() {
    // The limits of UDP over IPv4, of UDP over IPv6, of a jumbogram, and of Wireshark.
    for (length, packets) in [
        (65_507, 1),
        (65_508, 1),
        (65_527, 1),
        (65_528, 1),
        (212_960, 1),
        (262_144 - 56, 1),
        (262_144 - 55, 2),
    ] {
        let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
        let peer = at("unix:/tmp/b.sock");
        let records = [
            payload(
                1,
                Body::Sent {
                    peer,
                    bytes: &bytes,
                },
            ),
            payload(
                1,
                Body::Received {
                    peer,
                    bytes: &bytes,
                },
            ),
        ];
        let context = || CaptureContext {
            local: Some(at(OURS)),
            ..context()
        };
        let (rows, local) = back(context(), &records);
        assert!(rows == shown(&records), "{length}");
        assert_eq!(local, Some(at(OURS)));
        let file = written(CaptureFormat::Pcapng, context(), &records[..1]);
        let remarks = file
            .windows(13)
            .filter(|bytes| bytes.starts_with(b"netpeer part "));
        assert_eq!(remarks.count().max(1), packets, "{length}");
    }
}
