use crate::engine::evidence::{
    ConnectOutcome, ConnectionEnd, ConnectionFacts, Count, EarlierAddress, EndOfConnection,
    Evidence, LocalFacts, OpenConnection, Owner, PeerFacts, Permission, Question, Recent, Sample,
    Seen, SessionFacts, SocketRow, Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Outcome};
use crate::explain::doctor::{Check, Cure, Situation, content, peer};
use crate::traffic::{Cause, Failure, Operation};
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
        unacknowledged: 0,
        unsent: 0,
        window: Some(65_536),
        mss: 32_768,
        probes: 0,
        retransmits: 0,
        total_retransmits: 0,
        last_received_ms: 5_000,
        last_acknowledged_ms: 5_000,
        rtt_us: 100,
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

const LONG: &[u8] = b"a message of twenty-seven b";

#[test]
fn a_healthy_exchange_has_no_finding() {
    let exchanges: [(&[&[u8]], &[&[u8]]); 6] = [
        (&[LONG], &[LONG]),
        (&[b"hello", b"hello world"], &[b"hello", b"hello world"]),
        (&["你好".as_bytes()], &["来自服务器你好".as_bytes()]),
        (&[b"ping\r\n"], &[b"pong\r\n"]),
        (
            &[b"GET / HTTP/1.1\r\n\r\n"],
            &[b"HTTP/1.1 400 Bad Request\r\n"],
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

#[test]
fn nobody_listens_where_no_socket_is() {
    let expected = [(Situation::NobodyListens, Certainty::Shown)];
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut evidence = evidence(transport, PEER, Some(session(&[LONG], &[])));
        rows(&mut evidence).clear();
        assert_eq!(found(&evidence), expected);
    }
    // A container has the port.
    let mut inside = evidence(Transport::Tcp, PEER, None);
    let row = &mut rows(&mut inside)[0];
    row.owner.as_mut().unwrap().is_elsewhere = true;
    assert_eq!(found(&inside), []);
}

#[test]
fn another_machine_that_refuses_has_likely_no_listener() {
    let mut far = evidence(Transport::Tcp, FAR, Some(session(&[], &[])));
    assert_eq!(found(&far), []);
    let failure = |code| Failure {
        operation: Operation::Connect,
        address: FAR.into(),
        cause: Cause::System { code },
    };
    known(&mut far).failures = vec![failure(113)];
    assert_eq!(found(&far), []);
    let expected = [(Situation::NobodyListens, Certainty::Likely)];
    known(&mut far).failures = vec![failure(111)];
    assert_eq!(found(&far), expected);
    known(&mut far).failures.clear();
    far.peer.connect = Seen::Known(ConnectOutcome::Refused);
    assert_eq!(found(&far), expected);
}

#[test]
fn a_program_at_another_address_or_a_like_port_is_meant() {
    let mut other = evidence(Transport::Udp, PEER, Some(session(&[LONG], &[])));
    *rows(&mut other) = vec![row("127.0.0.2:9000", false)];
    assert_eq!(
        found(&other),
        [(Situation::ListensElsewhere, Certainty::Shown)]
    );
    let cure = peer::cure(Situation::ListensElsewhere, &other);
    assert_eq!(cure, Some(Cure::SendTo(address("127.0.0.2:9000"))));
    let mut like = evidence(Transport::Udp, PEER, Some(session(&[LONG], &[])));
    rows(&mut like).clear();
    like.local.others = vec![row("0.0.0.0:9001", false), row("0.0.0.0:7777", false)];
    assert_eq!(
        found(&like),
        [(Situation::ListensElsewhere, Certainty::Likely)]
    );
    let cure = peer::cure(Situation::ListensElsewhere, &like);
    assert_eq!(cure, Some(Cure::SendTo(address("127.0.0.1:9001"))));
    // Two of them: either may be meant.
    like.local.others.push(row("0.0.0.0:9002", false));
    assert_eq!(found(&like), [(Situation::NobodyListens, Certainty::Shown)]);
    // Another situation.
    *rows(&mut like) = vec![row("[::1]:9000", false)];
    assert_eq!(found(&like), []);
}

#[test]
fn a_stopped_program_answers_nothing() {
    let mut stopped = udp(&[LONG], &[]);
    rows(&mut stopped)[0].owner = Some(owner(true));
    assert_eq!(
        found(&stopped)[0],
        (Situation::PeerStopped, Certainty::Shown)
    );
    let cure = peer::cure(Situation::PeerStopped, &stopped);
    assert_eq!(cure, Some(Cure::CopyCommand("kill -CONT 42".into())));
    // Another process with the same socket runs.
    rows(&mut stopped).push(row(PEER, false));
    assert_eq!(found(&stopped), []);
    rows(&mut stopped).clear();
    rows(&mut stopped).push(SocketRow {
        owner: None,
        ..row(PEER, false)
    });
    let unseen = peer::listener::is_stopped(&stopped);
    assert!(matches!(
        unseen,
        Outcome::Unseen(Unseen::NotPermitted { .. })
    ));
}

#[test]
fn bytes_that_stay_in_the_buffer_are_not_read() {
    let expected = [(Situation::PeerDoesNotRead, Certainty::Shown)];
    let mut full = udp(&[LONG], &[]);
    rows(&mut full)[0].unread = 768;
    assert_eq!(found(&full), expected);
    known(&mut full).since_sent = Some(0.2);
    assert_eq!(found(&full), [], "on its way");
    let mut full = tcp(&[b"a line\n"], &[]);
    rows(&mut full)[1].unread = 7;
    assert_eq!(found(&full), expected);
    rows(&mut full)[1].remote = Some(address("127.0.0.1:5001"));
    assert_eq!(found(&full), [], "of another client");
    let mut queued = tcp(&[b"a line\n"], &[]);
    rows(&mut queued)[1].inode = 0;
    assert_eq!(found(&queued), expected, "not accepted");
}

#[test]
fn a_closed_window_shows_a_peer_elsewhere_that_does_not_read() {
    let mut shut = tcp(&[b"a line\n"], &[]);
    shut.peer.is_here = false;
    let full = ConnectionFacts {
        unsent: 100_000,
        window: Some(0),
        ..connection()
    };
    shut.peer.connections = Seen::Known(vec![full.clone()]);
    assert_eq!(
        found(&shut),
        [(Situation::PeerDoesNotRead, Certainty::Shown)]
    );
    let other = |change: fn(&mut ConnectionFacts)| {
        let mut facts = full.clone();
        change(&mut facts);
        let mut evidence = shut.clone();
        evidence.peer.connections = Seen::Known(vec![facts]);
        found(&evidence)
    };
    assert_eq!(other(|facts| facts.window = Some(65_536)), []);
    assert_eq!(other(|facts| facts.unacknowledged = 9), [], "a lossy path");
    assert_eq!(other(|facts| facts.unsent = 0), []);
    let old = other(|facts| (facts.window, facts.probes) = (None, 3));
    assert_eq!(old, [(Situation::PeerDoesNotRead, Certainty::Likely)]);
}

#[test]
fn an_echo_that_is_cut_shows_a_small_buffer() {
    let expected = [(Situation::PeerReadsTooLittle, Certainty::Likely)];
    let cut = &LONG[..12];
    assert_eq!(found(&udp(&[LONG], &[cut])), expected, "inside a word");
    let with_text = [b"you said: ", cut].concat();
    assert_eq!(found(&udp(&[LONG], &[&with_text])), expected);
    let two: [&[u8]; 2] = [b"one two three four", b"six seven eight nine"];
    assert_eq!(found(&udp(&two, &[&two[0][..7], &two[1][..7]])), expected);
    // An answer that is the first word of a request is an answer.
    assert_eq!(found(&udp(&[b"READ 17"], &[b"READ"])), []);
    let lengths: [&[u8]; 2] = [&two[0][..7], &two[1][..9]];
    assert_eq!(found(&udp(&two, &lengths)), [], "not the same length");
    let mut stream = tcp(&[LONG], &[cut]);
    assert_eq!(found(&stream), expected);
    known(&mut stream).connections[0].received += 100;
    assert_eq!(found(&stream), [], "more came than is known");
}

#[test]
fn answers_of_another_address_are_not_those_of_the_target() {
    let mut other = udp(&[LONG], &[LONG]);
    let session = known(&mut other);
    session.senders = vec![address("127.0.0.1:9001")];
    session.newest_received[0].peer = address("127.0.0.1:9001");
    assert_eq!(
        found(&other),
        [(Situation::AnswersFromElsewhere, Certainty::Shown)]
    );
    let cure = peer::cure(Situation::AnswersFromElsewhere, &other);
    assert_eq!(cure, Some(Cure::SendTo(address("127.0.0.1:9001"))));
    known(&mut other).newest_received[0].bytes = b"thanks".to_vec();
    assert_eq!(
        found(&other),
        [(Situation::AnswersFromElsewhere, Certainty::Likely)]
    );
    known(&mut other).newest_received[0].peer = address("192.0.2.9:9000");
    assert_eq!(
        found(&other),
        [],
        "of another machine, about something else"
    );
    known(&mut other).senders.push(address(PEER));
    known(&mut other).newest_received[0].bytes = LONG.to_vec();
    assert_eq!(found(&other), [], "the target answers too");
}

#[test]
fn answers_to_a_port_of_before_are_missed() {
    let mut old = udp(&[LONG], &[]);
    known(&mut old).earlier = vec![EarlierAddress {
        local: address("127.0.0.1:4999"),
        peer: address(PEER),
    }];
    assert_eq!(
        found(&old),
        [(Situation::AnswersToOldPort, Certainty::Likely)]
    );
    known(&mut old).earlier[0].local = address("192.0.2.1:5000");
    assert_eq!(found(&old), [], "the same port");
    let mut connected = udp(&[LONG], &[]);
    rows(&mut connected)[0].state = 1;
    rows(&mut connected)[0].remote = Some(address("127.0.0.1:4999"));
    assert_eq!(
        found(&connected),
        [(Situation::AnswersToOldPort, Certainty::Shown)]
    );
}

#[test]
fn each_end_of_a_connection_has_its_situation() {
    let ended = |how, received, seconds| {
        let mut evidence = tcp(&[b"a line\n"], &[]);
        let session = known(&mut evidence);
        session.is_connected = false;
        session.connections.clear();
        session.ends = vec![ConnectionEnd {
            peer: address(PEER),
            how,
            received,
            seconds,
        }];
        rows(&mut evidence).truncate(1);
        evidence.peer.connections = Seen::Known(Vec::new());
        found(&evidence)
    };
    let shown = |situation| vec![(situation, Certainty::Shown)];
    let closed = ended(EndOfConnection::Closed, 0, 0);
    assert_eq!(closed, shown(Situation::ClosesAtOnce));
    assert_eq!(ended(EndOfConnection::Closed, 0, 30), []);
    assert_eq!(ended(EndOfConnection::Closed, 5, 0), []);
    assert_eq!(ended(EndOfConnection::ByUs, 0, 0), []);
    let reset = ended(EndOfConnection::Reset, 5, 3);
    assert_eq!(reset, shown(Situation::PeerResets));
    let mut half = tcp(&[b"a line\n"], &[]);
    known(&mut half).ends = vec![ConnectionEnd {
        peer: address(PEER),
        how: EndOfConnection::HalfClosed,
        received: 0,
        seconds: 3,
    }];
    assert_eq!(found(&half), shown(Situation::PeerHalfCloses));
    known(&mut half).ends.clear();
    half.peer.connections = Seen::Known(vec![ConnectionFacts {
        state: 8,
        ..connection()
    }]);
    assert_eq!(found(&half), shown(Situation::PeerHalfCloses));
}

#[test]
fn tls_is_recognised_on_either_side() {
    let shown = |situation| vec![(situation, Certainty::Shown)];
    let hello: &[u8] = &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3];
    let alert: &[u8] = &[0x15, 3, 3, 0, 2, 2, 70];
    let mut server = tcp(&[], &[hello]);
    known(&mut server).is_server = true;
    assert_eq!(found(&server), shown(Situation::TlsToPlain));
    let bad: &[u8] = b"HTTP/1.1 400 Bad Request\r\n";
    assert_eq!(
        found(&tcp(&[hello], &[bad]))[0],
        shown(Situation::TlsToPlain)[0]
    );
    assert_eq!(
        found(&tcp(&[b"hello\n"], &[alert])),
        shown(Situation::PlainToTls)
    );
    let https: &[u8] =
        b"HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port";
    let request: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
    assert_eq!(
        found(&tcp(&[request], &[https])),
        shown(Situation::PlainToTls)
    );
    assert_eq!(found(&tcp(&[hello], &[&[0x16, 3, 3, 0, 9, 2]])), []);
}

#[test]
fn another_protocol_is_recognised_only_where_it_was_not_meant() {
    let answers: [(&[u8], Certainty); 5] = [
        (b"HTTP/1.1 400 Bad Request\r\n", Certainty::Shown),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Certainty::Shown),
        (b"220 mail ESMTP\r\n", Certainty::Likely),
        (b"-ERR unknown command\r\n", Certainty::Shown),
        (b"J\0\0\0\x0a8.0.36\0", Certainty::Shown),
    ];
    for (answer, certainty) in answers {
        let expected = [(Situation::OtherProtocol, certainty)];
        assert_eq!(
            found(&tcp(&[b"hello\r\n"], &[answer])),
            expected,
            "{answer:?}"
        );
        assert_eq!(found(&tcp(&[], &[answer])), [], "only looking");
    }
    assert_eq!(found(&tcp(&[b"EHLO me\r\n"], &[b"220 mail ESMTP\r\n"])), []);
    assert_eq!(found(&tcp(&[b"PING\r\n"], &[b"-ERR no\r\n"])), []);
}

#[test]
fn the_words_name_every_situation_of_the_subject() {
    use crate::explain::doctor::Subject;
    for situation in Situation::ALL {
        let is_its = situation.subject() == Subject::Peer;
        assert_eq!(peer::words(*situation).is_some(), is_its, "{situation:?}");
        let is_its = situation.subject() == Subject::Content;
        assert_eq!(
            content::words(*situation).is_some(),
            is_its,
            "{situation:?}"
        );
    }
}
