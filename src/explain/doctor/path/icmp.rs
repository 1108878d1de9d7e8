//! Errors that machines on the way report (ICMP).

use super::scene::{
    Answer, away, failures, is_heard, likely, outcome, route, session, shown, value,
};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use crate::traffic::{Cause, UndeliveredReason};
use std::net::IpAddr;

/// The fewest datagrams by which a rate can be told, and the most failures that are kept.
const ENOUGH: u64 = 10;
const KEPT: usize = 32;

/// The machine that reported one of these errors in response to an echo request: type and code of
/// ICMP, and of ICMPv6.
pub(super) fn reported(evidence: &Evidence, v4: &[(u8, u8)], v6: &[(u8, u8)]) -> Option<IpAddr> {
    let errors = &evidence.path.echo.known()?.errors;
    let found = errors.iter().find(|(by, kind, code)| {
        let meant = if by.is_ipv4() { v4 } else { v6 };
        meant.contains(&(*kind, *code))
    });
    found.map(|(by, ..)| *by)
}

/// The machine that reports this, as the session's newest failures say.
fn by(evidence: &Evidence, meant: UndeliveredReason) -> Option<IpAddr> {
    failures(evidence).find_map(|failure| match failure.cause {
        Cause::Undelivered { reason, by, .. } if reason == meant => by,
        _ => None,
    })
}

pub(super) fn ttl_exceeded(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(to) = away(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let in_echo = || reported(evidence, &[(11, 0)], &[(3, 0)]);
        if let Some(by) = by(evidence, UndeliveredReason::Expired).or_else(in_echo) {
            return Ok(shown(Clue::new(
                "doctor.clue.ttl_reported",
                [value("to", to.ip()), value("by", by)],
            )));
        }
        let has_gateway = route(evidence)?.is_some_and(|route| route.gateway.is_some());
        if !has_gateway {
            return Ok(Outcome::IsNot);
        }
        let ttl = session(evidence).and_then(|known| known.settings.ttl);
        if let Some(ttl) = ttl.filter(|&ttl| ttl <= 1) {
            return Ok(shown(Clue::new(
                "doctor.clue.ttl_too_small",
                [value("ttl", ttl)],
            )));
        }
        let is_answered = evidence.path.echo.known().is_some_and(|echo| echo.answered);
        Ok(match is_answered {
            true => Outcome::IsNot,
            false => Outcome::Unseen(Unseen::NotAsked),
        })
    };
    outcome(answer())
}

/// A firewall on the way, or that of the target, reports that it rejects packets.
pub(super) fn rejected(evidence: &Evidence) -> Outcome {
    let Some(to) = away(evidence) else {
        return Outcome::DoesNotApply;
    };
    let clue = |by: IpAddr| Clue::new("doctor.clue.rejected", [value("to", to), value("by", by)]);
    if is_heard(evidence) {
        return Outcome::IsNot;
    }
    if let Some(by) = by(evidence, UndeliveredReason::Prohibited) {
        return shown(clue(by));
    }
    // It may reject echo requests alone.
    let v4 = [(3, 9), (3, 10), (3, 13)];
    let v6 = [(1, 1), (1, 5), (1, 6)];
    match reported(evidence, &v4, &v6) {
        Some(by) => likely(clue(by)),
        None => Outcome::Unseen(Unseen::NotHere),
    }
}

pub(super) fn port_unreachable(evidence: &Evidence) -> Outcome {
    let Some(to) = away(evidence) else {
        return Outcome::DoesNotApply;
    };
    if evidence.question.transport() == Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    if is_heard(evidence) {
        return Outcome::IsNot;
    }
    let is_it = |cause: &Cause| matches!(cause, Cause::PortUnreachable { .. });
    match failures(evidence).any(|failure| is_it(&failure.cause)) {
        true => shown(Clue::new("doctor.clue.port_reported", [value("to", to)])),
        false => Outcome::Unseen(Unseen::NotAsked),
    }
}

/// Fewer errors came than datagrams went to a target that answers with errors only: machines limit
/// them (RFC 1812, 4.3.2.8; RFC 4443, 2.4 f).
pub(super) fn rate_limit(evidence: &Evidence) -> Outcome {
    let (Some(to), Some(session)) = (away(evidence), session(evidence)) else {
        return Outcome::DoesNotApply;
    };
    if evidence.question.transport() == Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    let is_report = |cause: &Cause| {
        matches!(
            cause,
            Cause::PortUnreachable { .. } | Cause::Undelivered { by: Some(_), .. }
        )
    };
    let reports = failures(evidence).filter(|failure| is_report(&failure.cause));
    let reported = reports.count();
    let sent = session.sent.messages;
    if reported == 0 || is_heard(evidence) {
        return Outcome::DoesNotApply;
    }
    let half = u64::try_from(reported).map_or(u64::MAX, |reported| reported.saturating_mul(2));
    match reported < KEPT && sent >= ENOUGH && sent > half {
        true => likely(Clue::new(
            "doctor.clue.few_reports",
            [
                value("to", to),
                value("sent", sent),
                value("reported", reported),
            ],
        )),
        false => Outcome::IsNot,
    }
}
