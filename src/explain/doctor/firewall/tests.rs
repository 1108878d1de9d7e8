//! Evidence made by hand: each situation, its neighbours, and machines without a fault.

use super::{CHECKS, cure};
use crate::engine::evidence::{
    Denial, Direction, Evidence, FirewallRule, Permission, Question, ReversePath, RuleVerdict,
    Seen, SessionFacts, Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Cure, Outcome};
use crate::explain::doctor::{Situation, Subject, found};
use crate::traffic::{Cause, Failure, Operation};

fn rule(direction: Direction, verdict: RuleVerdict, applies: Option<bool>) -> FirewallRule {
    let hook = match direction {
        Direction::In => "input",
        Direction::Out => "output",
    };
    FirewallRule {
        direction,
        table: "inet f".into(),
        base: "c".into(),
        chain: "c".into(),
        hook: hook.into(),
        text: format!("{verdict:?}"),
        verdict,
        applies,
        by_state: false,
        packets: Some(3),
        source: None,
    }
}

/// A machine with these rules, asked about a target.
fn machine(rules: Vec<FirewallRule>) -> Evidence {
    let question = Question::Target {
        transport: Transport::Udp,
        to: "192.0.2.9:9000".parse().unwrap(),
        name: None,
    };
    let mut evidence = Evidence::gather(question, None, Permission::default());
    evidence.firewall.rules = Seen::Known(rules);
    evidence.firewall.denials = Seen::Known(Vec::new());
    evidence.firewall.services = Vec::new();
    evidence.firewall.reverse_path = Seen::Known(ReversePath::default());
    evidence
}

fn asks(evidence: &mut Evidence, session: SessionFacts) {
    evidence.question = Question::Session {
        transport: Transport::Udp,
        local: "0.0.0.0:7".parse().ok(),
        to: evidence.question.to(),
        from: None,
    };
    evidence.session = Some(session);
}

/// What is found. Every finding has its words.
fn findings(evidence: &Evidence) -> Vec<(Situation, Certainty)> {
    found::findings(CHECKS, evidence)
}

#[test]
fn every_situation_has_one_check() {
    for &situation in Situation::ALL {
        let is_it = situation.subject() == Subject::Firewall;
        let checks = CHECKS.iter().filter(|(of, _)| *of == situation).count();
        assert_eq!(checks, usize::from(is_it), "{situation:?}");
    }
}

#[test]
fn the_rule_that_decides_is_the_verdict() {
    let found = |direction, verdict| {
        findings(&machine(vec![rule(direction, verdict, Some(true))]))
            .into_iter()
            .map(|(situation, _)| situation)
            .collect::<Vec<_>>()
    };
    for (direction, verdict, situation) in [
        (Direction::In, RuleVerdict::Drop, Situation::DropIn),
        (Direction::In, RuleVerdict::Reject, Situation::RejectIn),
        (Direction::Out, RuleVerdict::Drop, Situation::DropOut),
        (Direction::Out, RuleVerdict::Reject, Situation::RejectOut),
    ] {
        assert_eq!(found(direction, verdict), [situation]);
    }
    assert_eq!(found(Direction::In, RuleVerdict::Accept), []);
    let mut by_state = rule(Direction::In, RuleVerdict::Drop, Some(true));
    by_state.by_state = true;
    let found = findings(&machine(vec![by_state]));
    assert_eq!(found, [(Situation::DropByState, Certainty::Shown)]);
}

#[test]
fn what_is_accepted_before_is_not_dropped_and_what_may_be_is_not_known() {
    let drop = rule(Direction::In, RuleVerdict::Drop, Some(true));
    for applies in [Some(true), None] {
        let accept = rule(Direction::In, RuleVerdict::Accept, applies);
        let evidence = machine(vec![accept, drop.clone()]);
        assert_eq!(findings(&evidence), []);
        let (_, check) = CHECKS
            .iter()
            .find(|(of, _)| *of == Situation::DropIn)
            .unwrap();
        let is_unseen = matches!(check(&evidence), Outcome::Unseen(_));
        assert_eq!(is_unseen, applies.is_none());
    }
    // Another chain drops what this one accepts.
    let accept = rule(Direction::In, RuleVerdict::Accept, Some(true));
    let mut other = drop;
    other.base = "other".into();
    let found = findings(&machine(vec![accept, other]));
    assert_eq!(found, [(Situation::DropIn, Certainty::Shown)]);
    let perhaps = machine(vec![rule(Direction::In, RuleVerdict::Drop, None)]);
    assert_eq!(findings(&perhaps), []);
    // The rule was read: what it means for these packets is not known.
    let known_of = Some(Unseen::Rule("Drop".into()));
    assert_eq!(reason(&perhaps, Situation::DropIn), known_of);
}

fn reason(evidence: &Evidence, situation: Situation) -> Option<Unseen> {
    found::reason(CHECKS, evidence, situation)
}

#[test]
fn rules_that_may_not_be_read_are_no_finding() {
    let mut evidence = machine(Vec::new());
    let reason = Unseen::NotPermitted {
        command: "sudo nft list ruleset".into(),
    };
    evidence.firewall.rules = Seen::Unseen(reason.clone());
    assert_eq!(findings(&evidence), []);
    let unseen = CHECKS
        .iter()
        .filter_map(|(_, check)| match check(&evidence) {
            Outcome::Unseen(why) => Some(why),
            _ => None,
        });
    assert_eq!(unseen.collect::<Vec<_>>(), vec![reason; 5]);
    // The sender is told that its packets are dropped.
    let failure = |operation, code| Failure {
        operation,
        address: "192.0.2.9:9000".into(),
        cause: Cause::System { code },
    };
    for (operation, code, is_found) in [
        (Operation::Send, 1, true),
        (Operation::Send, 101, false),
        (Operation::Bind, 1, false),
    ] {
        let session = SessionFacts {
            failures: vec![failure(operation, code)],
            ..SessionFacts::default()
        };
        asks(&mut evidence, session);
        let expected = [(Situation::DropOut, Certainty::Shown)];
        let expected = if is_found { &expected[..] } else { &[] };
        assert_eq!(findings(&evidence), expected);
    }
    let mut to_another = failure(Operation::Send, 1);
    to_another.address = "192.0.2.8:9000".into();
    let session = SessionFacts {
        failures: vec![to_another],
        ..SessionFacts::default()
    };
    asks(&mut evidence, session);
    assert_eq!(findings(&evidence), [], "another target");
}

#[test]
fn what_comes_is_dropped_by_no_rule() {
    let mut evidence = machine(Vec::new());
    let hidden = Unseen::NotPermitted {
        command: "sudo nft list ruleset".into(),
    };
    evidence.firewall.rules = Seen::Unseen(hidden.clone());
    for (sender, unanswered, expected) in [
        ("192.0.2.9:9000", 0, None),
        ("192.0.2.9:9000", 1, Some(hidden.clone())),
        ("192.0.2.8:9000", 0, Some(hidden)),
    ] {
        let mut session = SessionFacts {
            open: true,
            senders: vec![sender.parse().unwrap()],
            unanswered,
            ..SessionFacts::default()
        };
        session.received.messages = 3;
        asks(&mut evidence, session);
        for situation in [
            Situation::DropIn,
            Situation::DropOut,
            Situation::DropByState,
        ] {
            assert_eq!(
                reason(&evidence, situation),
                expected,
                "{sender} {unanswered}"
            );
        }
    }
}

#[test]
fn the_command_that_opens_the_port_fits_the_firewall() {
    let mut evidence = machine(vec![rule(Direction::Out, RuleVerdict::Drop, Some(true))]);
    let command = |evidence: &Evidence, situation| match cure(situation, evidence) {
        Some(Cure::CopyCommand(command)) => command,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        command(&evidence, Situation::DropOut),
        "sudo nft insert rule inet f c udp dport 9000 accept"
    );
    let mut old = rule(Direction::In, RuleVerdict::Drop, Some(true));
    old.table = "iptables filter".into();
    old.base = "INPUT".into();
    evidence.firewall.rules = Seen::Known(vec![old]);
    asks(&mut evidence, SessionFacts::default());
    assert_eq!(
        command(&evidence, Situation::DropIn),
        "sudo iptables -t filter -I INPUT -p udp --dport 7 -j ACCEPT"
    );
    evidence.firewall.services = vec!["ufw".into()];
    assert_eq!(
        command(&evidence, Situation::DropIn),
        "sudo ufw allow 7/udp"
    );
    assert_eq!(cure(Situation::DropOut, &evidence), None);
}

#[test]
fn the_check_of_sources_is_found_only_while_it_drops() {
    let mut evidence = machine(Vec::new());
    let mut watched = |dropped, dropping, strict: &[&str]| {
        evidence.firewall.reverse_path = Seen::Known(ReversePath {
            strict: strict.iter().map(|&name| name.to_owned()).collect(),
            dropped,
            dropping,
        });
        findings(&evidence)
    };
    let found = [(Situation::RpFilter, Certainty::Likely)];
    assert_eq!(watched(5, 2, &["eth0"]), found);
    assert_eq!(watched(5, 0, &["eth0"]), []);
    assert_eq!(watched(5, 2, &[]), []);
    watched(5, 0, &["eth0"]);
    // It was read in time: nothing was dropped meanwhile.
    assert_eq!(reason(&evidence, Situation::RpFilter), Some(Unseen::Quiet));
    evidence.question = Question::Port {
        transport: Transport::Udp,
        local: "[fd00::1]:9".parse().unwrap(),
        from: None,
    };
    assert_eq!(reason(&evidence, Situation::RpFilter), None);
}

#[test]
fn a_denial_names_the_security_module() {
    let mut evidence = machine(Vec::new());
    evidence.firewall.denials = Seen::Known(vec![Denial {
        module: "SELinux".into(),
        program: "evil %{x} \u{202e}".into(),
        pid: Some(1),
        access: "name_bind".into(),
        port: Some(9000),
        seconds_ago: 1,
    }]);
    let key = "doctor.clue.denial";
    let (_, check) = CHECKS[0];
    let Outcome::Is(Certainty::Likely, clues) = check(&evidence) else {
        panic!();
    };
    assert_eq!(clues[0].key, key);
    evidence.firewall.denials = Seen::Unseen(Unseen::NotHere);
    assert_eq!(findings(&evidence), []);
}
