//! Multicast groups on the interfaces of a link.
use super::namespaces::{self, arrived, sends};
use crate::loopback::probe::{Fact, Probe};
use netpeer::engine::GroupCommand;
use netpeer::traffic::{Cause, Destination, Notice};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// A group, the address the far end sends to, and an address to listen on.
const GROUPS: [(&str, &str, &str); 5] = [
    ("239.7.7.7", "239.7.7.7", "0.0.0.0:9000"),
    ("239.7.7.7", "239.7.7.7", "[::]:9000"),
    ("ff12::7:7", "[ff12::7:7%far]", "[::]:9000"),
    ("ff02::7", "[ff02::7%far]", "[::]:9000"),
    ("ff02::1", "[ff02::1%far]", "[::]:9000"),
];

fn join(probe: &mut Probe, group: IpAddr, name: &str) {
    let interface = namespaces::interface(name);
    probe.link.command(GroupCommand::Join { group, interface });
    let joined = Notice::GroupJoined {
        group,
        interface: name.into(),
    };
    probe.until_fact(&Fact::Notice(joined));
}

/// Checks that a datagram to the group does not arrive, while a later one does.
fn nothing_from(probe: &mut Probe, group: &str, why: &str) {
    sends(&format!("{group}:9000"), "to the group");
    sends("10.77.0.1:9000", "to one");
    arrived(probe, "to one");
    let received = String::from_utf8(probe.received()).unwrap();
    assert_eq!(received, "to one", "{group}: {why}");
}

#[test]
fn a_datagram_to_a_group_arrives_where_it_was_joined_in_a_subprocess() {
    namespaces::run("netns::multicast::joined");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn joined() {
    for (group, written, local) in GROUPS {
        let (mut probe, _) = Probe::udp(local);
        let ip: IpAddr = group.parse().unwrap();
        join(&mut probe, ip, "near");
        sends(&format!("{written}:9000"), "to the group");
        let (_, arrival) = arrived(&mut probe, "to the group");
        let expected = Destination::from((ip, namespaces::interface("near")));
        assert_eq!(arrival.destination, Some(expected), "{local}");
        // Sending uses the same interface, although no route names it.
        let to = SocketAddr::new(ip, 9000);
        probe.send(to, b"from here");
        let (_, arrival) = arrived(&mut probe, "from here");
        assert_eq!(arrival.destination, Some(expected), "{local}");
        probe.until_fact(&Fact::Sent(to, b"from here".to_vec()));
        probe.link.join();
    }
}

#[test]
fn a_datagram_to_another_group_does_not_arrive_in_a_subprocess() {
    namespaces::run("netns::multicast::not_joined");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn not_joined() {
    for (group, written, local) in GROUPS {
        let (mut probe, _) = Probe::udp(local);
        nothing_from(&mut probe, written, "nobody joined it");
        probe.link.join();
        let ip: IpAddr = group.parse().unwrap();
        // Every interface is in the group of all nodes, and for IPv6 Linux asks only the
        // interface on which it was joined, not the socket (`inet6_mc_check`).
        if group != "ff02::1" {
            let (mut probe, _) = Probe::udp(local);
            join(&mut probe, ip, "lo");
            nothing_from(&mut probe, written, "it was joined on another interface");
            probe.link.join();
        }
        let (mut probe, _) = Probe::udp(local);
        let other = another_that_joined(ip);
        nothing_from(&mut probe, written, "another program joined it");
        probe.link.join();
        let (mut probe, _) = Probe::udp(local);
        join(&mut probe, ip, "near");
        let interface = namespaces::interface("near");
        probe.link.command(GroupCommand::Leave {
            group: ip,
            interface,
        });
        probe.until_notice(|notice| matches!(notice, Notice::GroupLeft { .. }).then_some(()));
        nothing_from(&mut probe, written, "it was left again");
        probe.link.join();
        drop(other);
    }
}

/// Another socket of this machine that makes the interface accept the group.
fn another_that_joined(group: IpAddr) -> UdpSocket {
    match group {
        IpAddr::V4(group) => {
            let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
            let near = Ipv4Addr::new(10, 77, 0, 1);
            socket.join_multicast_v4(&group, &near).unwrap();
            socket
        }
        IpAddr::V6(group) => {
            let socket = UdpSocket::bind("[::]:0").unwrap();
            let near = namespaces::interface("near");
            socket.join_multicast_v6(&group, near).unwrap();
            socket
        }
    }
}

#[test]
fn an_interface_may_come_after_the_session_in_a_subprocess() {
    namespaces::run("netns::multicast::later");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn later() {
    let (mut probe, _) = Probe::udp("0.0.0.0:9000");
    namespaces::here(
        "ip link add later type veth peer name other
        ip addr add 10.80.0.1/24 dev later
        ip link set other up
        ip link set later up
        until ip link show later | grep -q 'state UP'; do :; done",
    );
    let group = "239.7.7.7".parse().unwrap();
    join(&mut probe, group, "later");
    let to = SocketAddr::new(group, 9000);
    probe.send(to, b"from here");
    let (peer, arrival) = arrived(&mut probe, "from here");
    assert_eq!(peer, "10.80.0.1:9000".parse().unwrap());
    let expected = Destination::from((group, namespaces::interface("later")));
    assert_eq!(arrival.destination, Some(expected));
}

#[test]
fn the_end_of_an_interface_ends_the_groups_joined_on_it_in_a_subprocess() {
    namespaces::run("netns::multicast::gone");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn gone() {
    for group in ["239.7.7.7", "ff12::7:7"] {
        let group: IpAddr = group.parse().unwrap();
        let (mut probe, _) = Probe::udp("[::]:9000");
        join(&mut probe, group, "near");
        namespaces::here(
            "ip link add later type veth peer name other
            ip addr add 10.80.0.1/24 dev later
            ip link set later up",
        );
        let interface = namespaces::interface("later");
        probe.link.command(GroupCommand::Join { group, interface });
        let interface = "later".to_owned();
        let joined = Notice::GroupJoined {
            group,
            interface: interface.clone(),
        };
        probe.until_fact(&Fact::Notice(joined));
        namespaces::here("ip link del later");
        let failure = probe.until_failure();
        assert_eq!(failure.address, group.to_string());
        let cause = Cause::InterfaceGone {
            interface: interface.clone(),
        };
        assert_eq!(failure.cause, cause);
        probe.until_fact(&Fact::Notice(Notice::GroupLeft { group, interface }));
        let near = Notice::GroupLeft {
            group,
            interface: "near".into(),
        };
        assert!(!probe.facts.contains(&Fact::Notice(near)));
        probe.link.join();
    }
}
