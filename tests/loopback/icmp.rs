//! ICMP errors if no program listens. Only Linux reports them to an unconnected socket.
#![cfg(target_os = "linux")]

use super::probe::{Fact, Probe};
use super::relay;
use crate::sockets::{far_side, receive_from};
use netpeer::traffic::{Cause, Operation};
use std::net::{SocketAddr, UdpSocket};

fn closed_port(address: &str) -> SocketAddr {
    let mut closed: SocketAddr = address.parse().unwrap();
    closed.set_port(crate::ports::quiet());
    closed
}

#[test]
fn a_datagram_nobody_takes_names_its_destination() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let (mut probe, _) = Probe::udp(address);
        let nobody = closed_port(address);
        probe.send(nobody, b"anyone?");
        let failure = probe.until_failure();
        assert_eq!(
            (failure.operation, failure.address),
            (Operation::Send, nobody.to_string())
        );
        assert!(
            matches!(failure.cause, Cause::PortUnreachable { .. }),
            "{:?}",
            failure.cause
        );
        assert!(
            matches!(probe.facts[1], Fact::Sent(..)),
            "the row of the datagram stands before its failure"
        );
    }
}

#[test]
fn an_answer_to_a_client_that_has_gone_is_no_failure_of_a_program_to_start() {
    let (mut probe, local, target) = relay::relay();
    let (client, address) = far_side();
    client.send_to(b"1", local).unwrap();
    let (_, from) = receive_from(&target);
    drop(client);
    target.send_to(b"late", from).unwrap();
    let failure = probe.until_failure();
    assert_eq!(failure.address, address.to_string());
    assert_eq!(failure.operation, Operation::Send);
    assert!(
        matches!(failure.cause, Cause::ClientGone { .. }),
        "{failure:?}"
    );
}

#[test]
fn a_port_nobody_has_any_more_names_who_sent_since() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let nobody = closed_port("127.0.0.1:0");
    let again = UdpSocket::bind("127.0.0.1:0").unwrap();
    again.send_to(b"started again", local).unwrap();
    probe.until(|facts| {
        let mut facts = facts.iter();
        facts
            .any(|fact| matches!(fact, Fact::Received(..)))
            .then_some(())
    });
    probe.send(nobody, b"anyone?");
    let Cause::PortUnreachable { newer, .. } = probe.until_failure().cause else {
        panic!()
    };
    assert_eq!(newer, again.local_addr().ok().map(Into::into));
}

#[test]
fn the_error_of_one_datagram_never_swallows_the_next() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let peer = socket.local_addr().unwrap();
    let nobody = closed_port("127.0.0.1:0");
    for number in 0..50_u8 {
        probe.send(nobody, b"anyone?");
        probe.send(peer, &[number]);
    }
    probe.until(|facts| {
        let failures = facts
            .iter()
            .filter(|fact| matches!(fact, Fact::Notice(netpeer::traffic::Notice::Failed(_))));
        let sent = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
        (failures.count() == 50 && sent.count() == 100).then_some(())
    });
}
