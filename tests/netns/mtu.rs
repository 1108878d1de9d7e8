//! Datagrams larger than the path MTU.
use super::namespaces::{self, arrived, listens, received};
use crate::cli::program::Program;
use crate::loopback::probe::{Fact, Probe};
use netpeer::engine::Setup;
use netpeer::explain;
use netpeer::traffic::{Cause, Notice, Operation};
use netpeer::words::Lang;
use std::net::SocketAddr;

#[test]
fn a_datagram_longer_than_a_packet_arrives_whole_in_a_subprocess() {
    namespaces::run("netns::mtu::fragments");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn fragments() {
    namespaces::here("ip link set near mtu 1280");
    namespaces::there("ip link set far mtu 1280");
    let (mut probe, _) = Probe::udp("[::]:9000");
    let text = "x".repeat(4_000);
    for (number, to) in ["10.77.0.2:9000", "[fd77::2]:9000"].into_iter().enumerate() {
        let back = ["10.77.0.1:9000", "[fd77::1]:9000"][number];
        let mut program = listens(&namespaces::far(), &["--bind", to, "--to", back]);
        let before = fragments_made();
        probe.send(to.parse().unwrap(), text.as_bytes());
        assert_eq!(received(&program)["text"], text.as_str());
        let made = fragments_made();
        assert!(made[number] >= before[number] + 4, "{before:?} {made:?}");
        let back = format!("{text}{number}");
        program.types(&back);
        arrived(&mut probe, &back);
    }
    let failed = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
    assert!(!probe.facts.iter().any(failed));
}

/// The number of fragments that this network namespace has sent, for IPv4 and IPv6.
fn fragments_made() -> [u64; 2] {
    let snmp = std::fs::read_to_string("/proc/self/net/snmp").unwrap();
    let mut ip = snmp.lines().filter(|line| line.starts_with("Ip: "));
    let (names, values) = (ip.next().unwrap(), ip.next().unwrap());
    let mut fields = names.split(' ').zip(values.split(' '));
    let (_, four) = fields.find(|(name, _)| *name == "FragCreates").unwrap();
    let snmp6 = std::fs::read_to_string("/proc/self/net/snmp6").unwrap();
    let mut lines = snmp6
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace));
    let (_, six) = lines.find(|(name, _)| *name == "Ip6FragCreates").unwrap();
    [four, six].map(|count| count.trim().parse().unwrap())
}

#[test]
fn a_small_path_mtu_behind_a_router_is_reported_and_then_used_in_a_subprocess() {
    namespaces::run("netns::mtu::narrow");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn narrow() {
    let (mut probe, _) = Probe::udp("[::]:9000");
    let text = "x".repeat(1_400);
    for (to, ipv6, payload) in [
        ("10.78.0.2:9000", false, "1252"),
        ("[fd78::2]:9000", true, "1232"),
    ] {
        let mut program = listens(&namespaces::end(), &["--bind", to]);
        let target: SocketAddr = to.parse().unwrap();
        probe.send(target, text.as_bytes());
        let failure = probe.until_failure();
        assert_eq!(
            (failure.operation, failure.address.as_str()),
            (Operation::Send, to)
        );
        let Cause::TooBig {
            mtu: 1_280,
            ipv6: found,
            ..
        } = failure.cause
        else {
            panic!("{failure:?}");
        };
        assert_eq!(found, ipv6);
        for lang in Lang::ALL {
            let said = explain::failure(lang, &failure);
            assert!(
                said.what.contains(to) && said.what.contains("1280"),
                "{}",
                said.what
            );
            assert!(said.cure.contains(payload), "{}", said.cure);
        }
        // The path MTU is known now: the same datagram is fragmented.
        probe.facts.clear();
        probe.arrivals.clear();
        probe.send(target, text.as_bytes());
        assert_eq!(received(&program)["text"], text.as_str());
        program.types(&text);
        assert_eq!(arrived(&mut probe, &text).0, target);
        let failed = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
        assert!(!probe.facts.iter().any(failed));
    }
}

#[test]
fn a_datagram_lost_to_a_small_path_mtu_was_sent_in_a_subprocess() {
    namespaces::run("netns::mtu::sent");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn sent() {
    let text = "x".repeat(1_400);
    let mut words = vec!["udp", "--to", "10.78.0.2:9000", "--message", &text];
    words.extend([
        "--times", "3", "--repeat", "200ms", "--for", "1s", "--quiet",
    ]);
    words.extend(["--lang", "en"]);
    let mut program = Program::run(&words);
    program.ends_input();
    let ended = program.ended();
    assert!(ended.err.contains("was lost"), "{}", ended.err);
    assert!(!ended.err.contains("not sent"), "{}", ended.err);
    assert_eq!(ended.status, Some(0));
}

#[test]
fn a_megabyte_goes_both_ways_over_a_link_with_a_small_mtu_in_a_subprocess() {
    namespaces::run("netns::mtu::megabyte");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn megabyte() {
    // END is beyond the link with the small MTU.
    for at in ["[::]:9000", "0.0.0.0:9001"] {
        let mut probe = Probe::open(Setup {
            close_with_peer: false,
            ..Setup::tcp_server(at.parse().unwrap())
        });
        probe.until_notice(|notice| matches!(notice, Notice::Listening { .. }).then_some(()));
        let server = at
            .replace("[::]", "[fd77::1]")
            .replace("0.0.0.0", "10.77.0.1");
        let mut program = Program::in_network_of(
            &namespaces::end(),
            &[
                "tcp-client",
                &server,
                "--ending",
                "lf",
                "--once",
                "--half-open",
                "--for",
                "60s",
            ],
        );
        let peer = probe.until_notice(|notice| match notice {
            Notice::Joined { peer } => Some(*peer),
            _ => None,
        });
        probe.send(peer.address().unwrap(), &vec![b'y'; 1 << 20]);
        for _ in 0..1 << 10 {
            program.types(&"x".repeat((1 << 10) - 1));
        }
        program.ends_input();
        probe.until_notice(|notice| matches!(notice, Notice::PeerFinished { .. }).then_some(()));
        let received = probe.received();
        assert_eq!(received.len(), 1 << 20);
        assert_eq!(
            received.iter().filter(|byte| **byte == b'x').count(),
            (1 << 20) - (1 << 10)
        );
        let totals = program.ended().err;
        assert_eq!(totals.matches("(1,048,576 bytes)").count(), 2, "{totals}");
    }
}
