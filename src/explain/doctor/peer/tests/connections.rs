//! Ends of connections, and what is spoken on them.

use super::{LOCAL, PEER, address, connection, found, known, row, rows, tcp};
use crate::engine::evidence::{
    AfterFin, ConnectionEnd, ConnectionFacts, EndOfConnection, Evidence, Question, Seen, SocketRow,
    Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Outcome};
use crate::explain::doctor::{Situation, peer};

/// A session whose connection is over.
fn over(end: ConnectionEnd) -> Evidence {
    let mut evidence = tcp(&[b"a line\n"], &[]);
    let session = known(&mut evidence);
    session.is_connected = false;
    session.connections.clear();
    session.ends = vec![end];
    rows(&mut evidence).truncate(1);
    evidence.peer.connections = Seen::Known(Vec::new());
    evidence
}

fn end(how: EndOfConnection) -> ConnectionEnd {
    ConnectionEnd::new(address(PEER), how)
}

/// The keys of what was seen of a situation.
fn clues(situation: Situation, evidence: &Evidence) -> Vec<&'static str> {
    let check = peer::CHECKS.iter().find(|(of, _)| *of == situation);
    match check.unwrap().1(evidence) {
        Outcome::Is(_, clues) => clues.iter().map(|clue| clue.key).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn each_end_of_a_connection_has_its_situation() {
    let ended = |how, received, seconds| {
        found(&over(ConnectionEnd {
            received,
            seconds,
            ..end(how)
        }))
    };
    let shown = |situation| vec![(situation, Certainty::Shown)];
    let closed = ended(EndOfConnection::Closed, 0, 0);
    assert_eq!(closed, [(Situation::ClosesAtOnce, Certainty::Likely)]);
    assert_eq!(ended(EndOfConnection::Closed, 0, 30), []);
    assert_eq!(ended(EndOfConnection::Closed, 5, 0), []);
    assert_eq!(ended(EndOfConnection::ByUs, 0, 0), []);
    let reset = ended(EndOfConnection::Reset, 5, 3);
    assert_eq!(reset, shown(Situation::PeerResets));
    let mut half = tcp(&[b"a line\n"], &[]);
    known(&mut half).ends = vec![ConnectionEnd {
        seconds: 3,
        ..end(EndOfConnection::HalfClosed)
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
fn a_close_is_told_from_a_half_close_by_what_follows_the_fin() {
    let closes = Situation::ClosesAtOnce;
    let fin = |after_fin| ConnectionEnd {
        after_fin,
        ..end(EndOfConnection::Closed)
    };
    let unknown = over(fin(AfterFin::NotSent));
    assert_eq!(found(&unknown), [(closes, Certainty::Likely)]);
    let both = ["doctor.peer.closed", "doctor.peer.fin_only"];
    assert_eq!(clues(closes, &unknown), both);
    let refused = over(fin(AfterFin::Refused));
    assert_eq!(found(&refused), [(closes, Certainty::Shown)]);
    assert_eq!(found(&over(fin(AfterFin::Taken))), []);
    // The connection is still open on this side.
    let half = |after_fin, state, inode| {
        let mut evidence = tcp(&[b"a line\n"], &[]);
        known(&mut evidence).ends = vec![ConnectionEnd {
            after_fin,
            ..end(EndOfConnection::HalfClosed)
        }];
        *rows(&mut evidence) = vec![SocketRow {
            remote: Some(address(LOCAL)),
            state,
            inode,
            ..row(PEER, true)
        }];
        evidence
    };
    let halves = Situation::PeerHalfCloses;
    let last = |evidence: &Evidence| clues(halves, evidence).pop();
    // FIN_WAIT2 with and without a program; any other state tells nothing.
    let held = half(AfterFin::NotSent, 5, 7);
    assert_eq!(last(&held), Some("doctor.peer.still_there"));
    let abandoned = half(AfterFin::NotSent, 5, 0);
    assert_eq!(found(&abandoned), [(closes, Certainty::Shown)]);
    let unseen = half(AfterFin::NotSent, 1, 7);
    assert_eq!(last(&unseen), Some("doctor.peer.maybe_closed"));
    let taken = half(AfterFin::Taken, 1, 7);
    assert_eq!(last(&taken), Some("doctor.peer.still_there"));
}

#[test]
fn a_reset_is_counted_from_the_beginning_and_from_the_last_message() {
    let late = over(ConnectionEnd {
        received: 5,
        seconds: 30,
        since_sent: Some(4.0),
        ..end(EndOfConnection::Reset)
    });
    let both = ["doctor.peer.reset", "doctor.peer.after_message"];
    assert_eq!(clues(Situation::PeerResets, &late), both);
    // Long after everything was answered, it ends what is over.
    for (since_received, is_found) in [(0.1, true), (5.0, false)] {
        let mut ended = late.clone();
        let session = ended.session.as_mut().unwrap();
        session.unanswered = 0;
        session.ends[0].since_received = Some(since_received);
        assert_eq!(found(&ended).is_empty(), !is_found, "{since_received}");
    }
}

#[test]
fn a_server_of_tls_that_hangs_up_is_known_by_its_port_or_by_a_probe() {
    let hung_up = |how| {
        let mut evidence = over(ConnectionEnd {
            since_sent: Some(0.1),
            ..end(how)
        });
        evidence.peer.speaks_tls = Seen::Unseen(Unseen::NotAsked);
        evidence
    };
    let ends = [
        (
            EndOfConnection::Reset,
            Situation::PeerResets,
            Certainty::Shown,
        ),
        (
            EndOfConnection::Closed,
            Situation::ClosesAtOnce,
            Certainty::Likely,
        ),
    ];
    for (how, situation, certainty) in ends {
        let mut evidence = hung_up(how);
        assert_eq!(found(&evidence), [(situation, certainty)]);
        let said = clues(situation, &evidence);
        assert!(said.contains(&"doctor.peer.maybe_tls"), "{said:?}");
        let unseen = super::super::protocol::plain_to_tls(&evidence);
        assert!(matches!(unseen, Outcome::Unseen(Unseen::NotAsked)));
        evidence.peer.speaks_tls = Seen::Known(false);
        assert_eq!(found(&evidence), [(situation, certainty)]);
        let said = clues(situation, &evidence);
        assert!(!said.contains(&"doctor.peer.maybe_tls"), "{said:?}");
        evidence.peer.speaks_tls = Seen::Known(true);
        let shown = [(Situation::PlainToTls, Certainty::Shown)];
        assert_eq!(found(&evidence), shown);
    }
    let mut at_port = hung_up(EndOfConnection::Reset);
    known(&mut at_port).ends[0].peer = address("127.0.0.1:443");
    let likely = [(Situation::PlainToTls, Certainty::Likely)];
    assert_eq!(found(&at_port), likely);
    // Long after the last message, something else ended it.
    known(&mut at_port).ends[0].since_sent = Some(30.0);
    assert_eq!(found(&at_port), [(Situation::PeerResets, Certainty::Shown)]);
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
            found(&tcp(&[b"hi there\r\n"], &[answer])),
            expected,
            "{answer:?}"
        );
        assert_eq!(found(&tcp(&[], &[answer])), [], "only looking");
    }
    assert_eq!(found(&tcp(&[b"EHLO me\r\n"], &[b"220 mail ESMTP\r\n"])), []);
    assert_eq!(found(&tcp(&[b"PING\r\n"], &[b"-ERR no\r\n"])), []);
}

#[test]
fn a_client_that_only_looks_at_the_port_of_a_server_that_receives_is_no_cause() {
    for how in [EndOfConnection::Reset, EndOfConnection::Closed] {
        let mut server = over(end(how));
        known(&mut server).is_server = true;
        assert!(!found(&server).is_empty(), "nothing else ever came");
        known(&mut server).received.messages = 3;
        assert_eq!(found(&server), [], "{how:?}");
        // It leaves by RST once it has said everything.
        known(&mut server).ends[0].received = 9;
        known(&mut server).unanswered = 0;
        assert_eq!(found(&server), [], "{how:?}");
        let mut named = over(end(how));
        known(&mut named).is_server = true;
        named.question = Question::Session {
            transport: Transport::Tcp,
            local: Some(address(LOCAL)),
            to: None,
            from: Some(address("192.0.2.9:1")),
        };
        assert_eq!(found(&named), [], "another one is waited for");
    }
}

#[test]
fn a_peer_that_ends_the_connection_may_serve_another_client_of_this_machine() {
    let mut evidence = over(end(EndOfConnection::Closed));
    assert!(!clues(Situation::ClosesAtOnce, &evidence).contains(&"doctor.peer.other_client"));
    let other = SocketRow {
        remote: Some(address(PEER)),
        state: 1,
        ..row("127.0.0.1:5001", true)
    };
    rows(&mut evidence).push(other);
    assert!(clues(Situation::ClosesAtOnce, &evidence).contains(&"doctor.peer.other_client"));
    let mut reset = over(end(EndOfConnection::Reset));
    *rows(&mut reset) = rows(&mut evidence).clone();
    assert!(clues(Situation::PeerResets, &reset).contains(&"doctor.peer.other_client"));
}
