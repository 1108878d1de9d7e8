//! Tests of the inbox, without sockets.

use super::used::BEGINNING;
use super::*;
use crate::connection_id::ConnectionId;
use crate::traffic::{Arrival, ChunkBuilder};

fn peer(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

fn message(port: u16, bytes: &[u8]) -> InboxMessage {
    InboxMessage {
        far: peer(port).into(),
        bytes: bytes.to_vec(),
    }
}

fn inbox(is_stream: bool, messages: &[(u16, &[u8])]) -> Inbox {
    let mut chunk = ChunkBuilder::default();
    for (port, bytes) in messages {
        chunk.received(0, peer(*port), bytes, Arrival::default());
    }
    let mut inbox = Inbox::new(is_stream, None);
    inbox.take(&chunk.finish());
    inbox
}

#[test]
fn datagrams_before_the_one_expected_are_used_up() {
    let mut inbox = inbox(false, &[(1, b"a"), (2, b"x"), (1, b"b"), (1, b"c")]);
    inbox.expect(1);
    assert!(inbox.find(&Expectation::exact(b"b"), Some(peer(1))));
    inbox.expect(2);
    assert!(!inbox.find(&Expectation::exact(b"a"), Some(peer(1))));
    let instead = inbox.instead(Some(peer(1)));
    assert_eq!(instead, [message(1, b"c")]);
    assert!(
        inbox.find(&Expectation::exact(b"x"), None),
        "another sender's stays"
    );
}

#[test]
fn a_stream_has_no_datagrams() {
    let mut inbox = inbox(true, &[(1, b"he"), (1, b"llo"), (2, b"yo")]);
    assert!(inbox.find(&Expectation::exact(b"hell"), None));
    assert!(inbox.find(&Expectation::exact(b"yo"), Some(peer(2))));
    assert_eq!(inbox.counted(None), 1);
    assert!(!inbox.find(&Expectation::exact(b"p"), None));
    assert_eq!(inbox.instead(None), [message(1, b"o")]);
}

#[test]
fn two_connections_from_one_address_are_two_streams() {
    let mut chunk = ChunkBuilder::default();
    for (number, bytes) in [(1, b"ab"), (2, b"xy"), (1, b"cd")] {
        let far = FarSide {
            peer: peer(1),
            connection: ConnectionId::read(number),
        };
        chunk.received(0, far, bytes, Arrival::default());
    }
    let mut inbox = Inbox::new(true, None);
    inbox.take(&chunk.finish());
    assert!(inbox.find(&Expectation::exact(b"abcd"), Some(peer(1))));
    assert!(inbox.find(&Expectation::exact(b"xy"), Some(peer(1))));
}

#[test]
fn what_was_used_up_last_is_remembered() {
    let long = [b'x'; 2 * BEGINNING];
    let used = |inbox: &Inbox| -> Vec<(usize, usize)> {
        inbox.used().map(|used| (used.step, used.length)).collect()
    };
    let mut inbox = inbox(false, &[(1, b"a"), (1, b"bb"), (2, &long), (1, b"cccc")]);
    inbox.expect(1);
    assert!(inbox.find(&Expectation::exact(b"bb"), None));
    assert_eq!(used(&inbox), [(1, 2)]);
    assert_eq!(inbox.others(Some(peer(1))).count(), 1);
    inbox.expect(2);
    assert!(inbox.count(1, None));
    // An unmatched message belongs to the step that did not match it.
    assert_eq!(used(&inbox), [(1, 2), (1, 1), (2, 2 * BEGINNING)]);
    assert_eq!(inbox.used().last().unwrap().beginning, long[..BEGINNING]);
    inbox.expect(3);
    inbox.instead(None);
    assert_eq!(used(&inbox)[3..], [(3, 4)]);
    for step in 4..=20 {
        inbox.expect(step);
        let mut chunk = ChunkBuilder::default();
        chunk.received(0, peer(1), b"next", Arrival::default());
        inbox.take(&chunk.finish());
        assert!(inbox.count(1, None));
    }
    let last: Vec<(usize, usize)> = (16..=20).map(|step| (step, 4)).collect();
    assert_eq!(used(&inbox), last);
}

#[test]
fn what_nobody_asks_for_is_not_kept_for_ever() {
    let mut inbox = Inbox {
        limit: 100 * EACH,
        ..Inbox::new(false, None)
    };
    for number in 0..1000_u16 {
        let mut chunk = ChunkBuilder::default();
        chunk.received(0, peer(1), &number.to_be_bytes(), Arrival::default());
        inbox.take(&chunk.finish());
    }
    let (kept, forgotten) = (inbox.counted(None), inbox.forgotten());
    assert!((40..=100).contains(&kept), "{kept}");
    assert_eq!((forgotten + kept as u64, inbox.forgotten()), (1000, 0));
    let newest = Expectation::exact(&999_u16.to_be_bytes());
    assert!(inbox.find(&newest, None));
}

#[test]
fn datagrams_are_counted_and_of_streams_bytes() {
    let messages: &[(u16, &[u8])] = &[(1, b"ab"), (2, b"cd"), (1, b"ef")];
    let mut datagrams = inbox(false, messages);
    assert!(!datagrams.count(3, Some(peer(1))) && datagrams.count(2, Some(peer(1))));
    assert_eq!(datagrams.counted(None), 1);
    let mut streams = inbox(true, messages);
    assert!(!streams.count(7, None) && streams.count(5, None));
    assert_eq!(streams.counted(None), 1);
}

#[test]
fn a_framed_stream_has_messages_however_the_reads_cut_them() {
    let mut chunk = ChunkBuilder::default();
    for (port, bytes) in [(1, &b"one\r\nt"[..]), (2, b"else\n"), (1, b"wo\n\nthr")] {
        chunk.received(0, peer(port), bytes, Arrival::default());
    }
    let mut inbox = Inbox::new(true, Some(Framing::Lines));
    inbox.take(&chunk.finish());
    assert!(!inbox.counts_bytes());
    assert_eq!(inbox.counted(Some(peer(1))), 3, "`thr` is not complete");
    assert_eq!(
        (inbox.unfinished(None), inbox.unfinished(Some(peer(2)))),
        (3, 0)
    );
    inbox.expect(1);
    assert!(inbox.find(&Expectation::exact(b"two"), Some(peer(1))));
    let instead = inbox.instead(None);
    assert_eq!(
        instead,
        [message(1, b"one"), message(2, b"else"), message(1, b"")]
    );
    let mut chunk = ChunkBuilder::default();
    chunk.notice(0, Notice::PeerFinished { peer: peer(1) });
    inbox.take(&chunk.finish());
    assert!(!inbox.find(&Expectation::exact(b"thr"), None), "cut off");
    assert_eq!((inbox.unfinished(None), inbox.unframed()), (0, 1));
}

#[test]
fn silence_ends_a_message_of_a_stream_framed_by_it() {
    let mut inbox = Inbox::new(true, Some(Framing::IdleGap(60_000_000)));
    let now = inbox.clock.now();
    for (time, bytes) in [(now, b"a"), (now + 1, b"b"), (now + 60_000_001, b"c")] {
        let mut chunk = ChunkBuilder::default();
        chunk.received(time, peer(1), bytes, Arrival::default());
        inbox.take(&chunk.finish());
    }
    inbox.take_due();
    assert_eq!(inbox.instead(None), [message(1, b"ab")]);
    assert!(inbox.deadline().is_some());
}

#[test]
fn what_is_no_message_is_counted() {
    let framing = Framing::LengthPrefix {
        width: 1,
        big_endian: true,
        offset: 0,
        includes_header: true,
        adjust: 0,
    };
    let mut chunk = ChunkBuilder::default();
    chunk.received(0, peer(1), b"\x00\x02a", Arrival::default());
    let mut inbox = Inbox::new(true, Some(framing));
    inbox.take(&chunk.finish());
    assert_eq!(inbox.unframed(), 1, "a length below that of its header");
    assert_eq!(inbox.instead(None), [message(1, b"\x02a")]);
}

#[test]
fn each_datagram_is_framed_by_itself() {
    let mut chunk = ChunkBuilder::default();
    for bytes in [&b"one\ntwo\nth"[..], b"ree\n"] {
        chunk.received(0, peer(1), bytes, Arrival::default());
    }
    let mut inbox = Inbox::new(false, Some(Framing::Lines));
    inbox.take(&chunk.finish());
    assert_eq!((inbox.unframed(), inbox.unfinished(None)), (1, 0), "`th`");
    let expected = [message(1, b"one"), message(1, b"two"), message(1, b"ree")];
    assert_eq!(inbox.instead(None), expected);
}
