//! The address from which packets of this machine come, and the way back to it.

use super::scene::{self, Answer, away, has_own, is_heard, likely, outcome, route, seen, value};
use crate::engine::evidence::{Evidence, RuleVerdict, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::IpAddr;

/// Our own address belongs to another interface than the one by which packets leave.
pub(super) fn asymmetric(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let Some(own) = seen(&evidence.path.way_back)? else {
            // Routers may choose another way back.
            return Ok(Outcome::Unseen(Unseen::NotHere));
        };
        // Addresses of these are reached by all others.
        let is_anywhere = own == "lo" || own.starts_with("dummy");
        Ok(match is_anywhere {
            true => Outcome::Unseen(Unseen::NotHere),
            false => likely(Clue::new(
                "doctor.clue.leaves_elsewhere",
                [
                    value("to", to.ip()),
                    value("own", own),
                    value("interface", &route.interface),
                ],
            )),
        })
    };
    outcome(answer())
}

pub(super) fn nat_source(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        if let Some(source) = translated(evidence, route.source)? {
            return Ok(likely(Clue::new(
                "doctor.clue.source_rewritten",
                [value("source", source)],
            )));
        }
        let Some(gateway) = &route.gateway else {
            seen(&evidence.firewall.rules)?;
            return Ok(Outcome::IsNot);
        };
        let mut senders = scene::session(evidence)
            .into_iter()
            .flat_map(|known| &known.senders);
        let from_gateway = senders.find(|sender| sender.ip().to_canonical() == gateway.ip);
        Ok(match from_gateway {
            Some(sender) => likely(Clue::new(
                "doctor.clue.gateway_speaks",
                [value("sender", sender), value("to", to)],
            )),
            None => Outcome::Unseen(Unseen::NotHere),
        })
    };
    outcome(answer())
}

/// The address of another machine that a rule of this machine gives to our packets.
fn translated(evidence: &Evidence, source: Option<IpAddr>) -> Result<Option<IpAddr>, Unseen> {
    let Some(rules) = evidence.firewall.rules.known() else {
        return Ok(None);
    };
    let given = rules.iter().find_map(|rule| {
        let is_certain = rule.applies == Some(true) && rule.verdict == RuleVerdict::Translate;
        rule.source.filter(|_| is_certain)
    });
    match given.filter(|given| Some(*given) != source) {
        Some(given) => Ok((!has_own(evidence, given)?).then_some(given)),
        None => Ok(None),
    }
}
