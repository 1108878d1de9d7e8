//! Machines on which nothing is wrong: nothing is found.

use super::machine::{bound, grown, interface, known, machine, owner, port, session, target, with};
use super::{findings, unknown};
use crate::engine::evidence::{Evidence, LocalFacts, SocketRow, Transport, Unseen};
use crate::explain::doctor::Situation;

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

fn is_healthy(evidence: &Evidence) {
    assert_eq!(findings(evidence), [], "{:?}", evidence.question);
}

#[test]
fn a_program_that_listens_where_it_should_has_no_fault() {
    for transport in [UDP, TCP] {
        for (asked, local) in [
            ("0.0.0.0:8080", "0.0.0.0:8080"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("127.0.0.1:8080", "0.0.0.0:8080"),
            ("127.0.0.1:8080", "[::]:8080"),
            ("[::1]:8080", "[::]:8080"),
            ("192.168.1.5:8080", "192.168.1.5:8080"),
            ("192.168.1.5:8080", "[::]:8080"),
            ("[fd01::5]:8080", "[fd01::5]:8080"),
        ] {
            let rows = vec![bound(transport, local)];
            is_healthy(&machine(port(transport, asked), rows.clone()));
            if !asked.starts_with("0.0.0.0") {
                is_healthy(&machine(target(transport, asked), rows));
            }
        }
    }
}

#[test]
fn a_target_elsewhere_has_no_fault_here() {
    for to in [
        "192.168.1.9:80",
        "203.0.113.1:80",
        "[fd01::9]:80",
        "[fe80::9]:80",
    ] {
        for transport in [UDP, TCP] {
            is_healthy(&machine(target(transport, to), Vec::new()));
        }
    }
    for group in ["239.1.2.3:80", "255.255.255.255:80", "[ff02::1]:80"] {
        is_healthy(&machine(target(UDP, group), Vec::new()));
    }
}

#[test]
fn an_idle_session_has_no_fault() {
    for local in [
        "0.0.0.0:9000",
        "[::]:9000",
        "192.168.1.5:9000",
        "127.0.0.1:9000",
    ] {
        for transport in [UDP, TCP] {
            is_healthy(&session(transport, local, None, |_| {}));
        }
    }
    is_healthy(&session(
        UDP,
        "0.0.0.0:9000",
        Some("192.168.1.9:80"),
        |_| {},
    ));
    is_healthy(&session(UDP, "[::]:9000", Some("192.168.1.9:80"), |_| {}));
    is_healthy(&session(
        UDP,
        "127.0.0.1:9000",
        Some("127.0.0.1:80"),
        |_| {},
    ));
    is_healthy(&session(
        TCP,
        "127.0.0.1:50000",
        Some("127.0.0.1:80"),
        |client| {
            (client.is_server, client.is_connected) = (false, true);
        },
    ));
}

#[test]
fn an_interface_that_does_not_lead_to_the_target_may_be_off() {
    let mut evidence = machine(target(UDP, "192.168.1.9:80"), Vec::new());
    let mut other = interface("eth1", &["10.0.0.5/24"]);
    (other.is_up, other.has_carrier) = (false, Some(false));
    with(&mut evidence, other);
    let mut bridge = interface("docker0", &["172.17.0.1/16"]);
    bridge.has_carrier = Some(false);
    with(&mut evidence, bridge);
    is_healthy(&evidence);
    // A second way to the same network.
    let mut wireless = interface("wlan0", &["192.168.1.6/24"]);
    wireless.is_up = false;
    with(&mut evidence, wireless);
    is_healthy(&evidence);
}

#[test]
fn a_tunnel_with_a_single_address_is_no_wrong_mask() {
    let mut evidence = machine(target(TCP, "10.8.0.9:80"), Vec::new());
    with(&mut evidence, interface("tun0", &["10.8.0.2/32"]));
    // Its route is not known.
    is_healthy(&evidence);
}

#[test]
fn two_sockets_of_one_program_share_its_port() {
    let row = bound(TCP, "0.0.0.0:8080");
    is_healthy(&machine(port(TCP, "0.0.0.0:8080"), vec![row.clone(), row]));
    // One of IPv4, and one of IPv6 only.
    let four = bound(UDP, "0.0.0.0:8080");
    let six = SocketRow {
        v6_only: Some(true),
        owner: Some(owner("other", 9)),
        ..bound(UDP, "[::]:8080")
    };
    is_healthy(&machine(port(UDP, "0.0.0.0:8080"), vec![four, six]));
}

#[test]
fn stray_datagrams_are_no_fault_of_a_session_that_receives() {
    let mut evidence = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.received.messages = 3
    });
    grown(&mut evidence, "Udp.NoPorts", 5, "eth0");
    is_healthy(&evidence);
    let mut local = session(UDP, "127.0.0.1:9000", Some("127.0.0.1:80"), |facts| {
        facts.received.messages = 3;
    });
    grown(&mut local, "Udp6NoPorts", 5, "lo");
    is_healthy(&local);
}

#[test]
fn a_queue_that_is_not_full_and_memory_that_is_left_are_no_fault() {
    let row = SocketRow {
        unread: 128,
        ..bound(TCP, "0.0.0.0:8080")
    };
    let mut evidence = machine(port(TCP, "0.0.0.0:8080"), vec![row]);
    known(&mut evidence.local.limits).tcp_pages = Some((999, 1000));
    is_healthy(&evidence);
}

#[test]
fn a_limit_that_is_not_shown_was_not_reached_if_nothing_was_dropped() {
    let mut evidence = session(UDP, "0.0.0.0:9000", None, |_| {});
    known(&mut evidence.local.limits).udp_pages = None;
    assert!(unknown(&evidence).contains(&Situation::MemoryLimit));
    let counters = &mut known(&mut evidence.local.counters).0;
    counters.insert("Udp.MemErrors".into(), 0);
    assert!(!unknown(&evidence).contains(&Situation::MemoryLimit));
    let counters = &mut known(&mut evidence.local.counters).0;
    counters.insert("Udp6MemErrors".into(), 2);
    assert!(unknown(&evidence).contains(&Situation::MemoryLimit));
}

#[test]
fn a_filter_that_shows_something_received_is_no_fault() {
    let evidence = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.received.messages = 10;
        facts.settings.hidden_rows = 9;
    });
    is_healthy(&evidence);
    let evidence = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.settings.hidden_rows = 9;
        facts.clock_steps = vec![0.01];
    });
    is_healthy(&evidence);
}

#[test]
fn what_could_not_be_read_is_unknown_and_blames_nobody() {
    for reason in [
        Unseen::TooSlow,
        Unseen::NotHere,
        Unseen::Unreadable("?".into()),
    ] {
        for question in [
            port(TCP, "192.168.1.5:8080"),
            target(TCP, "127.0.0.1:8080"),
            target(UDP, "192.168.1.9:8080"),
        ] {
            let mut evidence = machine(question, Vec::new());
            evidence.local = LocalFacts::unseen(&reason);
            is_healthy(&evidence);
            assert!(!unknown(&evidence).is_empty());
        }
        let mut evidence = session(TCP, "0.0.0.0:8080", None, |_| {});
        evidence.local = LocalFacts::unseen(&reason);
        is_healthy(&evidence);
    }
}
