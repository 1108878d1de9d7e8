//! Two connections from one address to two of ours are distinct. macOS has no 127.0.0.2.

use super::probe::{DEADLINE, Fact, Probe};
use super::rules::{follow, reply, rule, then};
use super::tcp::closed_port;
use super::tcp_ends::connect_from;
use netpeer::automation::Limits;
use netpeer::automation::Plan;
use netpeer::automation::rules::{ActionKind, BytePattern, Condition};
use netpeer::connection_id::ConnectionId;
use netpeer::engine::{Command, ConnectionCommand, SEND_QUEUE, SenderCommand, Setup, Target};
use netpeer::payload::message::Message;
use netpeer::traffic::Notice;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A server on all addresses, and two connections to it from one address.
fn twins() -> (Probe, SocketAddr, [TcpStream; 2], [ConnectionId; 2]) {
    let local = "0.0.0.0:0".parse().unwrap();
    let mut probe = Probe::open(Setup::tcp_server(local));
    let port = probe.until_notice(|notice| match notice {
        Notice::Listening { local } => Some(local.address().unwrap().port()),
        _ => None,
    });
    let peer = closed_port();
    let streams = [1, 2].map(|last| {
        let stream = connect_from(peer, SocketAddr::from(([127, 0, 0, last], port)));
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    });
    probe.until(|facts| {
        let joined = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Joined { .. }));
        (facts.iter().filter(joined).count() == 2).then_some(())
    });
    let ids = probe.connections(peer).try_into().unwrap();
    (probe, peer, streams, ids)
}

fn heard(stream: &mut TcpStream, length: usize) -> String {
    let mut buffer = vec![0; length];
    stream.read_exact(&mut buffer).unwrap();
    String::from_utf8(buffer).unwrap()
}

#[test]
fn what_is_sent_goes_by_the_connection_that_is_named() {
    let (mut probe, peer, mut streams, ids) = twins();
    for (id, text) in ids.into_iter().zip(["first", "other"]) {
        let to = Target::Connection(id);
        probe.link.command(Command::send(to, text.as_bytes()));
    }
    assert_eq!(
        streams.each_mut().map(|stream| heard(stream, 5)),
        ["first", "other"]
    );
    // Repeated messages do so too.
    let message = Message::from(Arc::<[u8]>::from(&b"again"[..]));
    let plan = Plan::every(Duration::from_millis(1), Arc::new(message), Some(1));
    let to = Target::Connection(ids[1]);
    probe.link.command(SenderCommand::Repeat { to, plan });
    assert_eq!(heard(&mut streams[1], 5), "again");
    let [first, _] = ids;
    let finish = ConnectionCommand::FinishWriting;
    probe.link.command(Command::Connection(first, finish));
    assert_eq!(streams[0].read(&mut [0; 8]).unwrap(), 0);
    let disconnect = ConnectionCommand::Disconnect;
    probe.link.command(Command::Connection(first, disconnect));
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
    streams[1].write_all(b"still here").unwrap();
    probe.until_fact(&Fact::Received(peer, b"still here".to_vec()));
    assert_eq!(probe.connections(peer), ids[1..]);
    // The name of a closed connection still gives its peer.
    let to = Target::Connection(first);
    probe.link.command(Command::send(to, &b"too late"[..]));
    assert_eq!(probe.until_failure().address, peer.to_string());
}

#[test]
fn a_rule_answers_and_closes_the_connection_it_was_asked_by() {
    let (mut probe, peer, mut streams, _) = twins();
    let close = rule(
        "close",
        Condition::Is(BytePattern::text("bye")),
        vec![reply("see you"), then(ActionKind::Close)],
    );
    let reset = rule(
        "reset",
        Condition::Is(BytePattern::text("rst")),
        vec![then(ActionKind::Reset)],
    );
    follow(&probe, &[close, reset], Limits::none());
    streams[1].write_all(b"bye").unwrap();
    let mut all = String::new();
    streams[1].read_to_string(&mut all).unwrap();
    assert_eq!(all, "see you");
    streams[0].write_all(b"still here").unwrap();
    probe.until_fact(&Fact::Received(peer, b"still here".to_vec()));
    streams[0].write_all(b"rst").unwrap();
    let error = streams[0].read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn each_counts_what_waits_for_itself() {
    let (mut probe, peer, _streams, ids) = twins();
    let large = vec![0; SEND_QUEUE];
    let to = Target::Connection(ids[0]);
    probe.link.command(Command::send(to, large));
    let waiting = probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Unsent(waiting) if !waiting.is_empty() => Some(waiting.clone()),
            _ => None,
        })
    });
    let [(of, _)] = waiting[..] else {
        panic!("more than one waits: {waiting:?}");
    };
    assert_eq!(of, peer);
}
