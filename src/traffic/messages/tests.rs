//! Tests of the messages of a log.

mod found;
mod growing;
mod relayed;

use super::*;
use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;
use crate::traffic::framing::{FrameEnd, Framing};
use crate::traffic::{
    Arrival, BytesLocation, ChunkBuilder, Log, LogUnit, Notice, RecordKind, RowPosition, Rows,
    ViewOptions,
};
use std::net::SocketAddr;

/// The rows that most tests show.
const SHOWN: ViewOptions = ViewOptions {
    received: true,
    sent: true,
    events: true,
    lines: 1,
    failure_lines: 1,
    folds: false,
    unit: LogUnit::Message,
};

fn peer(port: u16) -> Peer {
    SocketAddr::from(([127, 0, 0, 1], port)).into()
}

/// The connection with this number.
fn connection(number: u64) -> FarSide {
    FarSide {
        peer: peer(1),
        connection: ConnectionId::read(number),
    }
}

fn query(framing: Option<Framing>, pairing: Option<Pairing>) -> MessageQuery {
    MessageQuery {
        framing: framing.into(),
        pairing,
        filter: None,
    }
}

/// A log whose messages are looked for.
struct Walked {
    log: Log,
    walk: MessageWalk,
}

impl Walked {
    fn new(query: MessageQuery) -> Self {
        Self::of(Log::default(), query)
    }

    fn of(mut log: Log, query: MessageQuery) -> Self {
        let query = Arc::new(query);
        log.look_for_messages(Some(MessageIndex::new(Arc::clone(&query))));
        let walk = MessageWalk::new(query);
        Self { log, walk }
    }

    fn lines() -> Self {
        Self::new(query(Some(Framing::Lines), None))
    }

    fn push(&mut self, build: impl FnOnce(&mut ChunkBuilder)) {
        let mut chunk = ChunkBuilder::default();
        build(&mut chunk);
        self.log.push(Arc::new(chunk.finish()));
    }

    fn receive(&mut self, far: impl Into<FarSide>, bytes: &[u8]) {
        let time = self.log.rows().end as i64;
        self.push(|rows| rows.received(time, far, bytes, Arrival::default()));
    }

    fn send(&mut self, far: impl Into<FarSide>, bytes: &[u8]) {
        let time = self.log.rows().end as i64;
        self.push(|rows| rows.sent(time, far, bytes));
    }

    /// Walks through all rows.
    fn follow(&mut self) {
        loop {
            let chunks = self.log.next_to_walk();
            if chunks.is_empty() {
                return;
            }
            for ChunkToWalk {
                slot,
                first_row,
                source,
            } in chunks
            {
                let BytesLocation::Memory(chunk) = source else {
                    panic!("not in memory");
                };
                let update = self.walk.walk(slot, first_row, Some(&chunk));
                self.log.take_messages(update);
            }
        }
    }

    fn rows(&self) -> Rows<'_> {
        Rows::new(&self.log, SHOWN, None)
    }

    fn messages(&self) -> Vec<Message> {
        let rows = self.rows().from(0);
        rows.filter_map(|line| line.message).collect()
    }

    /// The content of each message.
    fn texts(&self) -> Vec<String> {
        let text = |message: &Message| {
            let (bytes, unread) = bytes(&self.log, message, 100);
            assert_eq!(unread, UnreadBytes(0));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        self.messages().iter().map(text).collect()
    }
}

fn closed() -> Notice {
    Notice::Closed {
        peer: peer(1),
        unsent: 0,
    }
}

#[test]
fn a_message_names_the_reads_that_it_came_in() {
    let mut walked = Walked::lines();
    walked.receive(peer(1), b"one\r\ntw");
    walked.receive(peer(2), b"other\n");
    walked.receive(peer(1), b"o, lon");
    walked.receive(peer(1), b"ger\nthr");
    walked.follow();
    assert_eq!(walked.texts(), ["one", "other", "two, longer", "thr"]);
    let places = walked.messages();
    let places = places
        .iter()
        .map(|one| (one.first_row, one.last_row, one.reads, one.length));
    let expected = [(0, 0, 1, 3), (1, 1, 1, 5), (0, 3, 3, 11), (3, 3, 1, 3)];
    assert!(places.eq(expected));
    let ends: Vec<_> = walked.messages().iter().map(|one| one.end).collect();
    let expected = [
        FrameEnd::Delimited(2),
        FrameEnd::Delimited(1),
        FrameEnd::Delimited(1),
        FrameEnd::Unfinished,
    ];
    assert_eq!(ends, expected);
}

#[test]
fn a_message_that_goes_on_stands_last_until_it_ends() {
    let mut walked = Walked::lines();
    walked.receive(peer(1), b"be");
    walked.receive(peer(2), b"whole\n");
    walked.follow();
    assert_eq!(walked.texts(), ["whole", "be"]);
    assert!(walked.messages()[1].goes_on());
    let id = walked.messages()[1].id.number();
    assert_eq!(walked.rows().line_of(id), Some(1));
    assert_eq!(walked.rows().lines(), 0..2);
    walked.receive(peer(1), b"gin\n");
    walked.follow();
    assert_eq!(walked.texts(), ["whole", "begin"]);
    assert!(!walked.messages()[1].goes_on());
}

#[test]
fn what_an_end_of_a_stream_cut_off_stands_before_the_event() {
    let mut walked = Walked::lines();
    walked.receive(connection(7), b"par");
    walked.receive(connection(8), b"t");
    walked.push(|rows| rows.notice_of(5, connection(7).connection, closed()));
    walked.receive(connection(8), b"wo\n");
    walked.follow();
    let lines: Vec<RowPosition<'_>> = walked.rows().from(0).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line.record.kind()).collect();
    let received = RecordKind::Received;
    assert_eq!(kinds, [received, RecordKind::Notice, received]);
    assert_eq!(walked.texts(), ["par", "two"]);
    let cut = lines[0].message.unwrap();
    assert_eq!((cut.end, cut.goes_on()), (FrameEnd::Unfinished, false));
    // Its details are those of its last read.
    assert_eq!((lines[0].row, cut.id.row()), (0, 2));
    assert_eq!(walked.rows().row_of(lines[0].id), 0);
    assert_eq!(lines[0].record.bytes(), b"par");
}

#[test]
fn silence_ends_a_message_in_its_own_read() {
    let mut walked = Walked::new(query(Some(Framing::IdleGap(10)), None));
    for (time, bytes) in [(0, b"a"), (5, b"b"), (20, b"c")] {
        walked.push(|rows| rows.received(time, peer(1), bytes, Arrival::default()));
    }
    walked.follow();
    assert_eq!(walked.texts(), ["ab", "c"]);
    let first = walked.rows().from(0).next().unwrap();
    assert_eq!((first.row, first.record.time), (1, 5));
}

#[test]
fn without_framing_each_row_is_a_message() {
    let mut walked = Walked::new(query(None, None));
    walked.receive(peer(1), b"one\ntwo\n");
    walked.send(peer(1), b"");
    walked.follow();
    assert_eq!(walked.texts(), ["one\ntwo\n", ""]);
    let rows: Vec<u64> = walked.rows().from(0).map(|line| line.row).collect();
    assert_eq!(rows, [0, 1]);
}

#[test]
fn each_direction_has_its_framing() {
    let framing = SessionFraming::new(Some(Framing::Fixed(2)), Some(Framing::Lines), false);
    let mut walked = Walked::new(MessageQuery {
        framing,
        ..query(None, None)
    });
    walked.send(peer(1), b"ask\nag");
    walked.receive(peer(1), b"1\n2");
    walked.send(peer(1), b"ain\n");
    walked.follow();
    assert_eq!(walked.texts(), ["ask", "1\n", "again", "2"]);
}

#[test]
fn a_datagram_has_messages_of_its_own_and_what_it_leaves_is_unfinished() {
    let framing = SessionFraming::new(Some(Framing::Lines), None, true);
    let mut walked = Walked::new(MessageQuery {
        framing,
        ..query(None, Some(Pairing::Order))
    });
    walked.receive(peer(1), b"one\ntwo\nth");
    walked.receive(peer(1), b"three\n");
    walked.send(peer(1), b"1\n2\n");
    walked.follow();
    assert_eq!(walked.texts(), ["one", "two", "th", "three"]);
    let messages = walked.messages();
    let ends: Vec<_> = messages.iter().map(|one| one.end).collect();
    let (line, open) = (FrameEnd::Delimited(1), FrameEnd::Unfinished);
    assert_eq!(ends, [line, line, open, line]);
    assert!(messages.iter().all(|one| !one.goes_on()));
    let is_answered = |one: &Message| matches!(one.role, MessageRole::Request(Some(_)));
    let answered: Vec<bool> = messages.iter().map(is_answered).collect();
    assert_eq!(answered, [true, true, false, false]);
}

#[test]
fn the_lines_of_reads_stay_as_they_are() {
    let mut walked = Walked::lines();
    walked.receive(peer(1), b"one\ntwo\n");
    walked.follow();
    let reads = ViewOptions {
        unit: LogUnit::Read,
        ..SHOWN
    };
    let rows = Rows::new(&walked.log, reads, None);
    assert_eq!((rows.lines(), walked.rows().lines()), (0..1, 0..2));
    assert!(rows.from(0).all(|line| line.message.is_none()));
}

#[test]
fn stuffed_messages_have_their_length_on_the_wire() {
    let mut walked = Walked::new(query(Some(Framing::Cobs), None));
    walked.receive(peer(1), b"\x02a\x02b\0");
    walked.follow();
    let message = walked.messages()[0];
    assert_eq!((message.length, message.end), (4, FrameEnd::Delimited(1)));
    let (bytes, _) = bytes(&walked.log, &message, 100);
    assert_eq!(Framing::Cobs.unstuffed(bytes).unwrap(), &b"a\0b"[..]);
}

#[test]
fn bytes_that_the_log_trimmed_are_missing() {
    let mut walked = Walked::of(Log::new(1), query(Some(Framing::Lines), None));
    let begin = [b'x'; 100_000];
    walked.receive(peer(1), &begin);
    walked.follow();
    walked.receive(peer(1), b"end\n");
    walked.follow();
    assert_eq!(walked.log.rows(), 1..2);
    let message = walked.messages()[0];
    assert_eq!((message.first_row, message.length), (0, 100_003));
    let (bytes, unread) = bytes(&walked.log, &message, usize::MAX);
    assert_eq!((&*bytes, unread), (&b"end"[..], UnreadBytes(100_000)));
}
