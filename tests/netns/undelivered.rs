//! Datagrams that do not arrive: who reports it, and why.
use super::namespaces::{self, listens, received};
use crate::cli::program::Program;
use crate::loopback::probe::{Fact, Probe};
use crate::skips::{have, skip};
use netpeer::explain;
use netpeer::traffic::{Cause, Failure, Notice, UndeliveredReason};
use netpeer::words::Lang;
use std::net::IpAddr;
use std::process::Command;

/// Sends a datagram; returns the reason why it does not arrive, who reports it, and the message in
/// English.
fn undelivered(to: &str) -> (UndeliveredReason, Option<IpAddr>, String) {
    let (mut probe, _) = Probe::udp("[::]:0");
    probe.send(to.parse().unwrap(), b"lost");
    let failure = probe.until_failure();
    assert_eq!(failure.address, to);
    let Cause::Undelivered { reason, by, .. } = failure.cause else {
        panic!("{failure:?}");
    };
    assert!(!explain::failure(Lang::Chinese, &failure).cure.is_empty());
    let english = explain::failure(Lang::English, &failure).line(Lang::English);
    (reason, by, english)
}

#[test]
fn a_machine_that_is_off_and_a_router_that_rejects_read_differently_in_a_subprocess() {
    namespaces::run("netns::undelivered::reports");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn reports() {
    namespaces::here(
        "cd /proc/sys/net/ipv4/neigh/near; echo 1 >mcast_solicit; echo 100 >retrans_time_ms",
    );
    namespaces::there(
        "ip route add prohibit 10.78.0.9/32
         ip route add unreachable 10.78.0.8/32
         ip -6 route add prohibit fd78::9/128",
    );
    let (reason, by, said) = undelivered("10.77.0.99:9000");
    assert_eq!((reason, by), (UndeliveredReason::NoHost, None));
    assert!(said.contains("does not answer in its network"), "{said}");
    let router = Some(IpAddr::from([10, 77, 0, 2]));
    let (reason, by, said) = undelivered("10.78.0.8:9000");
    assert_eq!((reason, by), (UndeliveredReason::NoHost, router));
    assert!(said.contains("cannot be reached") && said.contains("10.77.0.2"));
    let (reason, by, said) = undelivered("10.78.0.9:9000");
    assert_eq!((reason, by), (UndeliveredReason::Prohibited, router));
    assert!(said.contains("firewall") && said.contains("10.77.0.2"));
    let (reason, by, _) = undelivered("[fd78::9]:9000");
    assert_eq!(reason, UndeliveredReason::Prohibited);
    assert_eq!(by, Some("fd77::2".parse().unwrap()));
    // A connection has no error queue: the message names both possibilities.
    let refused = ["tcp-client", "10.77.0.99:9", "--for", "20s", "--lang", "en"];
    let mut program = Program::run(&refused);
    program.ends_input();
    let ended = program.ended();
    let both = ["A firewall rejects it", "the machine is off"];
    for one in both {
        assert!(ended.err.contains(one), "{}", ended.err);
    }
}

#[test]
fn a_target_that_reports_itself_unreachable_is_not_said_to_be_off_in_a_subprocess() {
    if have(&["nft"]) {
        namespaces::run("netns::undelivered::by_target");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn by_target() {
    let rules = "nft add table inet f
        nft add chain inet f i '{ type filter hook input priority 0; }'
        nft add rule inet f i udp dport 9110 reject with icmpx type host-unreachable
        nft add rule inet f i udp dport 9111 reject with icmpx type no-route
        nft add rule inet f i udp dport 9112 reject with icmp type prot-unreachable";
    namespaces::there(rules);
    namespaces::here(rules);
    for (host, target) in [
        ("10.77.0.2", "10.77.0.2"),
        ("[fd77::2]", "fd77::2"),
        // This machine.
        ("127.0.0.1", "127.0.0.1"),
    ] {
        for port in [9110, 9111] {
            let (_, by, said) = undelivered(&format!("{host}:{port}"));
            assert_eq!(by, target.parse().ok(), "{said}");
            assert!(said.contains("itself reports"), "{said}");
        }
    }
    let (reason, _, said) = undelivered("10.77.0.2:9112");
    assert_eq!(reason, UndeliveredReason::Other);
    assert!(said.contains("10.77.0.2:9112 does not take UDP"), "{said}");
}

#[test]
fn a_datagram_that_our_firewall_rejects_is_sent_once_and_has_one_row_in_a_subprocess() {
    namespaces::run("netns::undelivered::firewall");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn firewall() {
    let rules = "nft add table inet f
        nft add chain inet f o '{ type filter hook output priority 0; }'
        nft add counter inet f rejected
        nft add rule inet f o udp dport 9100 counter name rejected reject
        nft add rule inet f o udp dport 9101 counter name rejected reject with icmpx admin-prohibited";
    let tried = Command::new("sh").args(["-ec", rules]).output().unwrap();
    if !tried.status.success() {
        return skip("nftables", &String::from_utf8_lossy(&tried.stderr));
    }
    let mut program = listens(&namespaces::far(), &["--bind", "[::]:9000"]);
    for (local, host) in [("0.0.0.0:0", "10.77.0.2"), ("[::]:0", "[fd77::2]")] {
        for port in [9100, 9101] {
            let to = format!("{host}:{port}");
            namespaces::here("nft reset counter inet f rejected");
            let (mut probe, _) = Probe::udp(local);
            probe.send(to.parse().unwrap(), b"rejected");
            probe.send(format!("{host}:9000").parse().unwrap(), b"passed");
            assert_eq!(received(&program)["text"], "passed");
            probe.until_failure();
            let failures: Vec<&Failure> = probe
                .facts
                .iter()
                .filter_map(|fact| match fact {
                    Fact::Notice(Notice::Failed(failure)) => Some(failure),
                    _ => None,
                })
                .collect();
            // EPERM (errno(3)).
            let codes: Vec<_> = failures
                .iter()
                .map(|failure| failure.cause.code())
                .collect();
            assert_eq!(codes, [Some(1)], "{failures:?}");
            assert_eq!(failures[0].address, to);
            namespaces::here("nft list counter inet f rejected | grep -q 'packets 1 '");
        }
    }
    program.ends_input();
}
