//! Situations of firewalls, made for real.
use super::super::namespaces;
use super::asked::{Answer, answers_to};
use super::sender::waiting;
use crate::cli::program::Program;
use crate::skips::{have, skip};
use netpeer::engine::evidence::{Question, SessionFacts, Transport};
use netpeer::traffic::{Cause, Failure, Operation};
use std::net::{TcpListener, UdpSocket};
use std::process::Command;

fn port(local: &str) -> Question {
    Question::Port {
        transport: Transport::Udp,
        local: local.parse().unwrap(),
        from: None,
    }
}

fn target(to: &str) -> Question {
    Question::Target {
        transport: Transport::Udp,
        to: to.parse().unwrap(),
        name: None,
    }
}

/// Replaces the rules of the chain `c` of this hook; returns whether the kernel has nftables.
fn rules(hook: &str, policy: &str, rules: &[&str]) -> bool {
    let mut script = format!(
        "nft flush ruleset
        nft add table inet f
        nft add chain inet f c '{{ type filter hook {hook} priority 0; policy {policy}; }}'\n"
    );
    for rule in rules {
        script.push_str(&format!("nft add rule inet f c {rule}\n"));
    }
    let tried = Command::new("sh").args(["-ec", &script]).output().unwrap();
    if !tried.status.success() {
        skip("nftables", &String::from_utf8_lossy(&tried.stderr));
    }
    tried.status.success()
}

/// Root sees the rule; a user is told that it may be one.
fn only_root_sees(question: &Question, situation: &str) {
    let [user, root] = answers_to(question, None);
    assert_eq!(root.verdict(), situation, "{root:?}");
    assert_eq!(user.verdict(), "none", "{user:?}");
    let is_open = user.unknown.iter().any(|id| id == situation);
    assert!(is_open, "{situation}: {user:?}");
}

#[test]
fn a_rule_for_the_sender_is_found_where_it_is_named_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::firewall::for_sender");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn for_sender() {
    const LOCAL: &str = "0.0.0.0:9414";
    let _udp = UdpSocket::bind(LOCAL).unwrap();
    let _tcp = TcpListener::bind(LOCAL).unwrap();
    if !rules("input", "accept", &["ip saddr 10.77.0.2 drop"]) {
        return;
    }
    let udp = |from: &str| waiting(Transport::Udp, LOCAL, from);
    only_root_sees(&udp("10.77.0.2:0"), "drop-in");
    for question in [udp("10.77.0.3:0"), port(LOCAL)] {
        let [_, root] = answers_to(&question, None);
        assert_eq!(root.verdict(), "none", "{root:?}");
    }
    // The answers to who connects.
    rules("output", "accept", &["ip daddr 10.77.0.2 drop"]);
    let tcp = waiting(Transport::Tcp, LOCAL, "10.77.0.2:0");
    only_root_sees(&tcp, "drop-out");
}

#[test]
fn rules_are_found_by_root_and_left_open_to_users_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::firewall::by_rules");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn by_rules() {
    let _open = UdpSocket::bind("0.0.0.0:9410").unwrap();
    let here = port("0.0.0.0:9410");
    for (policy, all, situation) in [
        ("accept", &["udp dport 9410 counter drop"][..], "drop-in"),
        ("accept", &["udp dport 9000-9500 reject"], "reject-in"),
        (
            "accept",
            &["ct state new udp dport 9410 drop"],
            "drop-by-state",
        ),
        (
            "drop",
            &["ct state established accept", "iif lo accept"],
            "drop-in",
        ),
    ] {
        if !rules("input", policy, all) {
            return;
        }
        only_root_sees(&here, situation);
    }
    let there = target("10.77.0.2:9411");
    assert!(rules("output", "accept", &["udp dport 9411 drop"]));
    only_root_sees(&there, "drop-out");
    let session = refused("10.77.0.2:9411");
    for answer in answers_to(&there_from_session(), Some(&session)) {
        assert_eq!(answer.verdict(), "drop-out", "{answer:?}");
    }
    assert!(rules(
        "output",
        "accept",
        &["ip daddr 10.77.0.2 udp dport 9411 reject"]
    ));
    only_root_sees(&there, "reject-out");
}

fn there_from_session() -> Question {
    Question::Session {
        transport: Transport::Udp,
        local: None,
        to: "10.77.0.2:9411".parse().ok(),
        from: None,
    }
}

/// A session whose datagram was refused by this machine, as it is really.
fn refused(to: &str) -> SessionFacts {
    let socket = UdpSocket::bind("10.77.0.1:0").unwrap();
    let error = socket.send_to(b"x", to).unwrap_err();
    let mut session = SessionFacts {
        open: true,
        local: socket.local_addr().ok(),
        failures: vec![Failure {
            operation: Operation::Send,
            address: to.to_owned(),
            cause: Cause::System {
                code: error.raw_os_error().unwrap(),
            },
        }],
        ..SessionFacts::default()
    };
    session.sent.messages = 1;
    session
}

#[test]
fn a_firewall_that_lets_the_traffic_pass_is_no_finding_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::firewall::open");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn open() {
    let strict = [
        "ct state established,related accept",
        "ct state invalid drop",
        "iif lo accept",
        "icmp type echo-request limit rate 5/second accept",
        "udp dport { 53, 9400-9500 } counter accept",
        "tcp dport 22 accept",
        "ip saddr 192.0.2.0/24 drop",
    ];
    if !rules("input", "drop", &strict) {
        return;
    }
    let _open = UdpSocket::bind("0.0.0.0:9410").unwrap();
    let is_sound = |answer: &Answer| assert_eq!(answer.verdict(), "none", "{answer:?}");
    for question in [
        port("0.0.0.0:9410"),
        target("10.77.0.2:9"),
        target("10.78.0.2:9"),
    ] {
        answers_to(&question, None).iter().for_each(is_sound);
    }
}

#[test]
fn packets_of_another_interface_are_dropped_by_the_check_of_sources_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::firewall::reverse_path");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn reverse_path() {
    namespaces::here(&format!(
        "ip link add second address 02:00:00:00:79:01 type veth peer name far2 netns {}
         ip addr add 10.79.0.1/24 dev second
         ip link set second up
         echo 1 >/proc/sys/net/ipv4/conf/second/rp_filter",
        namespaces::far()
    ));
    // The check applies to ARP, too.
    namespaces::there(
        "ip addr add 10.79.0.2/24 dev far2
         ip link set far2 up
         ip neigh replace 10.79.0.1 lladdr 02:00:00:00:79:01 dev far2 nud permanent",
    );
    let _open = UdpSocket::bind("0.0.0.0:9412").unwrap();
    let question = port("0.0.0.0:9412");
    for answer in answers_to(&question, None) {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
    }
    // The way back to 10.78.0.1 is by the other interface.
    let _sender = Program::in_network_of(
        &namespaces::far(),
        &[
            "udp",
            "--bind",
            "10.78.0.1:9000",
            "--to",
            "10.79.0.1:9412",
            "--message",
            "x",
            "--times",
            "2000",
            "--repeat",
            "10ms",
            "--for",
            "20s",
        ],
    );
    namespaces::here(
        "until grep -A1 IPReversePathFilter /proc/net/netstat | awk '
           NR == 1 { for (i = 1; i <= NF; i++) if ($i == \"IPReversePathFilter\") at = i }
           NR == 2 && $at > 0 { found = 1 } END { exit !found }'; do sleep 0.05; done",
    );
    for answer in answers_to(&question, None) {
        assert_eq!(answer.verdict(), "rp-filter", "{answer:?}");
    }
}
