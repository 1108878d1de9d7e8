//! Faults of programs and interfaces, asked about a port or a target.

use super::machine::{
    address, bound, grown, interface, known, machine, owner, port, session, target, with,
};
use super::{cure, first, likely, shown, unknown};
use crate::engine::evidence::{
    Evidence, InterfaceFacts, Owner, Question, Seen, SocketRow, Transport, Unseen,
};
use crate::explain::doctor::{Cure, Situation, judge, words};
use crate::words::Lang;

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

#[test]
fn a_port_without_a_program_is_not_bound() {
    let evidence = machine(port(UDP, "0.0.0.0:8080"), Vec::new());
    assert_eq!(first(&evidence), shown(Situation::NotBound));
    // One of the other transport, or a closed connection, does not receive.
    let other = bound(TCP, "0.0.0.0:8080");
    let evidence = machine(port(UDP, "0.0.0.0:8080"), vec![other]);
    assert_eq!(first(&evidence), shown(Situation::NotBound));
    let closed = SocketRow {
        state: 0x06,
        inode: 0,
        lingers: Some(40),
        remote: Some(address("127.0.0.1:5")),
        owner: None,
        ..bound(TCP, "127.0.0.1:8080")
    };
    let mut evidence = machine(port(TCP, "0.0.0.0:8080"), vec![closed]);
    evidence.local.others = vec![bound(TCP, "0.0.0.0:8081")];
    assert_eq!(first(&evidence), shown(Situation::NotBound));
}

#[test]
fn a_program_in_another_namespace_is_named() {
    let row = SocketRow {
        owner: Some(Owner {
            is_elsewhere: true,
            ..owner("server", 4711)
        }),
        ..bound(UDP, "0.0.0.0:8080")
    };
    for question in [port(UDP, "0.0.0.0:8080"), target(UDP, "127.0.0.1:8080")] {
        let mut evidence = machine(question, vec![row.clone()]);
        assert_eq!(first(&evidence), shown(Situation::OtherNamespace));
        // Somebody listens here too.
        known(&mut evidence.local.sockets).push(bound(UDP, "0.0.0.0:8080"));
        assert_eq!(first(&evidence), None);
        // Not all of them were searched.
        known(&mut evidence.local.sockets).clear();
        evidence.local.namespaces = Seen::Unseen(Unseen::TooSlow);
        assert!(unknown(&evidence).contains(&Situation::OtherNamespace));
    }
}

#[test]
fn a_program_on_loopback_is_not_reached_at_another_address() {
    let at = |asked: &str| machine(port(UDP, asked), vec![bound(UDP, "127.0.0.1:8080")]);
    assert_eq!(
        first(&at("192.168.1.5:8080")),
        shown(Situation::LoopbackOnly)
    );
    assert_eq!(first(&at("0.0.0.0:8080")), likely(Situation::LoopbackOnly));
    assert_eq!(first(&at("127.0.0.1:8080")), None);
}

#[test]
fn a_program_at_the_address_of_another_interface_is_told() {
    let mut evidence = machine(
        port(UDP, "10.0.0.5:8080"),
        vec![bound(UDP, "192.168.1.5:8080")],
    );
    with(&mut evidence, interface("eth1", &["10.0.0.5/24"]));
    assert_eq!(first(&evidence), shown(Situation::OtherInterface));
    let row = SocketRow {
        interface: Some("eth0".into()),
        ..bound(UDP, "0.0.0.0:8080")
    };
    evidence.local.sockets = Seen::Known(vec![row]);
    assert_eq!(first(&evidence), shown(Situation::OtherInterface));
    evidence.question = port(UDP, "192.168.1.5:8080");
    assert_eq!(first(&evidence), None);
    // No address of this machine at all.
    evidence.question = port(UDP, "10.0.0.6:8080");
    assert_eq!(first(&evidence), shown(Situation::NotLocal));
}

#[test]
fn programs_that_share_a_port_are_counted() {
    let rows = vec![
        bound(UDP, "0.0.0.0:8080"),
        SocketRow {
            inode: 43,
            owner: Some(owner("server", 4712)),
            ..bound(UDP, "0.0.0.0:8080")
        },
    ];
    let mut evidence = machine(port(UDP, "0.0.0.0:8080"), rows);
    assert_eq!(first(&evidence), likely(Situation::PortShared));
    known(&mut evidence.local.sockets)[0].local = address("127.0.0.1:8080");
    assert_eq!(first(&evidence), None);
}

#[test]
fn localhost_of_the_other_version_is_told() {
    let name = |to: &str, name: &str| Question::Target {
        transport: UDP,
        to: address(to),
        name: Some((
            name.into(),
            vec![address("[::1]:8080"), address("127.0.0.1:8080")],
        )),
    };
    let rows = vec![bound(UDP, "127.0.0.1:8080")];
    let mut evidence = machine(name("[::1]:8080", "localhost"), rows);
    assert_eq!(first(&evidence), shown(Situation::LocalhostIsV6));
    let instead = Some(Cure::SendTo(address("127.0.0.1:8080")));
    assert_eq!(cure(Situation::LocalhostIsV6, &evidence), instead);
    evidence.question = name("[::1]:8080", "this-machine");
    assert_eq!(first(&evidence), shown(Situation::V4AgainstV6));
    evidence.question = target(UDP, "127.0.0.1:8080");
    assert_eq!(first(&evidence), None);
    // Nobody has the port: another situation, of the peer.
    evidence.question = name("[::1]:8081", "localhost");
    assert_eq!(first(&evidence), None);
}

#[test]
fn a_socket_of_one_version_does_not_receive_the_other() {
    let at = |asked: &str, local: &str, v6_only| {
        let row = SocketRow {
            v6_only,
            ..bound(TCP, local)
        };
        machine(target(TCP, asked), vec![row])
    };
    let only = at("127.0.0.1:80", "[::]:80", Some(true));
    assert_eq!(first(&only), shown(Situation::V6Only));
    assert_eq!(first(&at("[::1]:80", "[::]:80", Some(true))), None);
    let unseen = at("127.0.0.1:80", "[::]:80", None);
    assert_eq!(first(&unseen), None);
    assert!(unknown(&unseen).contains(&Situation::V6Only));
    let against = at("127.0.0.1:80", "[::1]:80", None);
    assert_eq!(first(&against), shown(Situation::V4AgainstV6));
    assert!(heading(&against).contains("on IPv6 only, and you use IPv4"));
    let against = at("[::1]:80", "0.0.0.0:80", None);
    assert_eq!(first(&against), shown(Situation::V4AgainstV6));
    assert!(heading(&against).contains("on IPv4 only, and you use IPv6"));
}

#[test]
fn no_message_is_said_to_go_to_all_addresses() {
    let row = SocketRow {
        v6_only: Some(true),
        ..bound(UDP, "[::]:7202")
    };
    let evidence = machine(port(UDP, "0.0.0.0:7202"), vec![row]);
    assert_eq!(first(&evidence), likely(Situation::V6Only));
    for lang in Lang::ALL {
        let mut findings = judge(&evidence).findings.into_iter();
        let finding = findings.find(|finding| finding.situation == Situation::V6Only);
        let seen = words::finding(lang, &finding.unwrap()).seen.concat();
        assert!(!seen.contains("0.0.0.0"), "{seen}");
        assert!(
            seen.contains("[::]:7202") && seen.contains("IPv4"),
            "{seen}"
        );
    }
}

/// What the verdict says in English.
fn heading(evidence: &Evidence) -> String {
    let judged = judge(evidence).findings;
    let versions = judged
        .iter()
        .find(|one| one.situation == Situation::V4AgainstV6);
    words::finding(Lang::English, versions.unwrap()).what
}

fn changed(to: &str, change: impl FnOnce(&mut InterfaceFacts)) -> Evidence {
    let mut evidence = machine(target(UDP, to), Vec::new());
    let eth = known(&mut evidence.local.interfaces).last_mut();
    change(eth.unwrap());
    evidence
}

#[test]
fn an_interface_that_leads_to_the_target_is_named() {
    let near = "192.168.1.9:80";
    let down = changed(near, |eth| eth.is_up = false);
    assert_eq!(first(&down), shown(Situation::InterfaceDown));
    let far = changed("203.0.113.1:80", |eth| eth.is_up = false);
    assert_eq!(first(&far), shown(Situation::InterfaceDown));
    let out = changed(near, |eth| eth.has_carrier = Some(false));
    assert_eq!(first(&out), shown(Situation::NoCarrier));
    let bare = changed(near, |eth| eth.addresses.clear());
    assert_eq!(first(&bare), shown(Situation::NoAddress));
    let own = changed(near, |eth| {
        eth.addresses = interface("", &["169.254.1.1/16"]).addresses
    });
    assert_eq!(first(&own), shown(Situation::NoAddress));
    let other = changed("[2001:db8::1]:80", |eth| {
        eth.addresses = interface("", &["192.168.1.5/24", "fe80::5/64"]).addresses;
    });
    assert_eq!(first(&other), shown(Situation::NoAddress));
    let here = machine(
        target(UDP, "127.0.0.1:80"),
        vec![bound(UDP, "127.0.0.1:80")],
    );
    assert_eq!(first(&here), None);
}

#[test]
fn a_duplicate_address_is_told() {
    let to = "[fd01::9]:80";
    let double = changed(to, |eth| eth.duplicates = vec![address("[fd01::5]:0").ip()]);
    assert_eq!(first(&double), shown(Situation::DuplicateAddress));
    let other = changed(to, |eth| {
        eth.duplicates = vec![address("[fd01::5]:0").ip()];
        eth.addresses.push((address("[fd01::6]:0").ip(), 64));
    });
    assert_eq!(first(&other), None, "another address is in use");
    let four = changed("192.168.1.9:80", |eth| {
        eth.duplicates = vec![address("[fd01::5]:0").ip()];
    });
    assert_eq!(first(&four), None);
}

#[test]
fn a_mask_that_leaves_out_the_target_is_told_if_no_route_leads_there() {
    let narrow = |eth: &mut InterfaceFacts| {
        eth.addresses = interface("", &["192.168.1.5/30"]).addresses;
    };
    let mut evidence = changed("192.168.1.9:80", narrow);
    assert_eq!(first(&evidence), None);
    assert!(unknown(&evidence).contains(&Situation::WrongMask));
    // ENETUNREACH (errno(3)).
    evidence.path.route = Seen::Known(Err(101));
    assert_eq!(first(&evidence), shown(Situation::WrongMask));
    // The mask is compared with an address, which has no port.
    for (situation, check) in super::CHECKS {
        if *situation == Situation::WrongMask
            && let super::Outcome::Is(_, clues) = check(&evidence)
        {
            assert!(clues[0].values.contains(&("to", "192.168.1.9".into())));
        }
    }
    evidence.question = target(UDP, "192.168.1.6:80");
    assert_eq!(first(&evidence), None);
}

#[test]
fn a_full_queue_is_told_but_for_a_peer_that_is_stopped() {
    let row = SocketRow {
        unread: 3,
        backlog: Some(2),
        ..bound(TCP, "0.0.0.0:8080")
    };
    let mut evidence = machine(port(TCP, "0.0.0.0:8080"), vec![row]);
    assert_eq!(first(&evidence), shown(Situation::BacklogFull));
    let row = &mut known(&mut evidence.local.sockets)[0];
    row.owner = Some(Owner {
        is_stopped: true,
        ..owner("server", 4711)
    });
    assert_eq!(first(&evidence), shown(Situation::BacklogFull));
    evidence.question = target(TCP, "127.0.0.1:8080");
    assert_eq!(first(&evidence), None);
    known(&mut evidence.local.sockets)[0].backlog = None;
    assert!(unknown(&evidence).contains(&Situation::BacklogFull));
}

#[test]
fn a_full_buffer_is_shown_while_it_is_full() {
    let row = SocketRow {
        dropped: Some(5),
        unread: 4096,
        ..bound(UDP, "0.0.0.0:8080")
    };
    let mut evidence = machine(port(UDP, "0.0.0.0:8080"), vec![row]);
    assert_eq!(first(&evidence), shown(Situation::ReceiveOverflow));
    known(&mut evidence.local.sockets)[0].unread = 0;
    assert_eq!(first(&evidence), likely(Situation::ReceiveOverflow));
    // Another socket of the machine may be the one that drops now.
    grown(&mut evidence, "Udp.RcvbufErrors", 9, "eth0");
    assert_eq!(first(&evidence), likely(Situation::ReceiveOverflow));
}

#[test]
fn a_full_queue_or_buffer_of_a_socket_at_another_address_is_no_evidence() {
    let full = SocketRow {
        unread: 3,
        backlog: Some(2),
        ..bound(TCP, "127.0.0.2:8080")
    };
    let rows = vec![bound(TCP, "127.0.0.1:8080"), full];
    let evidence = machine(target(TCP, "127.0.0.1:8080"), rows);
    assert_eq!(first(&evidence), None);
    let full = SocketRow {
        dropped: Some(5),
        unread: 4096,
        ..bound(UDP, "127.0.0.2:8080")
    };
    let rows = vec![bound(UDP, "127.0.0.1:8080"), full];
    let evidence = machine(target(UDP, "127.0.0.1:8080"), rows);
    assert_eq!(first(&evidence), None);
}

#[test]
fn used_up_memory_and_ports_are_told() {
    let row = bound(UDP, "0.0.0.0:8080");
    let mut evidence = machine(port(UDP, "0.0.0.0:8080"), vec![row]);
    known(&mut evidence.local.limits).udp_pages = Some((1000, 1000));
    assert_eq!(first(&evidence), shown(Situation::MemoryLimit));
    let mut evidence = machine(target(TCP, "192.168.1.9:80"), Vec::new());
    let limits = known(&mut evidence.local.limits);
    (limits.ephemeral, limits.ephemeral_taken) = (Some((40_000, 40_001)), Some(2));
    assert_eq!(first(&evidence), shown(Situation::EphemeralExhausted));
    known(&mut evidence.local.limits).ephemeral_taken = Some(1);
    assert_eq!(first(&evidence), None);
    // There were too many sockets to count them.
    known(&mut evidence.local.limits).ephemeral_taken = None;
    assert!(unknown(&evidence).contains(&Situation::EphemeralExhausted));
    // Ports of UDP are taken for all targets.
    let mut evidence = machine(target(UDP, "192.168.1.9:80"), Vec::new());
    let limits = known(&mut evidence.local.limits);
    (limits.ephemeral, limits.ephemeral_taken) = (Some((40_000, 40_001)), Some(2));
    assert_eq!(first(&evidence), shown(Situation::EphemeralExhausted));
}

#[test]
fn a_program_on_loopback_may_be_meant_for_peers_elsewhere() {
    for (asked, local) in [("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:80", "[::1]:80")] {
        let evidence = machine(port(UDP, asked), vec![bound(UDP, local)]);
        assert_eq!(first(&evidence), None);
        assert!(unknown(&evidence).contains(&Situation::LoopbackOnly));
    }
    let all = machine(port(UDP, "127.0.0.1:80"), vec![bound(UDP, "0.0.0.0:80")]);
    assert!(!unknown(&all).contains(&Situation::LoopbackOnly));
}

#[test]
fn what_did_not_happen_in_a_moment_is_not_ruled_out() {
    let mut evidence = session(UDP, "192.168.1.5:9000", None, |_| {});
    assert!(!unknown(&evidence).contains(&Situation::OtherInterface));
    with(&mut evidence, interface("eth1", &["10.0.0.5/24"]));
    assert!(unknown(&evidence).contains(&Situation::OtherInterface));
    let evidence = session(UDP, "127.0.0.1:9000", None, |_| {});
    assert!(unknown(&evidence).contains(&Situation::LocalhostIsV6));
}

#[test]
fn datagrams_for_other_ports_are_a_hint_only() {
    let row = bound(UDP, "0.0.0.0:8080");
    let mut evidence = machine(port(UDP, "0.0.0.0:8080"), vec![row]);
    assert_eq!(unknown(&evidence), [Situation::WrongPort]);
    grown(&mut evidence, "Udp.NoPorts", 3, "eth0");
    assert_eq!(first(&evidence), likely(Situation::WrongPort));
    // Those that a program of this machine may have sent by the loopback do not count.
    known(&mut evidence.local.recent)
        .received
        .insert("lo".to_owned(), 1);
    assert_eq!(first(&evidence), None);
    assert!(unknown(&evidence).contains(&Situation::WrongPort));
    let tcp = session(TCP, "0.0.0.0:8080", None, |_| {});
    assert_eq!(unknown(&tcp), [Situation::WrongPort]);
}
