//! Situations of rules that drop packets.

#[cfg(test)]
mod tests;

use super::diagnosis::{Certainty, Clue, Cure, Outcome};
use super::peer::Target;
use super::target_failures::failures;
use super::{Check, Situation};
use crate::engine::evidence::{
    Direction, Evidence, FirewallRule, RuleVerdict, Seen, Transport, Unseen,
};
use crate::traffic::Operation;
use std::net::SocketAddr;

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::SecurityModule, security_module),
    (Situation::DropByState, |evidence| {
        let both = [Direction::Out, Direction::In];
        match both.map(|direction| by_rule(evidence, direction, |rule| rule.by_state)) {
            [found @ Outcome::Is(..), _] | [_, found @ Outcome::Is(..)] => found,
            [unseen @ Outcome::Unseen(_), _] => unseen,
            [_, back] => back,
        }
    }),
    (Situation::DropOut, drop_out),
    (Situation::RejectOut, |evidence| {
        by_rule(evidence, Direction::Out, |rule| {
            rule.verdict == RuleVerdict::Reject && !rule.by_state
        })
    }),
    (Situation::DropIn, |evidence| {
        by_rule(evidence, Direction::In, |rule| {
            rule.verdict != RuleVerdict::Reject && !rule.by_state
        })
    }),
    (Situation::RejectIn, |evidence| {
        by_rule(evidence, Direction::In, |rule| {
            rule.verdict == RuleVerdict::Reject && !rule.by_state
        })
    }),
    (Situation::RpFilter, rp_filter),
];

/// What can be done with one click.
pub(super) fn cure(situation: Situation, evidence: &Evidence) -> Option<Cure> {
    let direction = match situation {
        Situation::DropIn | Situation::RejectIn => Direction::In,
        Situation::DropOut | Situation::RejectOut => Direction::Out,
        Situation::RpFilter => {
            let command = "sudo sysctl -w net.ipv4.conf.all.rp_filter=2";
            return Some(Cure::CopyCommand(command.to_owned()));
        }
        _ => return None,
    };
    let Passage::Blocked(rule) = passage(evidence.firewall.rules.known()?, direction) else {
        return None;
    };
    command(rule, evidence).map(Cure::CopyCommand)
}

/// The command that lets the traffic in question pass.
fn command(rule: &FirewallRule, evidence: &Evidence) -> Option<String> {
    let address = match rule.direction {
        Direction::In if evidence.peer.is_here => evidence.question.to(),
        Direction::In => evidence.question.local(),
        Direction::Out => evidence.question.to(),
    };
    let port = address?.port();
    let transport = evidence.question.transport().word();
    let services = &evidence.firewall.services;
    let runs = |name: &str| services.iter().any(|service| service == name);
    if rule.direction == Direction::In && runs("ufw") {
        return Some(format!("sudo ufw allow {port}/{transport}"));
    }
    if rule.direction == Direction::In && runs("firewalld") {
        return Some(format!("sudo firewall-cmd --add-port={port}/{transport}"));
    }
    if let Some((program @ ("iptables" | "ip6tables"), table)) = rule.table.split_once(' ') {
        let chain = &rule.base;
        return Some(format!(
            "sudo {program} -t {table} -I {chain} -p {transport} --dport {port} -j ACCEPT"
        ));
    }
    let (table, chain) = (&rule.table, &rule.base);
    Some(format!(
        "sudo nft insert rule {table} {chain} {transport} dport {port} accept"
    ))
}

/// What the rules do with the packets of a direction.
enum Passage<'a> {
    Passes,
    /// This rule drops or rejects them.
    Blocked(&'a FirewallRule),
    /// It depends on this rule, which is not understood.
    Perhaps(&'a FirewallRule),
}

fn passage(rules: &[FirewallRule], direction: Direction) -> Passage<'_> {
    let mut perhaps = None;
    let is_same_chain = |one: &&FirewallRule, other: &&FirewallRule| {
        (&one.hook, &one.table, &one.base) == (&other.hook, &other.table, &other.base)
    };
    let met: Vec<&FirewallRule> = rules
        .iter()
        .filter(|rule| rule.direction == direction)
        .collect();
    for chain in met.chunk_by(is_same_chain) {
        // A rule by which the packets may leave the chain before.
        let mut unsure = None;
        for &rule in chain {
            match (rule.verdict, rule.applies) {
                (RuleVerdict::Accept | RuleVerdict::Translate, Some(true)) => break,
                (RuleVerdict::Accept, _) => unsure = unsure.or(Some(rule)),
                (RuleVerdict::Drop | RuleVerdict::Reject, Some(true)) => match unsure {
                    None => return Passage::Blocked(rule),
                    Some(unsure) => {
                        perhaps = perhaps.or(Some(unsure));
                        break;
                    }
                },
                (RuleVerdict::Drop | RuleVerdict::Reject, _) => perhaps = perhaps.or(Some(rule)),
                (RuleVerdict::Other, _) => {
                    unsure = unsure.or(Some(rule));
                    perhaps = perhaps.or(Some(rule));
                }
                (RuleVerdict::Translate, _) => {}
            }
        }
    }
    perhaps.map_or(Passage::Passes, Passage::Perhaps)
}

/// Whether a rule of this kind decides.
fn by_rule(
    evidence: &Evidence,
    direction: Direction,
    is_meant: fn(&FirewallRule) -> bool,
) -> Outcome {
    let question = &evidence.question;
    let has_packets = match direction {
        // Who connects needs an answer.
        Direction::Out => match question.transport() {
            Transport::Tcp => question.other_side().is_some(),
            Transport::Udp => question.to().is_some(),
        },
        Direction::In => question.to().or(question.local()).is_some(),
    };
    if !has_packets {
        return Outcome::DoesNotApply;
    }
    // What passes in both directions is dropped by no rule.
    let is_acknowledged =
        Target::of(evidence).is_some_and(|target| target.is_tcp && target.has_all());
    if is_acknowledged || is_heard(evidence) {
        return Outcome::IsNot;
    }
    let rules = match &evidence.firewall.rules {
        Seen::Known(rules) => rules,
        Seen::Unseen(reason) => return Outcome::Unseen(reason.clone()),
    };
    match passage(rules, direction) {
        Passage::Blocked(rule) if is_meant(rule) => Outcome::Is(Certainty::Shown, rule_clues(rule)),
        Passage::Perhaps(rule) => Outcome::Unseen(Unseen::Rule(rule.text.clone())),
        Passage::Blocked(_) | Passage::Passes => Outcome::IsNot,
    }
}

/// Whether messages of the other side come, and answer all that was sent.
fn is_heard(evidence: &Evidence) -> bool {
    let Some(session) = &evidence.session else {
        return false;
    };
    let other = evidence
        .question
        .other_side()
        .map(|other| other.ip().to_canonical());
    let mut senders = session
        .senders
        .iter()
        .map(|sender| sender.ip().to_canonical());
    session.open
        && session.received.messages > 0
        && session.unanswered == 0
        && other.is_none_or(|other| senders.any(|sender| sender == other))
}

fn rule_clues(rule: &FirewallRule) -> Vec<Clue> {
    let place = format!("{} {}", rule.table, rule.chain);
    let mut clues = vec![Clue::new(
        "doctor.clue.rule",
        [
            ("rule", rule.text.clone()),
            ("place", place),
            ("hook", rule.hook.clone()),
        ],
    )];
    if let Some(count) = rule.packets.filter(|&count| count > 0) {
        let count = ("count", count.to_string());
        clues.push(Clue::new("doctor.clue.rule_counted", [count]));
    }
    clues
}

/// EPERM of Linux: netfilter tells it to the sender of a packet that it drops.
const NOT_PERMITTED: i32 = 1;

fn drop_out(evidence: &Evidence) -> Outcome {
    let by_rule = by_rule(evidence, Direction::Out, |rule| {
        rule.verdict != RuleVerdict::Reject && !rule.by_state
    });
    if !matches!(by_rule, Outcome::Unseen(_)) {
        return by_rule;
    }
    let refused = failures(evidence).find(|failure| {
        failure.operation == Operation::Send && failure.cause.code() == Some(NOT_PERMITTED)
    });
    match refused {
        Some(failure) if cfg!(target_os = "linux") => {
            let address = ("address", failure.address.clone());
            let clue = Clue::new("doctor.clue.send_not_permitted", [address]);
            Outcome::Is(Certainty::Shown, vec![clue])
        }
        _ => by_rule,
    }
}

fn security_module(evidence: &Evidence) -> Outcome {
    let denials = match &evidence.firewall.denials {
        Seen::Known(denials) => denials,
        // There is none on this machine.
        Seen::Unseen(Unseen::NotHere) => return Outcome::IsNot,
        Seen::Unseen(reason) => return Outcome::Unseen(reason.clone()),
    };
    let clues: Vec<Clue> = denials
        .iter()
        .take(3)
        .map(|denial| {
            Clue::new(
                "doctor.clue.denial",
                [
                    ("module", denial.module.clone()),
                    ("program", denial.program.clone()),
                    ("access", denial.access.clone()),
                    ("seconds", denial.seconds_ago.to_string()),
                ],
            )
        })
        .collect();
    match clues.is_empty() {
        true => Outcome::IsNot,
        false => Outcome::Is(Certainty::Likely, clues),
    }
}

fn rp_filter(evidence: &Evidence) -> Outcome {
    // IPv6 has no such check; a port at :: may wait for IPv4.
    let ends = [evidence.question.other_side(), evidence.question.local()];
    let is_ipv6 = |end: &SocketAddr| {
        let ip = end.ip().to_canonical();
        ip.is_ipv6() && !ip.is_unspecified()
    };
    if ends.iter().flatten().any(is_ipv6) {
        return Outcome::DoesNotApply;
    }
    let facts = match &evidence.firewall.reverse_path {
        Seen::Known(facts) => facts,
        Seen::Unseen(reason) => return Outcome::Unseen(reason.clone()),
    };
    let received = evidence.session.as_ref().map(|session| session.received);
    if facts.strict.is_empty()
        || facts.dropped == 0
        || received.is_some_and(|received| received.messages > 0)
        || evidence
            .session
            .as_ref()
            .is_some_and(|session| session.is_connected)
    {
        return Outcome::IsNot;
    }
    if facts.dropping == 0 {
        // It may have been other traffic, before.
        return Outcome::Unseen(Unseen::Quiet);
    }
    let clue = Clue::new(
        "doctor.clue.rp_filter",
        [
            ("count", facts.dropping.to_string()),
            ("interfaces", facts.strict.join(" ")),
        ],
    );
    let mut clues = vec![clue];
    if let (Some(from), Some(Ok(route))) = (evidence.question.sender(), evidence.path.route.known())
    {
        let from = from.ip().to_canonical().to_string();
        let interface = route.interface.clone();
        clues.push(Clue::new(
            "doctor.clue.rp_filter_sender",
            [("from", from), ("interface", interface)],
        ));
    }
    Outcome::Is(Certainty::Likely, clues)
}
