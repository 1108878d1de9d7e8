//! Faults in the own network: a wrong mask, a refused connection, a broadcast to one network.

use super::machine::{link, near, second, session};
use super::{findings, likely};
use crate::engine::evidence::{Evidence, InterfaceFacts, Neighbour, Seen, Unseen};
use crate::explain::doctor::diagnosis::{Cure, Missing};
use crate::explain::doctor::found::unknown;
use crate::explain::doctor::{Situation, judge, next_step};
use crate::traffic::{Cause, Failure, Operation};

#[test]
fn a_silent_machine_of_a_wide_network_may_be_behind_a_router() {
    let mut evidence = near();
    evidence.path.next_hop = Seen::Known(Neighbour::Failed);
    for (mask, is_wide) in [("192.168.2.5/16", true), ("192.168.1.5/24", false)] {
        link(&mut evidence, mask);
        let finding = judge(&evidence).findings.remove(0);
        assert_eq!(finding.situation, Situation::HostUnreachable);
        let names: Vec<&str> = finding.clues.iter().map(|clue| clue.key).collect();
        assert_eq!(
            names.contains(&"doctor.clue.wide_mask"),
            is_wide,
            "{names:?}"
        );
        let unknown = unknown(&evidence, Situation::WrongMask);
        let wide = matches!(unknown, Some(Unseen::WideMask { .. }));
        assert_eq!(wide, is_wide, "{unknown:?}");
    }
    link(&mut evidence, "192.168.2.5/16");
    evidence.path.next_hop = Seen::Known(Neighbour::Reachable("02:00:00:00:00:09".into()));
    assert_eq!(unknown(&evidence, Situation::WrongMask), None, "it answers");
}

#[test]
fn a_neighbour_that_answers_has_refused_the_connection_itself() {
    let refused_with = |code, next_hop: Neighbour, operation| {
        let mut evidence = session("0.0.0.0:0", "192.168.1.9:80", |facts| {
            facts.sent = Default::default();
            facts.refused = Some(Failure {
                operation,
                address: "192.168.1.9:80".into(),
                cause: Cause::System { code },
            });
        });
        evidence.path.next_hop = Seen::Known(next_hop);
        findings(&evidence)
    };
    let refused = |next_hop, operation| refused_with(113, next_hop, operation);
    let there = || Neighbour::Reachable("02:00:00:00:00:09".into());
    if cfg!(target_os = "linux") {
        let expected = likely(Situation::RejectedOnWay);
        // EHOSTUNREACH, ENETUNREACH and ENOPROTOOPT, as the target's firewall chooses.
        for code in [113, 101, 92] {
            let found = refused_with(code, there(), Operation::Connect);
            assert_eq!(found, expected, "{code}");
        }
    }
    assert_eq!(refused(there(), Operation::Send), []);
    assert_ne!(
        refused(Neighbour::Never, Operation::Connect),
        likely(Situation::RejectedOnWay)
    );
}

#[test]
fn a_router_may_have_forgotten_a_peer_that_was_heard() {
    let heard = |to: &str, seconds: f64| {
        let mut evidence = session("0.0.0.0:9000", to, |facts| {
            facts.received.messages = 1;
            facts.senders = vec![to.parse().unwrap()];
            (facts.since_sent, facts.since_received) = (Some(seconds), Some(seconds));
        });
        evidence.firewall.rules = Seen::Known(Vec::new());
        judge(&evidence)
    };
    let quiet = heard("10.0.0.9:7", 40.0);
    assert!(!quiet.is_silent && quiet.findings.is_empty());
    let next = quiet.next.unwrap();
    assert_eq!(next.reason, Unseen::NatMayForget { seconds: 40 });
    // In the own network nobody translates, and a way that was just used is not forgotten.
    assert_eq!(heard("192.168.1.9:7", 40.0).next, None);
    assert_eq!(heard("10.0.0.9:7", 5.0).next, None);
}

#[test]
fn a_broadcast_to_all_networks_leaves_by_one_of_them() {
    let mut evidence = session("0.0.0.0:9000", "255.255.255.255:7", |_| {});
    evidence.path.is_broadcast = true;
    assert_eq!(unknown(&evidence, Situation::BroadcastAddress), None, "one");
    second(&mut evidence);
    let second = |evidence: &mut Evidence, change: fn(&mut InterfaceFacts)| {
        if let Seen::Known(all) = &mut evidence.local.interfaces {
            all.iter_mut()
                .filter(|link| link.name == "eth1")
                .for_each(change);
        }
    };
    second(&mut evidence, |link| {
        link.addresses = vec![([172, 21, 0, 1].into(), 24)];
    });
    let expected = Unseen::OneNetwork {
        interface: "eth0".into(),
        others: "eth1".into(),
        instead: ([172, 21, 0, 255], 7).into(),
    };
    let found = unknown(&evidence, Situation::BroadcastAddress);
    assert_eq!(found, Some(expected.clone()));
    let missing = Missing {
        situation: Situation::BroadcastAddress,
        reason: expected,
    };
    let next = next_step::of(&evidence, &[missing]).unwrap();
    assert_eq!(next.cure, Some(Cure::SendTo(([172, 21, 0, 255], 7).into())));
    let mut bound = evidence.clone();
    if let crate::engine::evidence::Question::Session { local, .. } = &mut bound.question {
        *local = Some(([172, 21, 0, 1], 9000).into());
    }
    let Some(Unseen::OneNetwork { interface, .. }) = unknown(&bound, Situation::BroadcastAddress)
    else {
        panic!("it leaves by one as well");
    };
    assert_eq!(interface, "eth1");
    second(&mut evidence, |link| link.has_carrier = Some(false));
    assert_eq!(unknown(&evidence, Situation::BroadcastAddress), None);
}

#[test]
fn a_silent_target_just_outside_a_narrow_network_may_be_in_it() {
    let mut evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
        known.sent.messages = 1;
        known.unanswered = 1;
        known.since_sent = Some(5.0);
    });
    link(&mut evidence, "10.0.0.200/27");
    let diagnosis = judge(&evidence);
    let narrow = |one: &Missing| matches!(one.reason, Unseen::NarrowMask { .. });
    assert!(
        diagnosis.unknown.first().is_some_and(narrow),
        "{diagnosis:?}"
    );
    let next = diagnosis.next.unwrap();
    assert_eq!(next.situation, Situation::WrongMask);
    // The card at which the target is may be the other one.
    if let Seen::Known(links) = &mut evidence.local.interfaces {
        let other = links.iter().find(|link| !link.is_loopback).unwrap().clone();
        links.push(InterfaceFacts {
            name: "eth1".into(),
            addresses: vec![([10, 0, 0, 130].into(), 27)],
            ..other
        });
    }
    let Some(Unseen::NarrowMask { address, .. }) = unknown(&evidence, Situation::WrongMask) else {
        panic!("both leave it out");
    };
    assert_eq!(address, "10.0.0.130/27 (eth1), 10.0.0.200/27 (eth0)");
    let target = evidence.question.to().unwrap();
    let known = evidence.session.as_mut().unwrap();
    known.senders.push(target);
    assert_eq!(unknown(&evidence, Situation::WrongMask), None, "it answers");
}
