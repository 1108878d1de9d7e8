//! Packets with a wrong checksum.
use super::super::namespaces::{self, FarPython};
use super::asked::answers_to;
use super::path::verdict;
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use std::net::{SocketAddr, UdpSocket};

#[test]
fn wrong_checksums_are_found_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::checksums::wrong");
    }
}

/// A program at the far end that sends datagrams whose checksum is 1 for half a minute.
fn sender_to(family: &str, ip: &str, port: u16) -> FarPython {
    let script = format!(
        "import socket, struct, time
s = socket.socket(socket.{family}, socket.SOCK_RAW, 17)
if s.family == socket.AF_INET6:
    s.setsockopt(socket.IPPROTO_IPV6, 7, -1)
for _ in range(1500):
    s.sendto(struct.pack('>HHHH', 9001, {port}, 13, 1) + b'hello', ('{ip}', 0))
    time.sleep(0.02)"
    );
    FarPython::start(&script)
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn wrong() {
    for (family, ip, counter) in [
        (
            "AF_INET",
            "10.77.0.1",
            "awk '/^Udp:/ {n=$8} END {exit n < 1}' /proc/net/snmp",
        ),
        (
            "AF_INET6",
            "fd77::1",
            "grep -q 'Udp6InCsumErrors[[:space:]]*[1-9]' /proc/net/snmp6",
        ),
    ] {
        let ip: std::net::IpAddr = ip.parse().unwrap();
        let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).unwrap();
        let local = socket.local_addr().unwrap();
        // The checksum is computed when the program reads.
        let reader = std::thread::spawn(move || socket.recv_from(&mut [0; 64]).is_ok());
        let question = Question::Port {
            transport: Transport::Udp,
            local,
            from: None,
        };
        assert_eq!(verdict(answers_to(&question, None)), "none");
        let sender = sender_to(family, &ip.to_string(), local.port());
        namespaces::here(&format!("until {counter}; do sleep 0.05; done"));
        assert_eq!(verdict(answers_to(&question, None)), "bad-checksum", "{ip}");
        drop(sender);
        for answer in answers_to(&question, None) {
            assert_eq!(answer.verdict(), "none");
            let unknown = answer.unknown.iter().any(|id| id == "bad-checksum");
            assert!(unknown, "{answer:?}");
        }
        let own = UdpSocket::bind(SocketAddr::new(ip, 0)).unwrap();
        own.send_to(b"end", local).unwrap();
        assert!(reader.join().unwrap());
    }
}
