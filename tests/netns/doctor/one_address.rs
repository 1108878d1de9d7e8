//! Receivers at one address, and messages to many machines.
use super::super::namespaces;
use super::asked::{Answer, answers_to};
use super::path::verdict;
use crate::skips::have;
use netpeer::engine::evidence::{Question, SessionFacts, Transport};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::process::Stdio;

const SITUATION: &str = "bound-to-one-address";

#[test]
fn a_receiver_at_one_address_gets_nothing_that_is_sent_to_many_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::one_address::of_many");
    }
}

fn port(local: &str) -> [Answer; 2] {
    let question = Question::Port {
        transport: Transport::Udp,
        local: local.parse().unwrap(),
        from: None,
    };
    answers_to(&question, None)
}

/// Asked by an open session at this address, to which nothing has come.
fn session(local: &str) -> [Answer; 2] {
    let local: Option<SocketAddr> = local.parse().ok();
    let question = Question::Session {
        transport: Transport::Udp,
        local,
        to: None,
        from: None,
    };
    let facts = SessionFacts {
        open: true,
        local,
        ..SessionFacts::default()
    };
    answers_to(&question, Some(&facts))
}

/// What is found while the far end sends to this address five times a second.
fn while_sending(to: &str, port: u16, ask: impl FnOnce() -> [Answer; 2]) -> String {
    let script = format!(
        "import socket, time
family = socket.AF_INET6 if ':' in '{to}' else socket.AF_INET
peer = socket.socket(family, socket.SOCK_DGRAM)
if family == socket.AF_INET:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    peer.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('10.77.0.2'))
else:
    index = socket.if_nametoindex('far')
    peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
for number in range(100):
    peer.sendto(b'to many', ('{to}', {port}))
    if number == 0:
        print('begun', flush=True)
    time.sleep(0.2)"
    );
    let mut sender = std::process::Command::new("nsenter")
        .args(["--target", &namespaces::far(), "--net"])
        .args(["python3", "-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(sender.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");
    let found = verdict(ask());
    let ended = sender.try_wait().unwrap();
    sender.kill().ok();
    sender.wait().unwrap();
    assert!(ended.is_none(), "{to}: it could not send");
    found
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn of_many() {
    const ONE: &str = "10.77.0.1:9450";
    const ALL: &str = "0.0.0.0:9450";
    const SIX: &str = "[fd77::1]:9452";
    let one = UdpSocket::bind(ONE).unwrap();
    // Nothing is said of what did not come, but how to see it.
    for answer in session(ONE).into_iter().chain(port(ONE)) {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        assert!(
            answer.unknown.iter().any(|id| id == SITUATION),
            "{answer:?}"
        );
    }
    let found = while_sending("10.77.0.255", 9450, || session(ONE));
    assert_eq!(found, SITUATION);
    assert_eq!(while_sending("10.77.0.255", 9450, || port(ALL)), SITUATION);
    // Broadcasts of others, for another port, are no reason.
    let found = while_sending("10.77.0.255", 9451, || session(ONE));
    assert_eq!(found, "none");

    let group = Ipv4Addr::new(239, 7, 7, 7);
    one.join_multicast_v4(&group, &Ipv4Addr::new(10, 77, 0, 1))
        .unwrap();
    let found = while_sending("239.7.7.7", 9450, || port(ONE));
    assert_eq!(found, SITUATION);

    let six = UdpSocket::bind(SIX).unwrap();
    let group: Ipv6Addr = "ff02::7:7".parse().unwrap();
    six.join_multicast_v6(&group, namespaces::interface("near"))
        .unwrap();
    let found = while_sending("ff02::7:7", 9452, || session(SIX));
    assert_eq!(found, SITUATION);

    drop(one);
    let _all = UdpSocket::bind(ALL).unwrap();
    let found = while_sending("10.77.0.255", 9450, || port(ALL));
    assert_eq!(found, "none");
}
