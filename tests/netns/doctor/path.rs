//! Situations of the way to the target, made for real.
use super::super::namespaces::{self, listens};
use super::asked::{Answer, answers_to, answers_with_probes};
use crate::cli::program::Program;
use crate::loopback::probe::{Fact, Probe};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Sample, SessionFacts, Transport};
use netpeer::traffic::{Cause, Failure, Notice, Operation};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

pub(super) fn target(to: &str) -> Question {
    Question::Target {
        transport: Transport::Udp,
        to: to.parse().unwrap(),
        name: None,
    }
}

pub(super) fn session(local: &str, to: &str) -> Question {
    Question::Session {
        transport: Transport::Udp,
        local: local.parse().ok(),
        to: Some(to.parse().unwrap()),
        from: None,
    }
}

/// A session at this address that has sent one message.
pub(super) fn facts(local: &str) -> SessionFacts {
    let mut facts = SessionFacts {
        open: true,
        local: local.parse().ok(),
        ..SessionFacts::default()
    };
    facts.sent.messages = 1;
    facts
}

/// What is said without rights and as root, which is to be the same verdict.
pub(super) fn verdict(answers: [Answer; 2]) -> String {
    let [user, root] = answers;
    assert_eq!(user.verdict(), root.verdict(), "{user:?} {root:?}");
    root.verdict().to_owned()
}

pub(super) fn of_target(to: &str) -> String {
    verdict(answers_to(&target(to), None))
}

/// The verdict about a session that really sends to a target until something is reported.
fn of_session(to: &str) -> String {
    let (mut probe, local) = Probe::udp("0.0.0.0:0");
    probe.send(to.parse().unwrap(), b"lost");
    let failure = probe.until_failure();
    let local = local.to_string();
    let mut facts = facts(&local);
    facts.failures = vec![failure];
    verdict(answers_to(&session(&local, to), Some(&facts)))
}

/// Sends to an address until the kernel knows that its next hop does not answer.
pub(super) fn until_silent(to: &str, hop: &str) {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // A failure may be pending.
    let _ = socket.send_to(b"x", to);
    namespaces::here(&format!(
        "until ip neigh show to {hop} | grep -q FAILED; do sleep 0.05; done"
    ));
}

/// Makes the kernel ask only once for a machine.
pub(super) const HASTE: &str = "cd /proc/sys/net/ipv4/neigh/near
    echo 1 >mcast_solicit; echo 100 >retrans_time_ms; cd /";

#[test]
fn silent_machines_and_reports_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::path::reports");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn reports() {
    // Questions follow closely on each other.
    namespaces::there(
        "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit",
    );
    namespaces::here(HASTE);
    namespaces::here(
        "ip route add 10.80.0.0/16 via 10.77.0.98
         ip route add 10.81.0.0/16 via 10.77.0.2
         ip route add 10.82.0.0/16 via 10.77.0.2",
    );
    namespaces::there(
        "ip route add unreachable 10.78.0.8/32
         ip route add prohibit 10.78.0.9/32
         ip route add 10.82.0.0/16 via 10.78.0.2",
    );
    let end = format!(
        "nsenter --target {} --net sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'",
        namespaces::end()
    );
    namespaces::here(&end);
    assert_eq!(of_target("192.0.2.1:9"), "no-route");
    until_silent("10.77.0.99:9", "10.77.0.99");
    assert_eq!(of_target("10.77.0.99:9"), "host-unreachable");
    until_silent("10.80.0.1:9", "10.77.0.98");
    assert_eq!(of_target("10.80.0.1:9"), "gateway-dead");
    assert_eq!(of_session("10.81.0.1:9"), "wrong-gateway");
    assert_eq!(of_session("10.78.0.8:9"), "host-unreachable");
    assert_eq!(of_session("10.78.0.9:9"), "rejected-on-way");
    assert_eq!(of_session("10.82.0.1:9"), "ttl-exceeded");
    assert_eq!(of_session("10.77.0.2:9499"), "port-unreachable");
}

/// Programs at port 9 of the far end and of the namespace beyond it: a probe meets a port.
fn open_ports() -> [Program; 2] {
    [namespaces::far(), namespaces::end()].map(|network| {
        let program =
            Program::in_network_of(&network, &["udp", "--bind", "[::]:9", "--lang", "en"]);
        program.line_with("Bound");
        program
    })
}

#[test]
fn sound_ways_are_no_finding_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::path::sound");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn sound() {
    namespaces::here("echo '0 65535' >/proc/sys/net/ipv4/ping_group_range");
    let _open = open_ports();
    for to in ["10.77.0.2:9", "10.78.0.2:9", "[fd77::2]:9", "[fd78::2]:9"] {
        assert_eq!(of_target(to), "none", "{to}");
        let probed = answers_with_probes(&target(to), None);
        assert_eq!(verdict(probed), "none", "{to}");
    }
    let group = session("0.0.0.0:9000", "239.1.2.3:9001");
    let answers = answers_to(&group, Some(&facts("0.0.0.0:9000")));
    for answer in answers {
        assert!(!answer.findings.iter().any(|id| id.starts_with("multicast")));
    }
}

#[test]
fn a_hole_for_large_packets_and_lost_fragments_are_found_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::path::sizes");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn sizes() {
    namespaces::here("echo '0 65535' >/proc/sys/net/ipv4/ping_group_range");
    let _open = open_ports();
    // The link behind the router has an MTU of 1280, and its reports are lost.
    namespaces::there(
        "nft add table ip f
         nft add chain ip f o '{ type filter hook output priority 0; }'
         nft add rule ip f o icmp type destination-unreachable drop",
    );
    let probed = |to: &str| verdict(answers_with_probes(&target(to), None));
    assert_eq!(probed("10.78.0.2:9"), "mtu-hole");
    assert_eq!(probed("10.77.0.2:9"), "none");
    // A session whose short messages are answered, and one that asks for more is not.
    let question = session("10.77.0.1:9419", "10.78.0.2:9");
    let mut answered = facts("10.77.0.1:9419");
    let peer: SocketAddr = "10.78.0.2:9".parse().unwrap();
    answered.senders = vec![peer];
    answered.received.messages = 1;
    answered.unanswered = 1;
    answered.since_sent = Some(5.0);
    answered.newest_received = vec![Sample {
        peer,
        bytes: b"short".to_vec(),
        length: 5,
    }];
    let _socket = UdpSocket::bind("10.77.0.1:9419").unwrap();
    for answer in answers_to(&question, Some(&answered)) {
        let first = answer.unknown.first().map(String::as_str);
        assert_eq!((answer.verdict(), first), ("none", Some("mtu-hole")));
    }
    let found = verdict(answers_with_probes(&question, Some(&answered)));
    assert_eq!(found, "mtu-hole");
    // Fragments but the first are lost, in both directions.
    namespaces::there(
        "nft flush ruleset
         nft add table ip f
         nft add chain ip f p '{ type filter hook prerouting priority -450; }'
         nft add rule ip f p ip frag-off '&' 0x1fff '!=' 0 drop",
    );
    assert_eq!(probed("10.77.0.2:9"), "fragment-lost");
    namespaces::there(
        "nft flush ruleset
         nft add table netdev f
         nft add chain netdev f e '{ type filter hook egress device far priority 0; }'
         nft add rule netdev f e ip frag-off '&' 0x1fff '!=' 0 drop",
    );
    let _open = UdpSocket::bind("0.0.0.0:9413").unwrap();
    // The sender is told that the second fragment was dropped.
    let text = "x".repeat(4000);
    let mut sender = Program::in_network_of(&namespaces::far(), &["send", "10.77.0.1:9413", &text]);
    sender.ends_input();
    sender.ended();
    namespaces::here("until grep -q 'FRAG: inuse 1' /proc/net/sockstat; do sleep 0.05; done");
    let question = Question::Port {
        transport: Transport::Udp,
        local: "0.0.0.0:9413".parse().unwrap(),
        from: None,
    };
    assert_eq!(verdict(answers_to(&question, None)), "fragment-lost");
}

/// Adds a second network, 10.79.0.0/24, between this namespace and the far one.
pub(super) fn second_network() {
    namespaces::here(&format!(
        "ip link add second type veth peer name far2 netns {}
         echo 0 >/proc/sys/net/ipv6/conf/second/accept_dad
         ip addr add 10.79.0.1/24 brd + dev second
         ip link set second up",
        namespaces::far()
    ));
    namespaces::there("ip addr add 10.79.0.2/24 dev far2; ip link set far2 up");
    namespaces::here("until ip link show second | grep -q 'state UP'; do :; done");
}

#[test]
fn ways_by_the_wrong_interface_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::path::interfaces");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn interfaces() {
    second_network();
    let _socket = UdpSocket::bind("10.79.0.1:9414").unwrap();
    let other = session("10.79.0.1:9414", "10.78.0.2:9");
    let answers = answers_to(&other, Some(&facts("10.79.0.1:9414")));
    assert_eq!(verdict(answers), "asymmetric-route");

    let group = UdpSocket::bind("239.1.2.3:9415").unwrap();
    let port = Question::Port {
        transport: Transport::Udp,
        local: "239.1.2.3:9415".parse().unwrap(),
        from: None,
    };
    assert_eq!(verdict(answers_to(&port, None)), "not-joined");
    let on = |last| Ipv4Addr::new(10, last, 0, 1);
    let joined = Ipv4Addr::new(239, 1, 2, 3);
    group.join_multicast_v4(&joined, &on(79)).unwrap();
    let peer = session("239.1.2.3:9415", "10.77.0.2:9");
    let answers = || answers_to(&peer, Some(&facts("239.1.2.3:9415")));
    assert_eq!(verdict(answers()), "joined-elsewhere");
    group.join_multicast_v4(&joined, &on(77)).unwrap();
    for answer in answers() {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        assert!(answer.unknown.iter().any(|id| id == "igmp-snooping"));
    }

    let mut silent = facts("0.0.0.0:9416");
    silent.settings.multicast_ttl = Some(0);
    namespaces::here("ip route add 239.0.0.0/8 dev near");
    let question = session("0.0.0.0:9416", "239.1.2.3:9");
    assert_eq!(
        verdict(answers_to(&question, Some(&silent))),
        "multicast-ttl"
    );
    for to in ["[fe80::1]:9", "[ff02::1]:9"] {
        assert_eq!(of_target(to), "multicast-scope", "{to}");
    }
}

#[test]
fn mistaken_broadcasts_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::path::broadcasts");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn broadcasts() {
    namespaces::here(HASTE);
    namespaces::here("ip addr add 10.84.0.1/16 brd + dev near");
    until_silent("10.84.0.255:9", "10.84.0.255");
    let question = session("0.0.0.0:9417", "10.84.0.255:9");
    let answers = answers_to(&question, Some(&facts("0.0.0.0:9417")));
    assert_eq!(verdict(answers), "broadcast-address");

    let socket = UdpSocket::bind("0.0.0.0:9417").unwrap();
    let refused = socket.send_to(b"x", "10.84.255.255:9").unwrap_err();
    let mut facts = facts("0.0.0.0:9417");
    facts.failures = vec![Failure {
        operation: Operation::Send,
        address: "10.84.255.255:9".to_owned(),
        cause: Cause::System {
            code: refused.raw_os_error().unwrap(),
        },
    }];
    let question = session("0.0.0.0:9417", "10.84.255.255:9");
    assert_eq!(
        verdict(answers_to(&question, Some(&facts))),
        "broadcast-denied"
    );
}

#[test]
fn translation_and_limited_reports_are_found_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::path::translation");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn translation() {
    namespaces::there(
        "nft add table ip n
         nft add chain ip n p '{ type nat hook postrouting priority srcnat; }'
         nft add rule ip n p oifname far masquerade",
    );
    let socket = UdpSocket::bind("0.0.0.0:9420").unwrap();
    let patience = Some(std::time::Duration::from_secs(20));
    socket.set_read_timeout(patience).unwrap();
    let mut sender = Program::in_network_of(
        &namespaces::end(),
        &[
            "send",
            "10.77.0.1:9420",
            "hello",
            "--from",
            "10.78.0.2:9000",
        ],
    );
    sender.ends_input();
    let (_, from) = socket.recv_from(&mut [0; 16]).unwrap();
    assert_eq!(from.ip().to_string(), "10.77.0.2");
    let question = session("0.0.0.0:9420", "10.78.0.2:9000");
    let mut facts = facts("0.0.0.0:9420");
    facts.senders = vec![from];
    facts.received.messages = 1;
    for answer in answers_to(&question, Some(&facts)) {
        assert!(
            answer.findings.iter().any(|id| id == "nat-source"),
            "{answer:?}"
        );
    }

    // Nothing listens at this port, and not every datagram is reported.
    let _other = listens(&namespaces::far(), &["--bind", "10.77.0.2:9421"]);
    let to: SocketAddr = "10.77.0.2:9422".parse().unwrap();
    let (mut probe, local) = Probe::udp("0.0.0.0:0");
    for _ in 0..60 {
        probe.send(to, b"x");
    }
    probe.until_failure();
    let local = local.to_string();
    let mut facts = self::facts(&local);
    facts.sent.messages = 60;
    facts.failures = probe
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Notice(Notice::Failed(failure)) => Some(failure.clone()),
            _ => None,
        })
        .collect();
    for answer in answers_to(&session(&local, "10.77.0.2:9422"), Some(&facts)) {
        assert_eq!(answer.findings, ["port-unreachable", "icmp-rate-limit"]);
    }
}
