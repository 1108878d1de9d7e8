//! Faults in the own network: a wrong mask, a refused connection, a broadcast to one network.
use super::super::namespaces;
use super::asked::answers_to;
use super::path::{facts, second_network, session, target, until_silent, verdict};
use super::talk::Talk;
use crate::skips::have;
use netpeer::session::Session;

#[test]
fn a_mask_that_is_too_wide_is_named_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::own_network::wide");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn wide() {
    namespaces::here(
        "cd /proc/sys/net/ipv4/neigh/near
         echo 1 >mcast_solicit; echo 100 >retrans_time_ms; cd /
         ip addr add 10.88.1.1/16 dev near",
    );
    until_silent("10.88.2.2:9", "10.88.2.2");
    for answer in answers_to(&target("10.88.2.2:9"), None) {
        assert_eq!(answer.verdict(), "host-unreachable", "{answer:?}");
        assert!(answer.text.contains("10.88.1.1/16"), "{answer:?}");
        let mut unknown = answer.unknown.iter();
        assert!(unknown.any(|id| id == "wrong-mask"), "{answer:?}");
    }
}

#[test]
fn a_broadcast_that_leaves_by_one_of_two_networks_is_told_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::own_network::broadcast");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn broadcast() {
    namespaces::here("ip route add default via 10.77.0.2");
    let question = session("0.0.0.0:9434", "255.255.255.255:9");
    let first = || {
        let answers = answers_to(&question, Some(&facts("0.0.0.0:9434")));
        answers.map(|answer| {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            answer.unknown.first().cloned()
        })
    };
    let expected = Some("broadcast-address".to_owned());
    assert!(!first().contains(&expected), "one network");
    second_network();
    assert_eq!(first(), [expected.clone(), expected]);
}

#[test]
fn a_machine_that_prohibits_connections_is_found_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::own_network::prohibits");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn prohibits() {
    namespaces::there(
        "nft add table inet f
         nft add chain inet f i '{ type filter hook input priority 0; }'
         nft add rule inet f i tcp dport 9435 reject with icmpx type admin-prohibited",
    );
    for far in ["10.77.0.2:9435", "[fd77::2]:9435"] {
        let mut talk = Talk::tcp(far.parse().unwrap());
        talk.until(Session::is_closed);
        assert_eq!(talk.verdicts(), ["rejected-on-way"; 2], "{far}");
        talk.ends();
    }
}

#[test]
fn a_wide_network_whose_machine_answers_is_healthy_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::own_network::healthy");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn healthy() {
    namespaces::here("ip addr add 10.88.1.1/16 dev near");
    namespaces::there("ip addr add 10.88.2.2/16 dev far");
    until_known("10.88.2.2");
    let answers = answers_to(&target("10.88.2.2:9"), None);
    for answer in &answers {
        assert!(
            !answer.unknown.iter().any(|id| id == "wrong-mask"),
            "{answer:?}"
        );
    }
    assert_eq!(verdict(answers), "none");
}

/// Sends to an address until its machine has answered for it.
fn until_known(ip: &str) {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let _ = socket.send_to(b"x", (ip, 9));
    namespaces::here(&format!(
        "until ip neigh show to {ip} | grep -q REACHABLE; do sleep 0.05; done"
    ));
}
