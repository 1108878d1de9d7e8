//! Receivers that wait for a sender that is named.
use super::super::namespaces;
use super::asked::{Answer, answers_to};
use super::path::{until_silent, verdict};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use std::net::{TcpListener, UdpSocket};

#[test]
fn the_way_to_a_sender_is_looked_at_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::sender::named");
    }
}

pub(super) fn waiting(transport: Transport, local: &str, from: &str) -> Question {
    Question::Port {
        transport,
        local: local.parse().unwrap(),
        from: Some(from.parse().unwrap()),
    }
}

fn answers(local: &str, from: &str) -> [Answer; 2] {
    answers_to(&waiting(Transport::Udp, local, from), None)
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn named() {
    const FAR: &str = "10.77.0.2:0";
    let _all = UdpSocket::bind("0.0.0.0:9460").unwrap();
    let _server = TcpListener::bind("0.0.0.0:9460").unwrap();
    let _loopback = UdpSocket::bind("127.0.0.1:9461").unwrap();
    let over_tcp = || answers_to(&waiting(Transport::Tcp, "0.0.0.0:9460", FAR), None);
    for answer in answers("0.0.0.0:9460", FAR).into_iter().chain(over_tcp()) {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        // Only the sender knows its way.
        let is_open = answer.unknown.iter().any(|id| id == "asymmetric-route");
        assert!(is_open, "{answer:?}");
    }
    assert_eq!(verdict(answers("127.0.0.1:9461", FAR)), "loopback-only");
    let here = answers("127.0.0.1:9461", "127.0.0.1:0");
    assert_eq!(verdict(here), "none");

    namespaces::here(
        "ip link add other type veth peer name unused
         ip addr add 10.79.0.1/24 dev other
         ip link set other up
         ip link set unused up",
    );
    let _other = UdpSocket::bind("10.79.0.1:9462").unwrap();
    assert_eq!(verdict(answers("10.79.0.1:9462", FAR)), "other-interface");

    until_silent("10.77.0.99:9", "10.77.0.99");
    let silent = answers("0.0.0.0:9460", "10.77.0.99:0");
    assert_eq!(verdict(silent), "host-unreachable");

    namespaces::here("ip -4 addr flush dev near; ip addr add 10.77.0.1/30 dev near");
    let left_out = answers("0.0.0.0:9460", "10.77.0.9:0");
    assert_eq!(verdict(left_out), "wrong-mask");
}
