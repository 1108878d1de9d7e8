//! Evidence that is made by hand, and what every check says of it.

mod answers;
mod connections;
mod listening;
mod silent;

use crate::engine::evidence::{
    ConnectionFacts, Count, Evidence, LocalFacts, OpenConnection, Owner, PeerFacts, Permission,
    Question, Recent, Sample, Seen, SessionFacts, SocketRow, Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Outcome};
use crate::explain::doctor::{Check, Situation, content, peer};
use std::net::SocketAddr;
use std::sync::LazyLock;

pub const LOCAL: &str = "127.0.0.1:5000";
pub const PEER: &str = "127.0.0.1:9000";
/// A peer on another machine.
const FAR: &str = "192.0.2.7:9000";

/// The sources that these checks do not look at are those of this machine.
static ANY: LazyLock<Evidence> = LazyLock::new(|| {
    let question = Question::Session {
        transport: Transport::Udp,
        local: None,
        to: None,
        from: None,
    };
    Evidence::gather(question, None, Permission::default())
});

pub fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn question(transport: Transport, to: &str) -> Question {
    Question::Session {
        transport,
        local: Some(address(LOCAL)),
        to: Some(address(to)),
        from: None,
    }
}

fn evidence(transport: Transport, to: &str, session: Option<SessionFacts>) -> Evidence {
    let mut evidence = ANY.clone();
    evidence.question = question(transport, to);
    evidence.session = session;
    evidence.path.is_broadcast = false;
    evidence.local = LocalFacts {
        sockets: Seen::Known(vec![row(to, transport == Transport::Tcp)]),
        recent: Seen::Known(Recent::default()),
        ..LocalFacts::unseen(&Unseen::NotHere)
    };
    evidence.peer = PeerFacts {
        is_here: to == PEER,
        connections: Seen::Known(Vec::new()),
        connect: Seen::Unseen(Unseen::NotAsked),
        greeting: Seen::Unseen(Unseen::NotAsked),
        speaks_tls: Seen::Unseen(Unseen::NotAsked),
        accepts_tcp: Seen::Unseen(Unseen::NotAsked),
    };
    evidence
}

/// A session of datagrams that sent these messages to the peer and received these from it.
pub fn udp(sent: &[&[u8]], received: &[&[u8]]) -> Evidence {
    evidence(Transport::Udp, PEER, Some(session(sent, received)))
}

/// A client that is connected to a program of this machine, which reads everything.
pub fn tcp(sent: &[&[u8]], received: &[&[u8]]) -> Evidence {
    let sum = |all: &[&[u8]]| all.iter().map(|bytes| bytes.len() as u64).sum();
    let open = OpenConnection {
        local: Some(address(LOCAL)),
        peer: address(PEER),
        sent: sum(sent),
        received: sum(received),
    };
    let known = SessionFacts {
        is_connected: true,
        connections: vec![open],
        ..session(sent, received)
    };
    let mut evidence = evidence(Transport::Tcp, PEER, Some(known));
    evidence.peer.connections = Seen::Known(vec![connection()]);
    let accepted = SocketRow {
        remote: Some(address(LOCAL)),
        state: 1,
        ..row(PEER, true)
    };
    rows(&mut evidence).push(accepted);
    evidence
}

pub fn session(sent: &[&[u8]], received: &[&[u8]]) -> SessionFacts {
    let sample = |bytes: &&[u8]| Sample {
        peer: address(PEER),
        bytes: bytes.to_vec(),
        length: bytes.len() as u64,
    };
    let count = |all: &[&[u8]]| Count {
        messages: all.len() as u64,
        bytes: 0,
    };
    SessionFacts {
        open: true,
        local: Some(address(LOCAL)),
        sent: count(sent),
        received: count(received),
        unanswered: match received {
            [] => sent.len() as u64,
            _ => 0,
        },
        since_sent: (!sent.is_empty()).then_some(5.0),
        since_received: (!received.is_empty()).then_some(4.9),
        senders: received.iter().map(|_| address(PEER)).take(1).collect(),
        newest_sent: sent.iter().map(sample).collect(),
        newest_received: received.iter().map(sample).collect(),
        ..SessionFacts::default()
    }
}

fn owner(is_stopped: bool) -> Owner {
    Owner {
        pid: 42,
        name: "server".into(),
        is_stopped,
        is_us: false,
        is_elsewhere: false,
    }
}

/// A listening socket of a program that runs.
fn row(local: &str, is_tcp: bool) -> SocketRow {
    SocketRow {
        is_tcp,
        local: address(local),
        remote: None,
        state: if is_tcp { 0x0A } else { 0x07 },
        inode: 7,
        unread: 0,
        unsent: 0,
        backlog: None,
        dropped: None,
        lingers: None,
        v6_only: None,
        interface: None,
        owner: Some(owner(false)),
    }
}

fn connection() -> ConnectionFacts {
    ConnectionFacts {
        local: address(LOCAL),
        peer: address(PEER),
        state: 1,
        unread: 0,
        queued: 0,
        unsent: Some(0),
        window: Some(65_536),
        acknowledged: None,
        progress: None,
        mss: 32_768,
        probes: 0,
        retransmits: 0,
        total_retransmits: 0,
        last_received_ms: 5_000,
        last_acknowledged_ms: 5_000,
        rtt_us: 100,
        rtt_deviation_us: 50,
        congestion_window: 10,
    }
}

fn rows(evidence: &mut Evidence) -> &mut Vec<SocketRow> {
    match &mut evidence.local.sockets {
        Seen::Known(rows) => rows,
        Seen::Unseen(_) => panic!("known in these tests"),
    }
}

fn known(evidence: &mut Evidence) -> &mut SessionFacts {
    evidence.session.as_mut().unwrap()
}

/// What the checks of both subjects find.
pub fn found(evidence: &Evidence) -> Vec<(Situation, Certainty)> {
    let all = peer::CHECKS.iter().chain(content::CHECKS);
    let is = |(situation, check): &Check| match check(evidence) {
        Outcome::Is(certainty, clues) => {
            assert!(!clues.is_empty(), "{situation:?}");
            Some((*situation, certainty))
        }
        Outcome::IsNot | Outcome::Unseen(_) | Outcome::DoesNotApply => None,
    };
    all.filter_map(is).collect()
}

/// What went, and what came.
type Exchange<'a> = (&'a [&'a [u8]], &'a [&'a [u8]]);

const LONG: &[u8] = b"a message of twenty-seven b";

#[test]
fn a_healthy_exchange_has_no_finding() {
    let exchanges: [Exchange<'_>; 6] = [
        (&[LONG], &[LONG]),
        (&[b"hello", b"hello world"], &[b"hello", b"hello world"]),
        (&["你好".as_bytes()], &["来自服务器你好".as_bytes()]),
        (&[b"ping\r\n"], &[b"pong\r\n"]),
        (
            &[b"GET / HTTP/1.1\r\n\r\n"],
            &[b"HTTP/1.1 404 Not Found\r\n"],
        ),
        (
            &[&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]],
            &[&[1, 3, 4, 0, 1, 0, 2, 0x2A, 0x32]],
        ),
    ];
    for (sent, received) in exchanges {
        assert_eq!(found(&udp(sent, received)), [], "{sent:?}");
        assert_eq!(found(&tcp(sent, received)), [], "{sent:?}");
    }
    assert_eq!(found(&udp(&[], &[])), []);
    assert_eq!(found(&tcp(&[], &[])), []);
}

#[test]
fn a_peer_that_rightly_never_answers_has_no_finding() {
    let gbk = encoding_rs::GB18030.encode("温度 21 度").0.into_owned();
    let messages: [&[u8]; 5] = [
        b"a log line without an end",
        b"{\"temperature\": 21.5}",
        &gbk,
        b"line\n",
        &[0xC0, 0],
    ];
    for message in messages {
        for sent in [&[message][..], &[message, message]] {
            assert_eq!(found(&udp(sent, &[])), [], "{message:?}");
            assert_eq!(found(&tcp(sent, &[])), [], "{message:?}");
            // A server that greets first.
            let mut greeted = tcp(sent, &[b"welcome\n"]);
            let session = known(&mut greeted);
            (session.unanswered, session.since_received) = (sent.len() as u64, Some(9.0));
            assert_eq!(found(&greeted), [], "{message:?}");
        }
    }
    // A one-way sensor, and a client that keeps the connection alive (MQTT).
    assert_eq!(found(&udp(&[], &[b"21.5"])), []);
    assert_eq!(found(&tcp(&[&[0xC0, 0]], &[&[0xD0, 0]])), []);
    let request = encoding_rs::GB18030.encode("你好").0.into_owned();
    let mut chinese = tcp(&[&request], &[&request]);
    known(&mut chinese).settings.encoding = "GBK".to_owned();
    assert_eq!(found(&chinese), []);
}

#[test]
fn without_evidence_nothing_is_blamed() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut evidence = evidence(transport, PEER, None);
        evidence.local = LocalFacts::unseen(&Unseen::TooSlow);
        evidence.peer.connections = Seen::Unseen(Unseen::TooSlow);
        assert_eq!(found(&evidence), [], "{transport:?}");
        let nobody = peer::listener::nobody(&evidence);
        assert!(matches!(nobody, Outcome::Unseen(Unseen::TooSlow)));
    }
}
