//! Requests and replies through a relay.

use super::*;
use crate::traffic::RecordOrigin;

const CLIENT: u16 = 1;
const TARGET: u16 = 9;

fn far(port: u16, number: u64) -> FarSide {
    FarSide {
        peer: peer(port),
        connection: ConnectionId::read(number),
    }
}

impl Walked {
    /// A relay receives these bytes, which are for the peer at port `to`.
    fn receive_for(&mut self, from: FarSide, to: u16, bytes: &[u8]) {
        let (time, origin) = (self.log.rows().end as i64, origin(to));
        self.push(|rows| rows.received_for(time, from, bytes, Arrival::default(), origin));
    }

    /// A relay passes on these bytes, which came from the peer at port `from`.
    fn forward(&mut self, to: FarSide, from: u16, bytes: &[u8]) {
        let (time, origin) = (self.log.rows().end as i64, origin(from));
        self.push(|rows| rows.sent_for(time, to, bytes, origin));
    }

    fn accept(&mut self, client: FarSide, target: FarSide) {
        let joined = Notice::Joined { peer: client.peer };
        self.push(|rows| rows.notice_of(0, client.connection, joined));
        let connected = Notice::Connected {
            peer: target.peer,
            local: peer(50_000),
        };
        self.push(|rows| rows.notice_of(0, target.connection, of_target(client, connected)));
    }

    /// Each line of a message: the request, and its reply.
    fn exchanges(&self) -> Vec<(String, Option<String>)> {
        let text = |message: &Message| {
            let (bytes, _) = bytes(&self.log, message, 100);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let index = self.log.messages().unwrap();
        let exchange = |message: &Message| {
            let reply = match message.role {
                MessageRole::Request(reply) => reply.and_then(|reply| index.get(reply)),
                _ => panic!("{message:?}"),
            };
            (text(message), reply.as_ref().map(text))
        };
        self.messages().iter().map(exchange).collect()
    }
}

fn origin(port: u16) -> RecordOrigin<'static> {
    RecordOrigin {
        rule: None,
        other: Some(peer(port)),
    }
}

fn of_target(client: FarSide, notice: Notice) -> Notice {
    let client = client.peer;
    Notice::Automatic(Box::new(crate::traffic::Automatic::ForClient {
        client,
        notice,
    }))
}

fn pair(request: &str, reply: &str) -> (String, Option<String>) {
    (request.into(), Some(reply.into()))
}

fn by_order(framing: Option<Framing>) -> Walked {
    Walked::new(query(framing, Some(Pairing::Order)))
}

#[test]
fn a_clients_request_has_the_targets_reply_and_is_listed_once() {
    let mut walked = by_order(Some(Framing::Lines));
    let (client, target) = (far(CLIENT, 3), far(TARGET, 4));
    walked.accept(client, target);
    walked.receive_for(client, TARGET, b"as");
    walked.forward(target, CLIENT, b"as");
    walked.receive_for(client, TARGET, b"k\n");
    walked.forward(target, CLIENT, b"k\n");
    walked.receive_for(target, CLIENT, b"answer\n");
    walked.forward(client, TARGET, b"answer\n");
    walked.follow();
    assert_eq!(walked.exchanges(), [pair("ask", "answer")]);
    let request = walked.messages()[0];
    assert_eq!((request.kind, request.reads), (RecordKind::Received, 2));
    // The messages of both directions are all listed where they are not paired.
    let mut all = Walked::lines();
    all.receive_for(client, TARGET, b"ask\n");
    all.forward(target, CLIENT, b"ask\n");
    all.follow();
    assert_eq!(all.texts(), ["ask", "ask"]);
}

#[test]
fn what_goes_on_is_listed_once_and_what_ends_with_its_direction_too() {
    let mut walked = by_order(Some(Framing::Lines));
    let (client, target) = (far(CLIENT, 3), far(TARGET, 4));
    walked.accept(client, target);
    walked.receive_for(client, TARGET, b"op");
    walked.forward(target, CLIENT, b"op");
    walked.follow();
    assert_eq!(walked.texts(), ["op"]);
    assert!(walked.messages()[0].goes_on());
    let finished = Notice::PeerFinished { peer: client.peer };
    walked.push(|rows| rows.notice_of(9, client.connection, finished));
    let passed_on = Notice::WriteClosed { peer: target.peer };
    walked.push(|rows| rows.notice_of(9, target.connection, of_target(client, passed_on)));
    walked.follow();
    assert_eq!(walked.texts(), ["op"]);
    let cut = walked.messages()[0];
    assert_eq!((cut.end, cut.goes_on()), (FrameEnd::Unfinished, false));
}

#[test]
fn a_target_that_greets_is_not_the_one_that_asks() {
    let mut walked = by_order(Some(Framing::Lines));
    let (client, target) = (far(CLIENT, 3), far(TARGET, 4));
    walked.accept(client, target);
    walked.receive_for(target, CLIENT, b"220 hello\n");
    walked.receive_for(client, TARGET, b"EHLO\n");
    walked.receive_for(target, CLIENT, b"250\n");
    walked.follow();
    let roles: Vec<_> = walked.messages().iter().map(|one| one.role).collect();
    assert_eq!(roles[0], MessageRole::Unasked);
    assert!(matches!(roles[1], MessageRole::Request(Some(_))));
    assert_eq!(walked.texts(), ["220 hello", "EHLO"]);
}

#[test]
fn a_rule_of_the_relay_may_reply_for_the_target() {
    let mut walked = by_order(Some(Framing::Lines));
    let (client, target) = (far(CLIENT, 3), far(TARGET, 4));
    walked.accept(client, target);
    walked.receive_for(client, TARGET, b"ask\n");
    walked.send(client, b"no\n");
    walked.follow();
    assert_eq!(walked.exchanges(), [pair("ask", "no")]);
}

#[test]
fn a_new_connection_from_the_same_address_is_another_conversation() {
    let mut walked = by_order(Some(Framing::Lines));
    let (client, target) = (far(CLIENT, 3), far(TARGET, 4));
    walked.accept(client, target);
    walked.receive_for(client, TARGET, b"first\n");
    for (side, notice) in [
        (client, closed()),
        (target, of_target(client, closed_at(TARGET))),
    ] {
        walked.push(|rows| rows.notice_of(9, side.connection, notice));
    }
    let (client, target) = (far(CLIENT, 5), far(TARGET, 6));
    walked.accept(client, target);
    walked.receive_for(client, TARGET, b"second\n");
    walked.receive_for(target, CLIENT, b"2\n");
    walked.follow();
    let expected = [("first".into(), None), pair("second", "2")];
    assert_eq!(walked.exchanges(), expected);
}

fn closed_at(port: u16) -> Notice {
    Notice::Closed {
        peer: peer(port),
        unsent: 0,
    }
}

#[test]
fn datagrams_of_several_clients_are_told_apart_at_one_target() {
    let mut walked = by_order(None);
    let target = peer(TARGET).into();
    for port in [1, 2] {
        let text = format!("ask {port}");
        walked.receive_for(peer(port).into(), TARGET, text.as_bytes());
        walked.forward(target, port, text.as_bytes());
    }
    for port in [2, 1] {
        let text = format!("answer {port}");
        walked.receive_for(target, port, text.as_bytes());
        walked.forward(peer(port).into(), TARGET, text.as_bytes());
    }
    walked.follow();
    let expected = [pair("ask 1", "answer 1"), pair("ask 2", "answer 2")];
    assert_eq!(walked.exchanges(), expected);
}
