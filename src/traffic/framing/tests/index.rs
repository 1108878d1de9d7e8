//! Tests of the frames of a log.

use super::{framings, split, stream};
use crate::connection_id::{ConnectionId, FarSide};
use crate::traffic::framing::*;
use crate::traffic::{Arrival, ChunkBuilder, Log, Notice, RecordKind};
use proptest::prelude::*;
use std::net::SocketAddr;
use std::sync::Arc;

fn peer(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn push(log: &mut Log, build: impl FnOnce(&mut ChunkBuilder)) {
    let mut chunk = ChunkBuilder::default();
    build(&mut chunk);
    log.push(Arc::new(chunk.finish()));
}

fn receive(log: &mut Log, bytes: &[u8]) {
    push(log, |chunk| {
        chunk.received(0, peer(1), bytes, Arrival::default());
    });
}

fn index() -> FrameIndex {
    FrameIndex::new(peer(1).into(), RecordKind::Received, Framing::Lines)
}

fn lines(index: &FrameIndex, log: &Log) -> Vec<String> {
    let text = |frame| String::from_utf8(index.bytes(frame, log, 100)).unwrap();
    index.frames().iter().map(text).collect()
}

#[test]
fn two_connections_from_one_address_are_two_streams() {
    let (mut log, ids) = (Log::default(), [1, 2].map(ConnectionId::read));
    let far = ids.map(|connection| FarSide {
        peer: peer(1).into(),
        connection,
    });
    let closed = Notice::Closed {
        peer: peer(1).into(),
        unsent: 0,
    };
    push(&mut log, |chunk| {
        chunk.received(0, far[0], b"on", Arrival::default());
        chunk.received(0, far[1], b"oth", Arrival::default());
        chunk.notice_of(0, ids[1], closed);
        chunk.received(0, far[0], b"e\n", Arrival::default());
    });
    let [mut first, mut second] =
        far.map(|far| FrameIndex::new(far, RecordKind::Received, Framing::Lines));
    first.follow(&log, 10);
    second.follow(&log, 10);
    assert_eq!(lines(&first, &log), ["one"]);
    assert_eq!((first.cut_off(), second.cut_off()), (0, 1));
}

#[test]
fn an_index_takes_one_direction_of_one_peer_and_follows() {
    let (mut log, mut index) = (Log::default(), index());
    assert!(!index.follow(&log, 10));
    push(&mut log, |chunk| {
        chunk.notice(
            0,
            Notice::Joined {
                peer: peer(1).into(),
            },
        );
        chunk.received(0, peer(1), b"on", Arrival::default());
        chunk.received(0, peer(2), b"other\n", Arrival::default());
        chunk.sent(0, peer(1), b"sent\n");
        chunk.received(0, peer(1), b"e\r\ntw", Arrival::default());
    });
    assert!(index.follow(&log, 3));
    assert_eq!(lines(&index, &log), Vec::<String>::new());
    assert!(!index.follow(&log, 3));
    assert_eq!(lines(&index, &log), ["one"]);
    assert_eq!(index.unfinished().map(|frame| frame.length), Some(2));
    receive(&mut log, b"o\n");
    assert!(!index.follow(&log, 10));
    assert_eq!(lines(&index, &log), ["one", "two"]);
    let frame = index.frames()[1].clone();
    assert_eq!((frame.first_row, frame.last_row), (4, 5));
    assert_eq!(index.bytes(&frame, &log, 2), b"tw");
    let mut sent = FrameIndex::new(peer(1).into(), RecordKind::Sent, Framing::Lines);
    sent.follow(&log, 10);
    assert_eq!(lines(&sent, &log), ["sent"]);
}

#[test]
fn another_connection_of_the_same_peer_is_another_stream() {
    let (mut log, mut index) = (Log::default(), index());
    push(&mut log, |chunk| {
        chunk.received(0, peer(1), b"cut", Arrival::default());
        chunk.notice(
            0,
            Notice::Joined {
                peer: peer(2).into(),
            },
        );
        chunk.received(0, peer(1), b" off", Arrival::default());
        chunk.notice(
            0,
            Notice::Joined {
                peer: peer(1).into(),
            },
        );
        chunk.received(0, peer(1), b"whole\nlast", Arrival::default());
        chunk.notice(
            0,
            Notice::PeerFinished {
                peer: peer(1).into(),
            },
        );
    });
    index.follow(&log, 100);
    assert_eq!(lines(&index, &log), ["cut off", "whole", "last"]);
    let ends: Vec<FrameEnd> = index.frames().iter().map(|frame| frame.end).collect();
    assert_eq!(
        ends,
        [
            FrameEnd::Unfinished,
            FrameEnd::Delimited(1),
            FrameEnd::Unfinished
        ]
    );
}

#[test]
fn what_an_end_of_the_connection_cut_off_is_no_message() {
    let peer = peer(1);
    let ends = [
        Notice::PeerReset {
            peer: peer.into(),
            unsent: 0,
        },
        Notice::Reset {
            peer: peer.into(),
            unsent: 0,
        },
        Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        },
        Notice::PeerFinished { peer: peer.into() },
    ];
    for end in ends {
        let (mut log, mut index) = (Log::default(), index());
        receive(&mut log, b"one\ntwo\npart");
        index.follow(&log, 100);
        assert_eq!((index.messages(), index.cut_off()), (2, 0));
        push(&mut log, |chunk| {
            chunk.notice(0, end.clone());
            chunk.notice(0, Notice::Joined { peer: peer.into() });
            chunk.received(0, peer, b"three\n", Arrival::default());
        });
        index.follow(&log, 100);
        let counts = (index.messages(), index.cut_off(), index.cut_off_bytes());
        assert_eq!(counts, (3, 1, 4), "{end:?}");
        let numbers: Vec<_> = (0..5).map(|place| index.number(place)).collect();
        assert_eq!(numbers, [Some(1), Some(2), None, Some(3), None], "{end:?}");
    }
    // Where an idle gap ends messages, the end of the connection does too.
    let mut log = Log::default();
    let mut silence = FrameIndex::new(peer.into(), RecordKind::Received, Framing::IdleGap(1_000));
    receive(&mut log, b"part");
    push(&mut log, |chunk| {
        chunk.notice(
            0,
            Notice::PeerReset {
                peer: peer.into(),
                unsent: 0,
            },
        );
    });
    silence.follow(&log, 100);
    assert_eq!((silence.messages(), silence.cut_off()), (1, 0));
}

#[test]
fn messages_keep_their_numbers_when_older_ones_are_let_go() {
    let mut log = Log::default();
    let mut index = FrameIndex::new(peer(1).into(), RecordKind::Received, Framing::Fixed(2));
    for _ in 0..3 {
        push(&mut log, |chunk| {
            chunk.received(0, peer(1), &[b'x'; 80_001], Arrival::default());
            chunk.notice(
                0,
                Notice::Closed {
                    peer: peer(1).into(),
                    unsent: 0,
                },
            );
        });
    }
    index.follow(&log, 100);
    // 40,000 messages and one that was cut off, three times; the first 20,003 were dropped.
    assert_eq!((index.messages(), index.cut_off()), (120_000, 3));
    assert_eq!(index.let_go(), 20_003);
    let numbers = [0, 19_996, 19_997, 19_998, 99_999].map(|place| index.number(place));
    let expected = [Some(20_004), Some(40_000), None, Some(40_001), None];
    assert_eq!(numbers, expected);
}

#[test]
fn a_cleared_log_is_begun_again() {
    for rows_later in [1, 2, 5] {
        let (mut log, mut index) = (Log::default(), index());
        for _ in 0..2 {
            receive(&mut log, b"old\nold");
        }
        index.follow(&log, 100);
        log.clear();
        for _ in 0..rows_later {
            receive(&mut log, b"new\n");
        }
        index.follow(&log, 100);
        assert_eq!(lines(&index, &log), vec!["new"; rows_later]);
        assert_eq!(index.unfinished(), None);
    }
    let (mut log, mut index) = (Log::default(), index());
    receive(&mut log, b"old\n");
    index.follow(&log, 100);
    log.clear();
    index.follow(&log, 100);
    assert!(index.frames().is_empty());
}

#[test]
fn frames_of_rows_that_left_the_log_are_let_go() {
    let (mut log, mut index) = (Log::new(500_000), index());
    let mut line = vec![b'x'; 100_000];
    line.extend_from_slice(b"\nrest ");
    let mut found = 0;
    for _ in 0..40 {
        receive(&mut log, &line);
        found += 1;
        assert!(!index.follow(&log, 100));
        let held = index
            .frames()
            .iter()
            .all(|frame| log.rows().contains(&frame.first_row));
        assert!(held);
        assert_eq!(index.let_go() + index.frames().len() as u64, found);
    }
    assert!(index.let_go() > 30);
    // The index never saw these rows: the incomplete frame stays incomplete.
    for _ in 0..40 {
        receive(&mut log, &line);
    }
    index.follow(&log, 100);
    assert_eq!(
        index.frames().len() as u64,
        log.rows().end - log.rows().start
    );
    assert_eq!(index.frames()[0].length, 100_000);
}

#[test]
fn the_newest_hundred_thousand_are_kept() {
    let mut log = Log::default();
    let mut index = FrameIndex::new(peer(1).into(), RecordKind::Received, Framing::Fixed(1));
    for _ in 0..3 {
        receive(&mut log, &[b'x'; 50_000]);
    }
    index.follow(&log, 100);
    assert_eq!((index.frames().len(), index.let_go()), (100_000, 50_000));
    assert_eq!(index.frames()[0].first_row, 1);
}

#[test]
fn each_datagram_is_framed_by_itself() {
    let session = SessionFraming::new(Some(Framing::Lines), None, true);
    let far = peer(1).into();
    let mut index = FrameIndex::of(far, RecordKind::Received, &session).unwrap();
    assert!(index.is_of(&session) && !index.is_of(&Framing::Lines.into()));
    let mut log = Log::default();
    for bytes in [&b"one\ntwo\nth"[..], b"ree\n"] {
        receive(&mut log, bytes);
    }
    index.follow(&log, 100);
    assert_eq!(lines(&index, &log), ["one", "two", "th", "ree"]);
    assert_eq!((index.messages(), index.cut_off()), (3, 1));
    assert_eq!(index.unfinished(), None);
}

proptest! {
    #[test]
    fn walking_in_steps_finds_what_walking_at_once_finds(
        stream in stream(),
        cuts in prop::collection::vec(1_usize..7, 1..20),
        budget in 1_usize..5,
        framing in framings(),
    ) {
        let (mut log, new) = (Log::default(), || {
            FrameIndex::new(peer(1).into(), RecordKind::Received, framing.clone())
        });
        let (mut steps, mut once) = (new(), new());
        for read in split(&stream, &cuts) {
            receive(&mut log, read);
            steps.follow(&log, budget);
        }
        while steps.follow(&log, budget) {}
        prop_assert!(!steps.follow(&log, usize::MAX));
        once.follow(&log, usize::MAX);
        prop_assert_eq!(steps.frames(), once.frames());
        prop_assert_eq!(steps.unfinished(), once.unfinished());
    }
}
