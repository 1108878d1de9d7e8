//! Ends of connections, and what is spoken on them.

use super::{PEER, address, connection, found, known, rows, tcp};
use crate::engine::evidence::{ConnectionEnd, ConnectionFacts, EndOfConnection, Seen};
use crate::explain::doctor::Situation;
use crate::explain::doctor::diagnosis::Certainty;

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
            found(&tcp(&[b"hi there\r\n"], &[answer])),
            expected,
            "{answer:?}"
        );
        assert_eq!(found(&tcp(&[], &[answer])), [], "only looking");
    }
    assert_eq!(found(&tcp(&[b"EHLO me\r\n"], &[b"220 mail ESMTP\r\n"])), []);
    assert_eq!(found(&tcp(&[b"PING\r\n"], &[b"-ERR no\r\n"])), []);
}
