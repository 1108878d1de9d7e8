//! Receivers that wait for a peer that nobody has named, by interfaces that cannot receive.
use super::super::namespaces;
use super::asked::{answers_to, verdict};
use crate::skips::have;
use netpeer::engine::evidence::{Question, SessionFacts, Transport};
use std::net::{SocketAddr, TcpListener, UdpSocket};

const ALL: &str = "0.0.0.0:9440";

/// The question of a session at this address, and of a command.
fn questions(transport: Transport, local: SocketAddr) -> [(Question, Option<SessionFacts>); 2] {
    let session = SessionFacts {
        open: true,
        is_server: transport == Transport::Tcp,
        local: Some(local),
        ..SessionFacts::default()
    };
    let asked = Question::Session {
        transport,
        local: Some(local),
        to: None,
        from: None,
    };
    let port = Question::Port {
        transport,
        local,
        from: None,
    };
    [(asked, Some(session)), (port, None)]
}

fn all() -> Vec<(Question, Option<SessionFacts>)> {
    let local = ALL.parse().unwrap();
    let transports = [Transport::Udp, Transport::Tcp];
    let all = transports.map(|transport| questions(transport, local));
    all.into_iter().flatten().collect()
}

fn is_verdict(situation: &str) {
    for (question, session) in all() {
        assert_eq!(verdict(&question, session.as_ref()), situation);
    }
}

#[test]
fn interfaces_that_cannot_receive_are_found_without_a_peer_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::waiting::interfaces");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn interfaces() {
    let _datagrams = UdpSocket::bind(ALL).unwrap();
    let _connections = TcpListener::bind(ALL).unwrap();
    is_verdict("none");
    namespaces::here("ip link set near down");
    is_verdict("interface-down");
    // Another one works.
    namespaces::here(
        "ip link add other type veth peer name unused
         ip addr add 10.79.0.1/24 dev other
         ip link set other up
         ip link set unused up",
    );
    for (question, session) in all() {
        for answer in answers_to(&question, session.as_ref()) {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            let mut unknown = answer.unknown.iter();
            assert!(unknown.any(|id| id == "interface-down"), "{answer:?}");
        }
    }
    namespaces::here("ip link del other; ip link set near up");
    namespaces::there("ip link set far down");
    namespaces::here("until ip link show near | grep -q NO-CARRIER; do :; done");
    is_verdict("no-carrier");
    namespaces::there("ip link set far up");
    namespaces::here(
        "until ip link show near | grep -q LOWER_UP; do :; done
         ip addr flush dev near",
    );
    is_verdict("no-address");
}
