//! A loopback that is down, by which everything goes that stays on the machine.

use super::machine::{bound, known, machine, port, session, target};
use super::{CHECKS, Outcome, first, shown};
use crate::engine::evidence::{Evidence, Seen, Transport, Unseen};
use crate::explain::doctor::{Situation, judge, words};
use crate::words::Lang;

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

fn down(mut evidence: Evidence) -> Evidence {
    known(&mut evidence.local.interfaces)[0].is_up = false;
    evidence
}

fn is_ruled_out(evidence: &Evidence) -> bool {
    judge(evidence)
        .ruled_out
        .contains(&Situation::InterfaceDown)
}

/// Questions about what stays on this machine.
fn all() -> Vec<Evidence> {
    let mut all = Vec::new();
    for transport in [UDP, TCP] {
        for to in ["127.0.0.1:80", "[::1]:80", "192.168.1.5:80", "[fd01::5]:80"] {
            all.push(machine(target(transport, to), vec![bound(transport, to)]));
        }
        let local = "127.0.0.1:9000";
        all.push(machine(
            port(transport, local),
            vec![bound(transport, local)],
        ));
        all.push(session(transport, local, None, |_| {}));
        all.push(session(transport, local, Some("127.0.0.1:9001"), |_| {}));
    }
    all
}

#[test]
fn a_loopback_that_is_down_is_found_and_one_that_is_up_is_ruled_out() {
    for evidence in all() {
        assert!(is_ruled_out(&evidence), "{:?}", evidence.question);
        let evidence = down(evidence);
        let verdict = first(&evidence);
        assert_eq!(
            verdict,
            shown(Situation::InterfaceDown),
            "{:?}",
            evidence.question
        );
    }
}

#[test]
fn what_leaves_the_machine_does_not_need_the_loopback() {
    for to in ["192.168.1.9:80", "203.0.113.1:80"] {
        let evidence = down(machine(target(UDP, to), Vec::new()));
        assert!(is_ruled_out(&evidence), "{to}");
    }
}

#[test]
fn interfaces_that_are_not_known_leave_it_open() {
    for mut evidence in all() {
        evidence.local.interfaces = Seen::Unseen(Unseen::TooSlow);
        let mut unknown = judge(&evidence).unknown.into_iter();
        let missing = unknown.find(|missing| missing.situation == Situation::InterfaceDown);
        assert_eq!(missing.unwrap().reason, Unseen::TooSlow);
    }
}

#[test]
fn a_loopback_that_was_never_up_is_no_matter_of_routes() {
    let mut evidence = down(machine(target(UDP, "127.0.0.1:80"), Vec::new()));
    known(&mut evidence.local.interfaces)[0].addresses.clear();
    // ENETUNREACH (errno(3)).
    evidence.path.route = Seen::Known(Err(101));
    let findings = judge(&evidence).findings;
    assert_eq!(findings[0].situation, Situation::InterfaceDown);
    let is_of_routes = |situation| situation == Situation::NoRoute;
    assert!(!findings.iter().any(|one| is_of_routes(one.situation)));
    for lang in Lang::ALL {
        let said = words::finding(lang, &findings[0]);
        assert!(said.what.contains("lo"), "{}", said.what);
        assert!(said.cure.contains("ip link set lo up"), "{}", said.cure);
    }
    // Another machine that no route leads to is one.
    let mut evidence = down(machine(target(UDP, "203.0.113.1:80"), Vec::new()));
    evidence.path.route = Seen::Known(Err(101));
    let mut findings = judge(&evidence).findings.into_iter();
    assert!(findings.any(|one| is_of_routes(one.situation)));
}

#[test]
fn an_interface_without_an_address_is_not_said_to_have_some() {
    let mut evidence = down(machine(target(UDP, "127.0.0.1:80"), Vec::new()));
    known(&mut evidence.local.interfaces)[0].addresses.clear();
    for (situation, check) in CHECKS {
        if *situation == Situation::InterfaceDown
            && let Outcome::Is(_, clues) = check(&evidence)
        {
            assert_eq!(clues[0].values, [("interface", "lo".to_owned())]);
        }
    }
}
