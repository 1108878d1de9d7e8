//! Two interfaces with one network, made for real.
use super::super::namespaces;
use super::asked::answers_to;
use super::path::{HASTE, of_target, target, until_silent};
use crate::skips::have;
use std::net::UdpSocket;

#[test]
fn a_network_of_two_interfaces_is_found_and_its_command_leads_to_the_target_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::same_network::same_network");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn same_network() {
    namespaces::here(HASTE);
    namespaces::here(&format!(
        "ip link add second type veth peer name far2 netns {}
         ip addr add 10.77.0.5/24 dev second
         ip link set second up",
        namespaces::far()
    ));
    // Only the interface that has an address answers for it.
    namespaces::there(
        "sysctl -qw net.ipv4.conf.all.arp_ignore=1
         ip addr add 10.77.0.99/24 dev far2; ip link set far2 up",
    );
    namespaces::here("until ip link show second | grep -q 'state UP'; do :; done");
    until_silent("10.77.0.99:9", "10.77.0.99");
    let [user, root] = answers_to(&target("10.77.0.99:9"), None);
    for answer in [&user, &root] {
        assert_eq!(answer.findings, ["same-network"], "{answer:?}");
    }
    let command = "ip route add 10.77.0.99 dev second src 10.77.0.5";
    assert!(user.text.contains(command), "{user:?}");
    namespaces::here(command);
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.send_to(b"x", "10.77.0.99:9").unwrap();
    namespaces::here(
        "until ip neigh show to 10.77.0.99 dev second | grep -q REACHABLE; do sleep 0.05; done",
    );
    assert_eq!(of_target("10.77.0.99:9"), "none");
}
