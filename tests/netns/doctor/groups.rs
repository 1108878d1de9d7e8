//! Groups on a machine with two networks.
use super::super::namespaces::{self, FarPython};
use super::asked::answers_to;
use super::path::{second_network, verdict};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use std::net::{Ipv4Addr, UdpSocket};

#[test]
fn a_group_that_comes_by_another_interface_is_found_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::groups::elsewhere");
    }
}

/// Prints the packets that came by the second network.
const COUNT: &str = "awk '/second:/ {print $3}' /proc/net/dev";

/// A program that sends to a group by the second network for half a minute.
fn sender_to(group: &str, port: u16) -> FarPython {
    let script = format!(
        "import socket, time
six = ':' in '{group}'
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
if six:
    s.setsockopt(41, 17, socket.if_nametoindex('far2'))
else:
    s.setsockopt(0, 32, socket.inet_aton('10.79.0.2'))
for _ in range(3000):
    s.sendto(b'hello', ('{group}', {port}))
    time.sleep(0.01)"
    );
    FarPython::start(&script)
}

#[test]
fn messages_to_a_group_that_nobody_joined_are_suspected_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::groups::none_joined");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn none_joined() {
    second_network();
    for (group, all) in [("239.1.2.3", "0.0.0.0:9422"), ("ff15::7", "[::]:9422")] {
        let _socket = UdpSocket::bind(all).unwrap();
        let question = |from: Option<std::net::SocketAddr>| Question::Port {
            transport: Transport::Udp,
            local: all.parse().unwrap(),
            from,
        };
        let _sender = sender_to(group, 9422);
        namespaces::here(&format!(
            "from=$({COUNT}); until [ $({COUNT}) -gt $((from + 20)) ]; do sleep 0.05; done"
        ));
        for answer in answers_to(&question(None), None) {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            // The capture shows the group.
            for open in ["wrong-port", "not-joined"] {
                assert!(answer.unknown.iter().any(|id| id == open), "{answer:?}");
            }
        }
        let named = std::net::SocketAddr::new(group.parse().unwrap(), 0);
        let answers = answers_to(&question(Some(named)), None);
        assert_eq!(verdict(answers), "not-joined");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn elsewhere() {
    second_network();
    for group in ["239.1.2.3", "ff15::7"] {
        let ip: std::net::IpAddr = group.parse().unwrap();
        let socket = UdpSocket::bind((ip, 9421)).unwrap();
        match ip {
            std::net::IpAddr::V4(ip) => socket.join_multicast_v4(&ip, &Ipv4Addr::new(10, 77, 0, 1)),
            std::net::IpAddr::V6(ip) => {
                socket.join_multicast_v6(&ip, namespaces::interface("near"))
            }
        }
        .unwrap();
        let question = Question::Port {
            transport: Transport::Udp,
            local: socket.local_addr().unwrap(),
            from: None,
        };
        for answer in answers_to(&question, None) {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            let first = answer.unknown.first().map(String::as_str);
            assert_eq!(first, Some("joined-elsewhere"), "{answer:?}");
        }
        let _sender = sender_to(group, 9421);
        namespaces::here(&format!(
            "from=$({COUNT}); until [ $({COUNT}) -gt $((from + 20)) ]; do sleep 0.05; done"
        ));
        assert_eq!(verdict(answers_to(&question, None)), "joined-elsewhere");
    }
}
