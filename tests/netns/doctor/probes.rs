//! What probes show of the way, what was set by hand, and healthy networks, made for real.
use super::super::namespaces;
use super::asked::{Answer, answers_to, answers_with_probes};
use super::path::{facts, session, target, verdict};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use netpeer::traffic::{Cause, Failure, Operation};
use std::net::{TcpListener, UdpSocket};

fn over_tcp(to: &str) -> Question {
    Question::Target {
        transport: Transport::Tcp,
        to: to.parse().unwrap(),
        name: None,
    }
}

fn is_open(answer: &Answer, situation: &str) -> bool {
    answer.unknown.iter().any(|id| id == situation)
}

#[test]
fn who_rejects_a_port_on_the_way_is_found_in_a_subprocess() {
    if have(&["setpriv", "nft", "python3"]) {
        namespaces::run("netns::doctor::probes::rejected");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn rejected() {
    namespaces::there(
        "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
         echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
         nft add table inet f
         nft add chain inet f c '{ type filter hook forward priority 0; }'
         nft add rule inet f c udp dport 9430 reject with icmpx type admin-prohibited
         nft add rule inet f c tcp dport 9430 reject with icmpx type admin-prohibited
         nft add rule inet f c udp dport 9431 reject with icmpx type port-unreachable
         nft add rule inet f c tcp dport 9431 reject with icmpx type port-unreachable",
    );
    for to in [
        "10.78.0.2:9430",
        "10.78.0.2:9431",
        "[fd78::2]:9430",
        "[fd78::2]:9431",
    ] {
        for question in [target(to), over_tcp(to)] {
            let found = verdict(answers_with_probes(&question, None));
            assert_eq!(found, "rejected-on-way", "{question:?}");
        }
    }
    for to in ["10.77.0.2:9499", "[fd77::2]:9499"] {
        let found = verdict(answers_with_probes(&target(to), None));
        assert_eq!(found, "port-unreachable", "{to}");
    }
    // Who listens by TCP is told to those who send datagrams there.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            namespaces::there(
                "exec timeout 60 python3 -c '
import socket
with socket.create_server((\"10.77.0.2\", 9498)) as server:
    for _ in range(2):
        server.accept()[0].close()'",
            );
        });
        namespaces::there("until ss -tln | grep -q :9498; do sleep 0.05; done");
        for answer in answers_with_probes(&target("10.77.0.2:9498"), None) {
            assert_eq!(answer.verdict(), "port-unreachable", "{answer:?}");
            assert!(answer.text.contains("accepts_tcp"), "{answer:?}");
        }
    });
    // Silence after a probe is no reason to ask for probes.
    namespaces::there("nft add rule inet f c udp dport 9432 drop");
    for answer in answers_with_probes(&target("10.78.0.2:9432"), None) {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        assert!(is_open(&answer, "rejected-on-way"), "{answer:?}");
    }
    // A raw socket, which has no options of IPv4.
    let [_, root] = answers_with_probes(&target("[fd77::2]:9499"), None);
    assert!(!is_open(&root, "mtu-hole"), "{root:?}");
}

#[test]
fn a_target_whose_firewall_says_that_it_cannot_be_reached_rejects_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::probes::rejected_by_target");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn rejected_by_target() {
    namespaces::there(
        "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
         echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
         nft add table inet f
         nft add chain inet f i '{ type filter hook input priority 0; }'
         for protocol in udp tcp; do
             nft add rule inet f i $protocol dport 9440 reject with icmpx type host-unreachable
             nft add rule inet f i $protocol dport 9441 reject with icmpx type no-route
             nft add rule inet f i $protocol dport 9442 reject with icmpx type admin-prohibited
         done",
    );
    for host in ["10.77.0.2", "[fd77::2]"] {
        for port in [9440, 9441, 9442] {
            let to = format!("{host}:{port}");
            for question in [target(&to), over_tcp(&to)] {
                let found = verdict(answers_with_probes(&question, None));
                assert_eq!(found, "rejected-on-way", "{question:?}");
            }
        }
    }
}

#[test]
fn what_was_set_by_hand_is_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::probes::by_hand");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn by_hand() {
    for (made, to) in [
        ("rule add to 10.78.0.2", "10.78.0.2:9"),
        ("-6 rule add to fd78::2", "[fd78::2]:9"),
        ("route add", "10.78.0.2:9"),
        ("-6 route add", "[fd78::2]:9"),
    ] {
        for kind in ["prohibit", "blackhole", "unreachable"] {
            let ip = if to.starts_with('[') {
                "fd78::2/128"
            } else {
                "10.78.0.2/32"
            };
            let made = match made.ends_with("route add") {
                true => format!("{made} {kind} {ip}"),
                false => format!("{made} {kind}"),
            };
            namespaces::here(&format!("ip {made}"));
            let [user, root] = answers_to(&target(to), None);
            for answer in [user, root] {
                assert_eq!(answer.verdict(), "no-route", "{made}: {answer:?}");
                let is_named = answer.text.contains("doctor.clue.forbidden_by_");
                assert!(is_named, "{made}: {answer:?}");
            }
            namespaces::here(&format!("ip {}", made.replacen(" add ", " del ", 1)));
        }
    }
    // A rule for one port.
    namespaces::here("ip rule add ipproto udp dport 9433 prohibit");
    let found = |to: &str| verdict(answers_to(&target(to), None));
    assert_eq!(found("10.78.0.2:9433"), "no-route");
    assert_eq!(found("10.78.0.2:9434"), "none");

    namespaces::here("ip neigh replace 10.77.0.2 lladdr 02:00:00:00:00:99 dev near nud permanent");
    for (to, situation) in [
        ("10.77.0.2:9", "host-unreachable"),
        ("10.78.0.2:9", "wrong-gateway"),
    ] {
        for answer in answers_to(&target(to), None) {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            assert!(is_open(&answer, situation), "{answer:?}");
        }
        let [user, root] = answers_with_probes(&target(to), None);
        assert!(is_open(&user, situation), "{user:?}");
        assert_eq!(root.verdict(), situation, "{root:?}");
    }
    namespaces::here(&format!(
        "right=$(nsenter --target {} --net ip -o link show far | sed 's/.*ether \\([^ ]*\\).*/\\1/')
         ip neigh replace 10.77.0.2 lladdr $right dev near nud permanent",
        namespaces::far()
    ));
    let found = verdict(answers_with_probes(&over_tcp("10.78.0.2:9"), None));
    assert_eq!(found, "nobody-listens");
}

#[test]
fn healthy_networks_are_no_finding_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::probes::healthy");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn healthy() {
    // A second link with a bridge at its near end; IPv6 alone.
    namespaces::here(&format!(
        "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
         ip link add br0 type bridge
         ip link add second type veth peer name far2 netns {}
         ip link set second master br0
         ip link set second up
         ip link set br0 up
         ip -6 addr add fd79::1/64 dev br0 nodad
         ip route add 224.0.0.0/4 dev near",
        namespaces::far()
    ));
    namespaces::there("ip -6 addr add fd79::2/64 dev far2 nodad; ip link set far2 up");
    namespaces::here("until ip link show br0 | grep -q 'state UP'; do sleep 0.05; done");
    let near = namespaces::interface("near");
    let _udp = UdpSocket::bind("[::]:9440").unwrap();
    let _tcp = TcpListener::bind("[::]:9441").unwrap();
    for question in [
        target("[fd79::2]:9"),
        target(&format!("[fe80::1%{near}]:9")),
        target("239.1.2.3:9"),
        target(&format!("[ff02::1%{near}]:9")),
        target("[fd79::1]:9440"),
        over_tcp("[fd79::1]:9441"),
        Question::Port {
            transport: Transport::Udp,
            local: "[fd79::1]:9440".parse().unwrap(),
            from: None,
        },
        session("[::]:9440", "[fd79::2]:9"),
    ] {
        let asks = matches!(question, Question::Session { .. });
        let facts = asks.then(|| facts("[::]:9440"));
        for answer in answers_to(&question, facts.as_ref()) {
            assert_eq!(answer.verdict(), "none", "{question:?}: {answer:?}");
        }
    }
}

#[test]
fn probes_weaken_nothing_that_a_report_decides_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::probes::reported");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn reported() {
    for to in ["10.77.0.2:9498", "[fd77::2]:9498"] {
        let mut facts = facts("[::]:9440");
        facts.sent.messages = 1;
        facts.failures = vec![Failure {
            operation: Operation::Send,
            address: to.to_owned(),
            cause: Cause::PortUnreachable {
                code: 111,
                newer: None,
            },
        }];
        let question = session("[::]:9440", to);
        let before = answers_to(&question, Some(&facts));
        let after = answers_with_probes(&question, Some(&facts));
        for answer in before.iter().chain(&after) {
            assert_eq!(answer.verdict(), "port-unreachable", "{to}: {answer:?}");
            for situation in ["host-unreachable", "client-isolation", "rejected-on-way"] {
                assert!(!is_open(answer, situation), "{to}, {situation}: {answer:?}");
            }
        }
    }
}
