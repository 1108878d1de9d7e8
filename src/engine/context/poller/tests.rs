//! Tests of polling without sockets.

use super::*;
use crate::engine::command::PolledRequest;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::schema::Schema;
use crate::traffic::MessageSchema;
use crate::traffic::framing::SessionFraming;
use crate::traffic::messages::{PairField, Pairing};
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

fn peer(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

/// A plan of lines with these ids, of which those that are `None` are off.
fn plan(lines: &[(u32, Option<&str>)], pairing: Pairing) -> PollPlan {
    let request = |text: &str| PolledRequest {
        timing: PollTiming {
            period: 100 * MILLI,
            timeout: 50 * MILLI,
        },
        message: PreparedPayload::Written {
            message: Message::from(Arc::<[u8]>::from(text.as_bytes())),
            gbk: None,
        },
        show: Vec::new(),
    };
    let lines = lines.iter().map(|(id, text)| PlannedPoll {
        id: *id,
        request: text.map(request),
    });
    PollPlan {
        lines: lines.collect(),
        overlaps: false,
        pairing,
        described: None,
    }
}

/// A table at a time that the test sets.
struct Table {
    poller: Poller,
    began: Instant,
}

impl Table {
    fn new(plan: PollPlan) -> Self {
        let mut poller = Poller::default();
        let began = Instant::now();
        poller.follow(Target::Peer(peer(1)), plan.into(), began);
        Self { poller, began }
    }

    fn at(&self, millis: u32) -> Instant {
        self.began + millis * MILLI
    }

    /// Sends what is due; the ids.
    fn send(&mut self, millis: u32) -> Vec<u32> {
        let now = self.at(millis);
        let mut sent = Vec::new();
        while let Some(request) = self.poller.next(now) {
            let PreparedPayload::Written { message, .. } = &request.message else {
                panic!("{:?}", request.message);
            };
            let time = 1_000 * i64::from(millis);
            self.poller.sent(request.id, message.fixed().unwrap(), time);
            sent.push(request.id);
        }
        sent
    }

    fn reply(&mut self, from: Peer, millis: i64, bytes: &[u8]) {
        let (inbound, interfaces) = (Inbound::new(from, bytes), Interfaces::default());
        self.poller
            .on_inbound(from.into(), &inbound, 1_000 * millis, &interfaces);
    }

    fn line(&mut self, place: usize) -> PolledLine {
        self.poller.report().unwrap().lines[place].clone()
    }
}

#[test]
fn a_reply_has_its_round_trip_and_another_peer_answers_nothing() {
    let mut table = Table::new(plan(&[(1, Some("?"))], Pairing::Order));
    assert_eq!(table.send(0), [1]);
    table.reply(peer(2), 3, b"other");
    assert_eq!(table.line(0).replies, 0);
    table.reply(peer(1), 7, b"23.5\r\n");
    let line = table.line(0);
    let last = line.last.unwrap();
    assert_eq!((&*last.text, last.round_trip), ("23.5", 7 * MILLI));
    assert_eq!((line.requests, line.replies, line.timeouts), (1, 1, 0));
    // It answers once.
    table.reply(peer(1), 8, b"24");
    assert_eq!(table.line(0).replies, 1);
}

#[test]
fn a_request_without_a_reply_is_counted_and_the_last_value_stays() {
    let mut table = Table::new(plan(&[(1, Some("?"))], Pairing::Order));
    table.send(0);
    table.reply(peer(1), 1, b"1");
    assert_eq!(table.send(100), [1]);
    let deadline = table.at(150);
    assert_eq!(table.poller.deadline(), Some(deadline));
    table.poller.expire(deadline);
    let line = table.line(0);
    assert_eq!(
        (line.timeouts, line.problem),
        (1, Some(PollProblem::Timeout))
    );
    assert_eq!(line.last.unwrap().text, "1");
    // What comes too late answers nothing.
    table.reply(peer(1), 160, b"2");
    assert_eq!(table.line(0).replies, 1);
}

#[test]
fn a_new_plan_keeps_the_state_of_its_lines() {
    let mut table = Table::new(plan(&[(1, Some("a")), (2, Some("b"))], Pairing::Order));
    table.send(0);
    table.reply(peer(1), 1, b"1");
    assert_eq!(table.send(2), [2]);
    table.reply(peer(1), 3, b"2");
    let (now, next) = (
        table.at(10),
        plan(&[(2, None), (1, Some("a"))], Pairing::Order),
    );
    table.poller.follow(Target::Peer(peer(1)), next.into(), now);
    assert_eq!((table.line(0).id, table.line(0).replies), (2, 1));
    assert_eq!((table.line(1).id, table.line(1).replies), (1, 1));
    assert_eq!(table.send(99), [0; 0]);
    assert_eq!(table.send(100), [1]);
    // The end keeps it too, and a new start forgets it.
    table.poller.end(PollEnd::Stopped);
    assert_eq!(table.send(500), [0; 0]);
    assert_eq!(table.line(1).requests, 2);
    let (now, next) = (table.at(600), plan(&[(1, Some("a"))], Pairing::Order));
    table.poller.follow(Target::Peer(peer(1)), next.into(), now);
    assert_eq!(table.line(0).requests, 0);
}

#[test]
fn a_field_finds_the_request_and_a_late_reply_answers_no_other() {
    let text = r#"(meta: (id: "p"), seq: [(id: "number", type: "u1"), (id: "temp", type: "u1")])"#;
    let described = Arc::new(MessageSchema {
        schema: Schema::read(text).unwrap(),
        framing: SessionFraming::default(),
    });
    let pairing = Pairing::Field(PairField::new("number", &described).unwrap());
    let mut plan = plan(&[(1, Some("\x01\x00")), (2, Some("\x02\x00"))], pairing);
    for line in &mut plan.lines {
        let request = line.request.as_mut().unwrap();
        request.show = vec![described.schema.field_path("temp").unwrap()];
    }
    plan.described = Some(described);
    let mut table = Table::new(plan);
    assert_eq!(table.send(0), [1]);
    let late = table.at(50);
    table.poller.expire(late);
    assert_eq!(table.send(51), [2]);
    table.reply(peer(1), 52, b"\x01\x07");
    assert_eq!(table.line(1).replies, 0);
    table.reply(peer(1), 53, b"\x02\x08");
    let last = table.line(1).last.unwrap();
    assert_eq!(last.values[0].as_ref().unwrap().text, "8");
    // A reply with a fault is counted, and its value is not shown.
    table.send(100);
    table.reply(peer(1), 101, b"\x01");
    let line = table.line(0);
    assert_eq!((line.replies, line.faulty, line.last), (1, 1, None));
    assert!(matches!(line.problem, Some(PollProblem::Fault(path, _)) if path == "temp"));
}
