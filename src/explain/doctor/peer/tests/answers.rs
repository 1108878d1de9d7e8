//! What is read, and where answers go.

use super::{LONG, PEER, address, connection, found, known, rows, tcp, udp};
use crate::engine::evidence::{ConnectionFacts, EarlierAddress, Seen};
use crate::explain::doctor::diagnosis::Certainty;
use crate::explain::doctor::{Cure, Situation, peer};

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
        queued: 100_000,
        unsent: Some(100_000),
        window: Some(0),
        progress: Some(0),
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
    assert_eq!(other(|facts| facts.progress = Some(1_448)), [], "slowly");
    let likely = [(Situation::PeerDoesNotRead, Certainty::Likely)];
    assert_eq!(
        other(|facts| facts.progress = None),
        likely,
        "no second look"
    );
    assert_eq!(other(|facts| facts.window = Some(65_536)), []);
    assert_eq!(other(|facts| facts.queued += 9), [], "a lossy path");
    assert_eq!(other(|facts| facts.unsent = Some(0)), []);
    assert_eq!(
        other(|facts| facts.unsent = None),
        [],
        "only the sum is known"
    );
    let old = other(|facts| (facts.window, facts.probes) = (None, 3));
    assert_eq!(old, [(Situation::PeerDoesNotRead, Certainty::Likely)]);
}

#[test]
fn an_echo_that_is_cut_shows_a_small_buffer() {
    let expected = [(Situation::PeerReadsTooLittle, Certainty::Likely)];
    let cut = &LONG[..15];
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
    // Another machine may be off, as well.
    let mut far = old.clone();
    far.peer.is_here = false;
    assert_eq!(found(&far), []);
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
