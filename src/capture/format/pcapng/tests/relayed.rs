//! Tests of both sides of a relay in a capture.

use super::{Seen, at, capture, flags, follow};
use crate::capture::writer::tests::{context, notice, received, sent};
use crate::traffic::{Automatic, Notice, Record, RecordOrigin};
use std::net::SocketAddr;

/// A row that a relay forwarded.
fn passed(record: Record<'_>, other: SocketAddr) -> Record<'_> {
    Record {
        origin: RecordOrigin {
            rule: None,
            other: Some(other.into()),
        },
        ..record
    }
}

fn ends(packets: &[Seen]) -> Vec<(SocketAddr, SocketAddr)> {
    let ends = packets.iter();
    ends.map(|packet| (packet.source, packet.destination))
        .collect()
}

#[test]
fn each_client_of_a_udp_relay_has_its_own_socket_to_the_target() {
    let (listener, target) = (at("127.0.0.1:7000"), at("127.0.0.1:53"));
    let bound = Notice::Bound {
        local: listener.into(),
        receive_buffer: 1,
        asked: 1,
    };
    let mut notices = vec![bound];
    let mut expected = Vec::new();
    let clients = [
        ("127.0.0.1:1", "127.0.0.1:41"),
        ("127.0.0.1:2", "127.0.0.1:42"),
    ];
    for (client, local) in clients.map(|(client, local)| (at(client), at(local))) {
        notices.push(Notice::Automatic(Box::new(Automatic::Upstream {
            client: client.into(),
            local: local.into(),
        })));
        expected.extend([
            (client, listener),
            (local, target),
            (target, local),
            (listener, client),
        ]);
    }
    let mut records: Vec<_> = notices.iter().map(|reported| notice(0, reported)).collect();
    for client in clients.map(|(client, _)| at(client)) {
        records.extend([
            passed(received(1, client, b"ask"), target),
            passed(sent(2, target, b"ask"), client),
            passed(received(3, target, b"answer"), client),
            passed(sent(4, client, b"answer"), target),
        ]);
    }
    assert_eq!(ends(&capture(context(), &records)), expected);
}

#[test]
fn each_connection_of_a_tcp_relay_to_its_target_is_a_stream_of_its_own() {
    let (listener, target) = (at("127.0.0.1:7000"), at("127.0.0.1:80"));
    let clients = [
        ("127.0.0.1:1", "127.0.0.1:41"),
        ("127.0.0.1:2", "127.0.0.1:42"),
    ];
    let clients = clients.map(|(client, local)| (at(client), at(local)));
    let mut notices = vec![Notice::Listening {
        local: listener.into(),
    }];
    let (peer, unsent) = (target, 0);
    for (client, local) in clients {
        let of = |notice| {
            Notice::Automatic(Box::new(Automatic::ForClient {
                client: client.into(),
                notice,
            }))
        };
        notices.extend([
            Notice::Joined {
                peer: client.into(),
            },
            of(Notice::Connected {
                peer: peer.into(),
                local: local.into(),
            }),
            of(Notice::PeerFinished { peer: peer.into() }),
            of(Notice::Closed {
                peer: peer.into(),
                unsent,
            }),
        ]);
    }
    let mut records = vec![notice(0, &notices[0])];
    for (number, (client, _)) in clients.into_iter().enumerate() {
        let of = &notices[1 + 4 * number..];
        records.extend([notice(0, &of[0]), notice(0, &of[1])]);
        records.extend([
            passed(received(1, client, b"ask"), target),
            passed(sent(2, target, b"ask"), client),
            passed(received(3, target, b"answer"), client),
            passed(sent(4, client, b"answer"), target),
        ]);
        records.extend([notice(5, &of[2]), notice(6, &of[3])]);
    }
    let packets = capture(context(), &records);
    for (client, local) in clients {
        let between = |one, other| {
            move |seen: &&Seen| {
                [(one, other), (other, one)].contains(&(seen.source, seen.destination))
            }
        };
        let of = |one, other| -> Vec<Seen> {
            packets
                .iter()
                .filter(between(one, other))
                .cloned()
                .collect()
        };
        let (front, back) = (of(client, listener), of(local, target));
        assert_eq!(follow(&front), (b"ask".to_vec(), b"answer".to_vec()));
        assert_eq!(follow(&back), (b"answer".to_vec(), b"ask".to_vec()));
        assert_eq!(
            flags(&back),
            ["S", "SA", "A", "A", "A", "FA", "A", "FA", "A"]
        );
    }
}
