//! Every message that a front end sends is acknowledged, with its result.

use super::impair::impair;
use super::probe::{Fact, Probe};
use super::relay_tcp::{relay, through};
use super::tcp::{connect, joined};
use crate::sockets::far_side;
use netpeer::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment, Loss};
use netpeer::engine::{Command, ConnectionCommand, SEND_QUEUE};
use std::io::Read as _;

#[test]
fn datagrams_are_acknowledged_after_their_rows_and_those_that_fail_by_number() {
    let (_socket, to) = far_side();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    for bytes in [&b"first"[..], &[0; 65_508], b"last"] {
        probe.send(to, bytes);
    }
    assert_eq!(probe.until_acknowledged(3), [2]);
    for sent in ["first", "last"] {
        assert!(probe.facts.contains(&Fact::Sent(to, sent.into())), "{sent}");
    }
}

#[test]
fn what_a_simulated_network_delays_is_acknowledged_late_and_what_it_loses_as_sent() {
    let (_socket, to) = far_side();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let datagrams = DatagramPlan {
        loss: Loss::EveryNth(3),
        duplicate: 100.0,
        delay: Delay {
            millis: 100.0,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    };
    let outgoing = DirectionPlan {
        datagrams,
        ..DirectionPlan::default()
    };
    impair(
        &probe,
        Impairment {
            outgoing,
            ..Impairment::default()
        },
    );
    for bytes in [b"1", b"2", b"3"] {
        probe.send(to, bytes);
    }
    assert!(probe.until_acknowledged(3).is_empty());
    for sent in ["1", "2"] {
        let fact = Fact::Sent(to, sent.into());
        let count = probe.facts.iter().filter(|other| **other == fact).count();
        assert_eq!(count, 2, "{sent}");
    }
    // A message that waits at the end of the session was not sent.
    probe.send(to, b"4");
    probe.send(to, &[0; 65_508]);
    probe.link.command(Command::Stop);
    assert_eq!(probe.until_acknowledged(5), [4, 5]);
}

#[test]
fn what_a_connection_does_not_take_is_acknowledged_with_its_end() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (stream, peer) = connect(local);
    joined(&mut probe, peer);
    // The second message finds the queue full, and the third is dropped with it.
    let large = vec![0; SEND_QUEUE];
    for bytes in [&large[..], &large[..], b"small"] {
        probe.send(peer, bytes);
    }
    probe.until_failure();
    assert_eq!(probe.acknowledged.0, 0, "the first waits");
    probe.command(peer, ConnectionCommand::Disconnect);
    assert_eq!(probe.until_acknowledged(3), [1, 2, 3]);
    drop(stream);
    // No client is connected now.
    probe.send_all(b"nobody");
    assert_eq!(probe.until_acknowledged(4), [1, 2, 3, 4]);
}

#[test]
fn a_message_for_all_is_acknowledged_when_the_slowest_has_it() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut fast, first) = connect(local);
    let (mut slow, second) = connect(local);
    joined(&mut probe, first);
    joined(&mut probe, second);
    // More than the kernel accepts without a reader.
    let large = vec![0; SEND_QUEUE];
    probe.send_all(&large);
    let mut buffer = vec![0; SEND_QUEUE];
    fast.read_exact(&mut buffer).unwrap();
    probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Unsent(waiting) => {
                let peers: Vec<_> = waiting.iter().map(|(peer, _)| *peer).collect();
                (peers == [second]).then_some(())
            }
            _ => None,
        })
    });
    assert_eq!(probe.acknowledged.0, 0);
    slow.read_exact(&mut buffer).unwrap();
    assert!(probe.until_acknowledged(1).is_empty());
    // An empty message is acknowledged too.
    probe.send_all(b"");
    assert!(probe.until_acknowledged(2).is_empty());
}

#[test]
fn a_message_of_a_relay_is_acknowledged_once_the_kernel_took_it() {
    let (mut probe, local, target) = relay();
    let (mut client, peer, _far) = through(local, &target);
    joined(&mut probe, peer);
    // More than the kernel accepts without a reader.
    let large = vec![0; SEND_QUEUE];
    probe.send(peer, &large);
    probe.until(|facts| {
        let waits = |fact: &Fact| matches!(fact, Fact::Unsent(waiting) if !waiting.is_empty());
        facts.iter().any(waits).then_some(())
    });
    assert_eq!(probe.acknowledged.0, 0);
    client.read_exact(&mut vec![0; SEND_QUEUE]).unwrap();
    assert!(probe.until_acknowledged(1).is_empty());
    probe.send(peer, &large);
    probe.link.command(Command::Stop);
    assert_eq!(probe.until_acknowledged(2), [2]);
}
