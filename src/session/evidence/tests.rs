use crate::connection_id::ConnectionId;
use crate::engine::evidence::{
    AfterFin, EarlierAddress, EndOfConnection, Question, Reply, SAMPLE_BYTES, SAMPLES,
    SessionFacts, SessionSettings, Transport,
};
use crate::engine::{Event, Setup};
use crate::peer::Peer;
use crate::session::Session;
use crate::traffic::{Arrival, Cause, ChunkBuilder, Failure, Notice, Operation};
use std::sync::Arc;

const SECOND: i64 = 1_000_000;

fn address(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

fn apply(session: &mut Session, rows: impl FnOnce(&mut ChunkBuilder)) {
    let mut chunk = ChunkBuilder::default();
    rows(&mut chunk);
    session.apply(Event::Rows(Arc::new(chunk.finish())));
}

fn facts(session: &Session, second: i64) -> SessionFacts {
    session.facts(second * SECOND, SessionSettings::default())
}

fn bound(local: Peer) -> Notice {
    Notice::Bound {
        local,
        receive_buffer: 1,
        asked: 1,
    }
}

fn udp(port: u16) -> Session {
    let mut session = Session::default();
    session.opening(&Setup::udp(address(port).address().unwrap()));
    apply(&mut session, |rows| rows.notice(0, bound(address(port))));
    session
}

#[test]
fn the_newest_messages_are_kept_by_their_first_bytes() {
    let mut session = udp(5000);
    let long = vec![7; SAMPLE_BYTES + 44];
    apply(&mut session, |rows| {
        for number in 0..SAMPLES as u8 + 3 {
            rows.sent(SECOND, address(9000), &[number]);
        }
        rows.received(2 * SECOND, address(9001), &long, Arrival::default());
    });
    let facts = facts(&session, 12);
    assert!(facts.open && !facts.is_server && !facts.is_connected);
    assert_eq!(facts.newest_sent.len(), SAMPLES);
    assert_eq!(facts.newest_sent[0].bytes, [3]);
    let received = &facts.newest_received[0];
    assert_eq!((received.bytes.len(), received.length), (256, 300));
    assert_eq!(facts.senders, [address(9001).address().unwrap()]);
    assert_eq!(
        (facts.since_sent, facts.since_received),
        (Some(11.0), Some(10.0))
    );
    assert_eq!((facts.sent.messages, facts.received.bytes), (11, 300));
    let asked = Question::Session {
        transport: Transport::Udp,
        local: address(5000).address(),
        to: address(9000).address(),
        from: None,
    };
    assert_eq!(session.question(), Some(asked));
}

#[test]
fn what_followed_each_message_is_known_of_the_newest_ones() {
    let mut session = udp(5000);
    let peer = address(9000);
    apply(&mut session, |rows| {
        rows.sent(0, peer, b"a");
        rows.sent(3 * SECOND, peer, b"b");
        rows.received(4 * SECOND, peer, b"first", Arrival::default());
        rows.received(6 * SECOND, peer, b"second", Arrival::default());
        rows.sent(7 * SECOND, peer, b"c");
    });
    let reply = |came, waited| Reply { came, waited };
    let expected = [reply(false, 3.0), reply(true, 1.0), reply(false, 5.0)];
    assert_eq!(facts(&session, 12).replies, expected);
    apply(&mut session, |rows| {
        for number in 0..SAMPLES as u8 {
            rows.sent(8 * SECOND, peer, &[number]);
        }
    });
    assert_eq!(facts(&session, 12).replies.len(), SAMPLES);
}

#[test]
fn messages_before_the_session_opened_again_are_not_its_own_but_their_address_is_kept() {
    let mut session = udp(5000);
    apply(&mut session, |rows| {
        rows.sent(1, address(9000), b"a");
        rows.received(2, address(9000), b"b", Arrival::default());
        rows.notice(3, bound(address(5001)));
        rows.sent(4, address(9000), b"c");
    });
    let facts = facts(&session, 1);
    assert_eq!(
        (facts.newest_sent.len(), facts.newest_received.len()),
        (1, 0)
    );
    let earlier = EarlierAddress {
        local: address(5000).address().unwrap(),
        peer: address(9000).address().unwrap(),
    };
    assert_eq!(facts.earlier, [earlier]);
}

#[test]
fn each_end_says_who_ended_it_and_when() {
    let mut session = Session::default();
    let peer = address(9000);
    session.opening(&Setup::tcp_client(peer.address().unwrap().into()));
    let ids: Vec<ConnectionId> = (0..4).map(|_| ConnectionId::next()).collect();
    let connected = Notice::Connected {
        peer,
        local: address(1),
    };
    apply(&mut session, |rows| {
        for id in &ids {
            rows.notice_of(0, *id, connected.clone());
        }
        rows.received(1, (peer, ids[0]), b"12345", Arrival::default());
        rows.notice_of(2 * SECOND, ids[0], Notice::PeerFinished { peer });
        rows.notice_of(9 * SECOND, ids[0], Notice::Closed { peer, unsent: 0 });
        rows.notice_of(3 * SECOND, ids[1], Notice::PeerReset { peer, unsent: 0 });
        rows.notice_of(4 * SECOND, ids[2], Notice::Closed { peer, unsent: 0 });
        rows.notice_of(5 * SECOND, ids[3], Notice::PeerFinished { peer });
    });
    let facts = facts(&session, 60);
    let found: Vec<_> = facts
        .ends
        .iter()
        .map(|end| (end.how, end.received, end.seconds))
        .collect();
    let expected = [
        (EndOfConnection::Closed, 5, 2),
        (EndOfConnection::Reset, 0, 3),
        (EndOfConnection::ByUs, 0, 4),
        (EndOfConnection::HalfClosed, 0, 5),
    ];
    assert_eq!(found, expected);
    assert!(facts.is_connected);
    assert_eq!(facts.connections[0].peer, peer.address().unwrap());
}

#[test]
fn what_follows_a_fin_says_whether_the_peer_has_closed() {
    let mut session = Session::default();
    let peer = address(9000);
    session.opening(&Setup::tcp_client(peer.address().unwrap().into()));
    let ids: Vec<ConnectionId> = (0..4).map(|_| ConnectionId::next()).collect();
    apply(&mut session, |rows| {
        for id in &ids {
            let local = address(1);
            rows.notice_of(0, *id, Notice::Connected { peer, local });
            rows.sent(SECOND, (peer, *id), b"a");
            rows.notice_of(2 * SECOND, *id, Notice::PeerFinished { peer });
        }
        let reset = Notice::PeerReset { peer, unsent: 0 };
        for id in &ids[..2] {
            rows.sent(5 * SECOND, (peer, *id), b"b");
        }
        // One RST answers a message, and one comes long after it.
        rows.notice_of(5 * SECOND + 1_000, ids[0], reset.clone());
        rows.notice_of(9 * SECOND, ids[1], reset);
        rows.notice_of(9 * SECOND, ids[2], Notice::Closed { peer, unsent: 0 });
        rows.sent(9 * SECOND, (peer, ids[3]), b"c");
    });
    let of = |second| {
        let ends = facts(&session, second).ends;
        let ends = ends.into_iter();
        let said = ends.map(|end| (end.how, end.seconds, end.since_sent, end.after_fin));
        said.collect::<Vec<_>>()
    };
    let mut expected = [
        (EndOfConnection::Closed, 2, Some(1.0), AfterFin::Refused),
        (EndOfConnection::Reset, 9, Some(4.0), AfterFin::Taken),
        (EndOfConnection::Closed, 2, Some(1.0), AfterFin::NotSent),
        (EndOfConnection::HalfClosed, 2, Some(1.0), AfterFin::Taken),
    ];
    assert_eq!(of(60), expected);
    expected[3].3 = AfterFin::NotSent;
    assert_eq!(of(9), expected, "an RST may still come");
    assert_eq!(facts(&session, 60).unanswered, 4);
}

#[test]
fn a_failure_before_the_connection_is_past() {
    let mut session = Session::default();
    let peer = address(9000);
    session.opening(&Setup::tcp_client(peer.address().unwrap().into()));
    let refused = Failure {
        operation: Operation::Connect,
        address: peer.to_string(),
        cause: Cause::System { code: 111 },
    };
    apply(&mut session, |rows| {
        rows.notice(0, Notice::Failed(refused.clone()));
    });
    assert_eq!(facts(&session, 1).failures, [refused]);
    let connected = Notice::Connected {
        peer,
        local: address(1),
    };
    apply(&mut session, |rows| {
        rows.notice_of(1, ConnectionId::next(), connected);
    });
    assert!(facts(&session, 1).failures.is_empty());
}

#[test]
fn what_earlier_connections_with_the_same_peer_said_is_kept_apart() {
    let mut session = Session::default();
    let peer = address(9000);
    session.opening(&Setup::tcp_client(peer.address().unwrap().into()));
    let connect = |session: &mut Session, second: i64, peer: Peer| {
        let id = ConnectionId::next();
        let local = address(1);
        apply(session, |rows| {
            rows.notice_of(second * SECOND, id, Notice::Connecting { remote: peer });
            rows.notice_of(second * SECOND, id, Notice::Connected { peer, local });
            rows.sent(second * SECOND, peer, b"V?");
        });
        id
    };
    let first = connect(&mut session, 1, peer);
    apply(&mut session, |rows| {
        rows.notice_of(5 * SECOND, first, Notice::Closed { peer, unsent: 0 });
    });
    connect(&mut session, 60, peer);
    let known = facts(&session, 62);
    let before: Vec<(&[u8], Reply)> = known
        .before
        .iter()
        .map(|(sample, reply)| (&sample.bytes[..], *reply))
        .collect();
    let reply = Reply {
        came: false,
        waited: 4.0,
    };
    assert_eq!(before, [(&b"V?"[..], reply)]);
    assert_eq!(known.newest_sent.len(), 1);
    connect(&mut session, 70, address(9001));
    let known = facts(&session, 71);
    assert!(known.before.is_empty(), "another peer");
}

#[test]
fn a_message_that_was_refused_names_the_target_until_one_goes_or_the_socket_is_another() {
    let mut session = udp(5000);
    let failed = |to: &str, cause| {
        Notice::Failed(Failure {
            operation: Operation::Send,
            address: to.to_owned(),
            cause,
        })
    };
    let to = |session: &Session| session.question().and_then(|question| question.to());
    let unreachable = || Cause::System { code: 101 };
    apply(&mut session, |rows| {
        rows.notice(1, failed("192.0.2.1:9", unreachable()));
    });
    assert_eq!(to(&session), "192.0.2.1:9".parse().ok());
    assert!(facts(&session, 1).refused.is_some());
    apply(&mut session, |rows| {
        rows.notice(2, failed("[fe80::1%1]:9", unreachable()));
    });
    let scoped = to(&session).unwrap();
    assert!(matches!(scoped, std::net::SocketAddr::V6(v6) if v6.scope_id() == 1));
    apply(&mut session, |rows| {
        rows.sent(3, address(9000), b"a");
    });
    assert_eq!(to(&session), address(9000).address());
    assert_eq!(facts(&session, 1).refused, None);
    // What came of a message on its way is no refusal.
    let closed = Cause::PortUnreachable {
        code: 111,
        newer: None,
    };
    apply(&mut session, |rows| {
        rows.notice(4, failed("127.0.0.1:9001", closed));
    });
    assert_eq!(to(&session), address(9000).address());
    assert_eq!(facts(&session, 1).refused, None);

    let mut other = udp(5000);
    apply(&mut other, |rows| {
        rows.notice(1, failed("192.0.2.1:9", unreachable()));
        rows.notice(2, bound(address(5001)));
    });
    assert_eq!((to(&other), facts(&other, 1).refused), (None, None));
}

#[test]
fn a_unix_socket_is_no_question_of_networks() {
    let mut session = Session::default();
    let name: Peer = "unix:/tmp/a".parse().unwrap();
    session.opening(&Setup {
        kind: crate::kind::SessionKind::UnixDatagram,
        local: Some(name),
        ..Setup::udp(address(0).address().unwrap())
    });
    assert_eq!(session.question(), None);
}
