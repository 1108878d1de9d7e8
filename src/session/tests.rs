//! Tests of a session as a fold over the worker's events.

use super::*;
use crate::engine::Target;
use crate::peer::Peer;
use crate::traffic::{Cause, ChunkBuilder, Operation, Volume};
use std::sync::Arc;

fn address(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

fn connection(number: u64) -> ConnectionId {
    ConnectionId::read(number).unwrap()
}

fn queued(connection: ConnectionId, bytes: usize) -> Event {
    Event::Unsent(vec![QueuedBytes { connection, bytes }])
}

fn rows(write: impl FnOnce(&mut ChunkBuilder)) -> Event {
    let mut builder = ChunkBuilder::default();
    write(&mut builder);
    Event::Rows(Arc::new(builder.finish()))
}

fn server() -> Session {
    let mut session = Session::default();
    session.opening(&Setup::tcp_server(address(0).address().unwrap()));
    session.apply(rows(|chunk| {
        chunk.notice(
            0,
            Notice::Listening {
                local: address(9000),
            },
        )
    }));
    session
}

#[test]
fn a_relay_is_where_its_clients_find_it_and_knows_only_them() {
    let mut session = Session::default();
    let target = address(7).address().unwrap().into();
    session.opening(&Setup::relay(
        SessionKind::RelayTcp,
        address(0).address().unwrap(),
        target,
    ));
    let (local, client) = (address(9000), address(1));
    session.apply(rows(|chunk| {
        chunk.notice(0, Notice::Listening { local });
        chunk.joined(0, connection(1), client, None);
        let notice = Notice::Connected {
            peer: address(7),
            local: address(2),
        };
        let upstream = crate::traffic::Automatic::ForClient { client, notice };
        chunk.notice_of(0, connection(2), Notice::Automatic(Box::new(upstream)));
    }));
    assert!(session.is_open() && session.is_stream());
    assert_eq!(
        (session.kind(), session.local()),
        (SessionKind::RelayTcp, Some(local))
    );
    assert_eq!(
        session.remote(),
        Some(&Remote::Endpoint(address(7).address().unwrap().into()))
    );
    assert_eq!(session.peers().collect::<Vec<_>>(), [client]);
}

#[test]
fn an_open_session_that_ends_by_itself_knows_why() {
    let mut session = server();
    let failure = |operation| Failure {
        operation,
        address: String::new(),
        cause: Cause::Died { reason: "7".into() },
    };
    // The failure of a single operation does not fail the session.
    let lookup = Notice::Failed(failure(Operation::Resolve));
    session.apply(rows(|chunk| chunk.notice(0, lookup)));
    assert_eq!(session.failure(), None);
    let ended = Notice::Failed(failure(Operation::Run));
    session.apply(rows(|chunk| chunk.notice(0, ended)));
    session.apply(Event::Closed);
    assert!(session.is_closed());
    assert_eq!(session.failure(), Some(&failure(Operation::Run)));
}

#[test]
fn a_session_opens_when_its_socket_stands_and_closes_when_it_is_gone() {
    let mut session = Session::default();
    session.opening(&Setup::udp(address(0).address().unwrap()));
    assert_eq!(session.state(), SessionState::Opening);
    session.apply(rows(|chunk| {
        chunk.notice(
            0,
            Notice::Bound {
                local: address(8080),
                receive_buffer: 1,
                asked: 1,
            },
        )
    }));
    assert_eq!(
        (session.state(), session.local()),
        (SessionState::Open, Some(address(8080)))
    );
    session.closing();
    session.apply(Event::Closed);
    assert_eq!(
        (session.state(), session.local()),
        (SessionState::Closed, None)
    );
    assert_eq!(session.log.count().rows(), 1);
}

#[test]
fn peers_come_and_go_with_their_rows() {
    let mut session = server();
    let (first, second) = (connection(1), connection(2));
    session.apply(rows(|chunk| {
        chunk.joined(1, first, address(1), None);
        chunk.joined(2, second, address(2), None);
        chunk.notice_of(3, first, Notice::PeerFinished { peer: address(1) });
        chunk.notice_of(
            4,
            second,
            Notice::PeerReset {
                peer: address(2),
                unsent: 0,
            },
        );
    }));
    assert_eq!(session.connections().len(), 1);
    assert_eq!(session.connections_of(address(1)).next(), Some(first));
    assert!(session.connections()[&first].peer_finished);
    session.apply(queued(first, 77));
    assert_eq!(session.connections()[&first].unsent, 77);
    session.apply(Event::Unsent(vec![]));
    assert_eq!(session.connections()[&first].unsent, 0);
}

#[test]
fn two_connections_from_one_address_are_two() {
    let mut session = server();
    let (peer, ids) = (address(1), [connection(1), connection(2)]);
    let locals = [address(9000), Peer::from(([127, 0, 0, 2], 9000))];
    session.apply(rows(|chunk| {
        for (id, local) in ids.into_iter().zip(locals) {
            chunk.joined(1, id, peer, Some(local));
        }
        chunk.notice_of(2, ids[0], Notice::WriteClosed { peer });
    }));
    session.apply(queued(ids[1], 5));
    let found = session.connections().values();
    let found: Vec<_> = found
        .map(|known| (known.local, known.write_closed, known.unsent))
        .collect();
    let expected = [(Some(locals[0]), true, 0), (Some(locals[1]), false, 5)];
    assert_eq!(found, expected);
    assert_eq!(session.connections_of(peer).collect::<Vec<_>>(), ids);
    session.apply(rows(|chunk| {
        chunk.notice_of(3, ids[0], Notice::Closed { peer, unsent: 0 });
    }));
    assert_eq!(session.connections_of(peer).collect::<Vec<_>>(), [ids[1]]);
}

#[test]
fn counters_count_and_are_reset_while_the_log_stays() {
    let mut session = server();
    session.apply(rows(|chunk| {
        chunk.received(1, address(1), b"12345", crate::traffic::Arrival::default());
        chunk.sent(2, address(1), b"123");
    }));
    assert_eq!(
        session.totals.received,
        Volume {
            records: 1,
            bytes: 5
        }
    );
    assert_eq!(
        session.totals.sent,
        Volume {
            records: 1,
            bytes: 3
        }
    );
    assert_eq!(session.last_source(), Some(address(1)));
    session.reset_counters();
    assert_eq!(session.totals, Totals::default());
    assert_eq!(session.log.count().received, 1);
}

#[test]
fn what_kept_it_from_opening_is_remembered() {
    let failure = Failure {
        operation: Operation::Bind,
        address: "a".into(),
        cause: Cause::System { code: 1 },
    };
    let mut session = Session::default();
    session.opening(&Setup::udp(address(80).address().unwrap()));
    session.apply(rows(|chunk| {
        chunk.notice(0, Notice::Failed(failure.clone()))
    }));
    session.apply(Event::Closed);
    assert_eq!(session.failure(), Some(&failure));
    session.opening(&Setup::udp(address(80).address().unwrap()));
    assert_eq!(session.failure(), None);
}

#[test]
fn rows_trimmed_by_a_smaller_budget_are_counted() {
    let mut session = server();
    for time in 0..20 {
        session.apply(rows(|chunk| {
            chunk.received(
                time,
                address(1),
                &[0; 100_000],
                crate::traffic::Arrival::default(),
            )
        }));
    }
    session.set_log_budget(1 << 20);
    assert!(session.totals.trimmed > 0);
    assert_eq!(session.log.rows().start, session.totals.trimmed);
}

#[test]
fn a_client_that_connects_again_is_opening_meanwhile() {
    let mut session = Session::default();
    let (peer, local) = (address(9000), address(1));
    session.opening(&Setup::tcp_client(peer.address().unwrap().into()));
    let connected = || Notice::Connected { peer, local };
    session.apply(rows(|chunk| {
        chunk.notice_of(0, connection(1), connected());
    }));
    assert!(session.is_open());
    session.apply(rows(|chunk| {
        let reset = Notice::PeerReset { peer, unsent: 0 };
        chunk.notice_of(1, connection(1), reset);
        let again = crate::traffic::Automatic::Reconnecting {
            peer: Some(peer),
            attempts: 0,
            millis: 1_000,
        };
        chunk.notice(2, Notice::Automatic(Box::new(again)));
    }));
    assert_eq!(
        (session.state(), session.local()),
        (SessionState::Opening, None)
    );
    assert_eq!(session.usual_target(), None);
    session.apply(rows(|chunk| {
        chunk.notice_of(3, connection(2), connected());
    }));
    let target = Target::Connection(connection(2));
    assert_eq!(session.usual_target(), Some(target));
    assert!(session.is_open());
}

#[test]
fn each_connection_counts_what_went_each_way_also_in_the_chunk_of_its_end() {
    let mut session = server();
    let (peer, ids) = (address(1), [connection(1), connection(2)]);
    session.apply(rows(|chunk| {
        for id in ids {
            chunk.joined(1, id, peer, None);
            chunk.received(2, (peer, id), b"12", crate::traffic::Arrival::default());
        }
        chunk.sent(3, (peer, ids[1]), b"123");
        chunk.notice_of(4, ids[1], Notice::Closed { peer, unsent: 0 });
    }));
    let volume = |records, bytes| Volume { records, bytes };
    let stands = session.connections()[&ids[0]];
    assert_eq!((stands.received, stands.sent), (volume(1, 2), volume(0, 0)));
    let (id, closed) = session.departed()[0];
    assert_eq!(id, ids[1]);
    assert_eq!((closed.received, closed.sent), (volume(1, 2), volume(1, 3)));
    assert!(session.senders().is_empty(), "streams have connections");
    session.reset_counters();
    assert_eq!(session.connections()[&ids[0]].received, volume(0, 0));
    assert_eq!(session.departed()[0].1.sent, volume(0, 0));
}

#[test]
fn only_the_connections_that_closed_last_are_still_listed() {
    let mut session = server();
    let peer = address(1);
    for number in 1..=DEPARTED as u64 + 3 {
        session.apply(rows(|chunk| {
            chunk.joined(1, connection(number), peer, None);
            let reset = Notice::PeerReset { peer, unsent: 0 };
            chunk.notice_of(2, connection(number), reset);
        }));
    }
    let departed: Vec<_> = session.departed().iter().map(|(id, _)| *id).collect();
    assert_eq!(departed.len(), DEPARTED);
    assert_eq!(departed[0], connection(4));
}

#[test]
fn the_clients_of_a_udp_relay_are_listed_and_its_target_is_not() {
    let mut session = Session::default();
    let target = address(7).address().unwrap().into();
    let local = address(0).address().unwrap();
    session.opening(&Setup::relay(SessionKind::RelayUdp, local, target));
    let (client, target) = (address(1), address(7));
    session.apply(rows(|chunk| {
        let upstream = Automatic::Upstream {
            client,
            local: address(2),
        };
        chunk.notice(1, Notice::Automatic(Box::new(upstream)));
        for peer in [client, target] {
            chunk.received(2, peer, b"x", crate::traffic::Arrival::default());
        }
    }));
    let found: Vec<_> = session.senders().iter().map(|found| found.peer).collect();
    assert_eq!(found, [client]);
    session.apply(rows(|chunk| {
        let forgotten = Automatic::Forgotten {
            client,
            millis: 60_000,
        };
        chunk.notice(3, Notice::Automatic(Box::new(forgotten)));
    }));
    assert!(session.senders()[0].left);
}

#[test]
fn the_values_of_a_poll_table_outlive_its_session() {
    let mut session = Session::default();
    let polling = Polling {
        lines: vec![crate::engine::PolledLine {
            id: 7,
            ..Default::default()
        }],
        end: None,
    };
    session.apply(Event::Activity(Box::new(Activity {
        polling: Some(Arc::new(polling)),
        ..Activity::default()
    })));
    assert_eq!(session.polling().unwrap().end, None);
    session.apply(Event::Closed);
    let polling = session.polling().unwrap();
    assert_eq!(
        (polling.lines[0].id, polling.end),
        (7, Some(PollEnd::Closed))
    );
}
