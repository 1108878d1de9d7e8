//! Members of one network that do not reach each other.
use super::super::namespaces;
use super::asked::{answers_to, answers_with_probes};
use super::path::{facts, session, target, until_silent, verdict};
use crate::skips::have;
use std::net::UdpSocket;

#[test]
fn networks_that_keep_their_members_apart_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::members::apart");
    }
}

/// A bridge in the namespace at the end, with this one and the far one as members.
fn bridge() {
    let (far, end) = (namespaces::far(), namespaces::end());
    namespaces::here(&format!(
        "ip link add member type veth peer name p1 netns {end}
         ip addr add 10.85.0.1/24 brd + dev member
         ip link set member up
         cd /proc/sys/net/ipv4/neigh/member
         echo 1 >mcast_solicit; echo 100 >retrans_time_ms; cd /
         at_end() {{ nsenter --target {end} --net \"$@\"; }}
         at_end ip link add br0 type bridge
         at_end ip link add p2 type veth peer name member netns {far}
         for port in p1 p2; do
           at_end ip link set $port master br0
           at_end ip link set $port up
         done
         at_end ip link set br0 up"
    ));
    namespaces::there("ip addr add 10.85.0.2/24 dev member; ip link set member up");
    namespaces::here("until ip link show member | grep -q 'state UP'; do :; done");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn apart() {
    bridge();
    let end = namespaces::end();
    // Two machines with one address.
    namespaces::here(&format!(
        "nsenter --target {end} --net ip addr add 10.85.0.2/24 dev br0"
    ));
    let [user, root] = answers_with_probes(&target("10.85.0.2:9"), None);
    assert_eq!(root.verdict(), "duplicate-ip", "{root:?}");
    assert!(
        user.unknown.iter().any(|id| id == "duplicate-ip"),
        "{user:?}"
    );
    namespaces::here(&format!(
        "nsenter --target {end} --net ip addr del 10.85.0.2/24 dev br0"
    ));

    let socket = UdpSocket::bind("0.0.0.0:9418").unwrap();
    let patience = Some(std::time::Duration::from_secs(20));
    socket.set_read_timeout(patience).unwrap();
    namespaces::there("ip neigh flush dev member");
    namespaces::sends("10.85.0.1:9418", "hello");
    let (_, sender) = socket.recv_from(&mut [0; 16]).unwrap();
    namespaces::here(&format!(
        "for port in p1 p2; do
           nsenter --target {end} --net bridge link set dev $port isolated on
         done
         ip neigh flush dev member"
    ));
    until_silent("10.85.0.2:9", "10.85.0.2");
    let question = session("0.0.0.0:9418", "10.85.0.2:9");
    let mut heard = facts("0.0.0.0:9418");
    heard.senders = vec![sender];
    heard.received.messages = 1;
    let answers = answers_to(&question, Some(&heard));
    assert_eq!(verdict(answers), "client-isolation");
    for answer in answers_to(&question, Some(&facts("0.0.0.0:9418"))) {
        assert_eq!(answer.verdict(), "host-unreachable", "{answer:?}");
        assert!(answer.unknown.iter().any(|id| id == "client-isolation"));
    }
}
