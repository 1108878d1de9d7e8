//! Groups on a machine with two networks.
use super::super::namespaces;
use super::asked::answers_to;
use super::path::{second_network, verdict};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Child, Command};

#[test]
fn a_group_that_comes_by_another_interface_is_found_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::groups::elsewhere");
    }
}

/// A program that sends to a group by the second network for half a minute.
struct Sender(Child);

impl Sender {
    fn to(group: &str, port: u16) -> Self {
        let script = format!(
            "import socket, time
six = ':' in '{group}'
s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
if six:
    s.setsockopt(41, 17, socket.if_nametoindex('far2'))
else:
    s.setsockopt(0, 32, socket.inet_aton('10.79.0.2'))
for _ in range(1500):
    s.sendto(b'hello', ('{group}', {port}))
    time.sleep(0.02)"
        );
        let child = Command::new("nsenter")
            .args(["--target", &namespaces::far(), "--net", "python3", "-c"])
            .arg(script)
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
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
        let _sender = Sender::to(group, 9421);
        let count = "awk '/second:/ {print $3}' /proc/net/dev";
        namespaces::here(&format!(
            "from=$({count}); until [ $({count}) -gt $((from + 20)) ]; do sleep 0.05; done"
        ));
        assert_eq!(verdict(answers_to(&question, None)), "joined-elsewhere");
    }
}
