//! The address from which packets of this machine come, and the way back to it.

use super::scene::{self, Answer, away, has_own, is_heard, likely, outcome, route, seen, value};
use crate::engine::evidence::{Evidence, Route, RuleVerdict, Transport, Unseen};
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
        if let Some(seconds) = forgotten(evidence, route) {
            return Err(Unseen::NatMayForget { seconds });
        }
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

/// The seconds of silence after which a router with NAT may have forgotten a peer behind it that was
/// heard before: many forget UDP after 30 s (RFC 4787 §4.3).
fn forgotten(evidence: &Evidence, route: &Route) -> Option<u64> {
    const FORGETS: f64 = 20.0;
    let session = scene::session(evidence)?;
    let since = [session.since_received, session.since_sent];
    let quiet = since.into_iter().flatten().fold(f64::INFINITY, f64::min);
    let is_udp = evidence.question.transport() == Transport::Udp;
    let is_far = route.gateway.is_some() && is_heard(evidence);
    (is_udp && is_far && quiet.is_finite() && quiet >= FORGETS).then_some(quiet as u64)
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
