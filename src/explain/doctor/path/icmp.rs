//! Errors that machines on the way report (ICMP).

use super::scene::{
    Answer, failures, has_reported, is_heard, is_port_reported, is_reached, likely, outcome, route,
    session, shown, target_away, to, unanswered, unreported, value,
};
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{
    ConnectOutcome, Evidence, Neighbour, Report, Sample, Seen, Transport,
};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::error_name::error_name;
use crate::explain::{no_protocol, undelivered};
use crate::traffic::{Cause, Operation, UndeliveredReason};
use std::io::ErrorKind;
use std::net::IpAddr;

/// The fewest datagrams by which a rate can be told, and the most failures that are kept.
const ENOUGH: u64 = 10;
const KEPT: usize = 32;

/// Type and code of ICMP.
type Error = (u8, u8);
const NO_PORT: (Error, Error) = ((3, 3), (1, 4));
/// Administratively prohibited.
const PROHIBITED: (&[Error], &[Error]) = (&[(3, 9), (3, 10), (3, 13)], &[(1, 1), (1, 5), (1, 6)]);
/// The other errors that say that a network, a machine or a protocol cannot be reached (RFC 792,
/// RFC 1122 §3.2.2.1, RFC 4443 §3.1). A machine has no reason to say so of itself.
const UNREACHABLE: (&[Error], &[Error]) = (
    &[
        (3, 0),
        (3, 1),
        (3, 2),
        (3, 5),
        (3, 6),
        (3, 7),
        (3, 8),
        (3, 11),
        (3, 12),
    ],
    &[(1, 0), (1, 2), (1, 3)],
);

/// The machine that reported one of these errors in response to a probe: type and code of ICMP, and
/// of ICMPv6.
pub(super) fn reported(evidence: &Evidence, v4: &[Error], v6: &[Error]) -> Option<IpAddr> {
    to_port(evidence, v4, v6).or_else(|| to_echo(evidence, v4, v6))
}

/// As [`reported`], in response to an echo request.
fn to_echo(evidence: &Evidence, v4: &[Error], v6: &[Error]) -> Option<IpAddr> {
    first_of(&evidence.path.echo.known()?.errors, v4, v6)
}

/// As [`reported`], in response to what was sent to the port itself.
fn to_port(evidence: &Evidence, v4: &[Error], v6: &[Error]) -> Option<IpAddr> {
    first_of(&evidence.path.at_port.known()?.errors, v4, v6)
}

fn first_of(reports: &[Report], v4: &[Error], v6: &[Error]) -> Option<IpAddr> {
    let found = reports.iter().find(|(by, kind, code)| {
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
        let Some(to) = target_away(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let of_probe = || reported(evidence, &[(11, 0)], &[(3, 0)]);
        if let Some(by) = by(evidence, UndeliveredReason::Expired).or_else(of_probe) {
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
        // Echo requests have the usual one, and say nothing of a smaller one.
        let is_usual = ttl.is_none_or(|ttl| ttl >= super::USUAL_TTL);
        Ok(match is_reached(evidence) && is_usual {
            true => Outcome::IsNot,
            false => Outcome::Unseen(unanswered(evidence)),
        })
    };
    outcome(answer())
}

/// A firewall on the way, or that of the target, reports that it rejects packets.
pub(super) fn rejected(evidence: &Evidence) -> Outcome {
    let Some(to) = target_away(evidence) else {
        return Outcome::DoesNotApply;
    };
    let clue = |by: IpAddr| Clue::new("doctor.clue.rejected", [value("to", to), value("by", by)]);
    if is_heard(evidence) || has_answered(evidence) {
        return Outcome::IsNot;
    }
    if let Some(by) = by(evidence, UndeliveredReason::Prohibited) {
        return shown(clue(by));
    }
    let (v4, v6) = PROHIBITED;
    if let Some(by) = to_port(evidence, v4, v6) {
        return shown(clue(by));
    }
    let is_tcp = evidence.question.transport() == Transport::Tcp;
    if let Some(by) = to_port(evidence, &[NO_PORT.0], &[NO_PORT.1])
        && (is_tcp || by != to.ip())
    {
        let values = [value("to", to), value("by", by)];
        let clue = Clue::new("doctor.clue.rejected_for_target", values);
        // The machine of the target may have the other address too.
        return match by == to.ip() || Some(by) == gateway(evidence) {
            true => shown(clue),
            false => likely(clue),
        };
    }
    if is_rejected_by_target(evidence, to.ip()) {
        let values = [value("to", to), value("ip", to.ip())];
        return likely(Clue::new("doctor.clue.rejected_by_target", values));
    }
    if let Some(error) = refused_by_neighbour(evidence) {
        let values = [value("to", to), ("error", error)];
        return likely(Clue::new("doctor.clue.rejected_while_there", values));
    }
    // It may reject echo requests alone.
    match to_echo(evidence, v4, v6) {
        Some(by) => likely(clue(by)),
        // What went to the port got there.
        None if has_reported(evidence) => Outcome::IsNot,
        None => Outcome::Unseen(unreported(evidence)),
    }
}

/// Whether the target itself reports that it cannot be reached. Its machine is there: a firewall on
/// it answers so, or it forwards the port to a machine that does not answer.
fn is_rejected_by_target(evidence: &Evidence, to: IpAddr) -> bool {
    let (v4, v6) = UNREACHABLE;
    let meant = if to.is_ipv4() { v4 } else { v6 };
    let is_it = |(by, kind, code): &Report| *by == to && meant.contains(&(*kind, *code));
    let at_port = evidence.path.at_port.known();
    at_port.is_some_and(|port| port.errors.iter().any(is_it))
        || failures(evidence).any(|failure| undelivered::is_of(to, &failure.cause))
}

/// The error with which connecting failed to a machine of the own network that answers there: the
/// system has a route to it, and found it, so a firewall reported this. Administratively prohibited
/// is EHOSTUNREACH for IPv4, and EACCES for IPv6; "no route" is ENETUNREACH; "protocol unreachable"
/// is ENOPROTOOPT.
fn refused_by_neighbour(evidence: &Evidence) -> Option<String> {
    let refused = session(evidence)?.refused.as_ref()?;
    let code = refused.cause.code()?;
    let is_reported = match std::io::Error::from_raw_os_error(code).kind() {
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => true,
        _ if code == no_protocol::CODE => true,
        ErrorKind::PermissionDenied => to(evidence)?.is_ipv6(),
        _ => false,
    };
    let is_near = matches!(route(evidence), Ok(Some(route)) if route.gateway.is_none());
    let is_there = matches!(
        evidence.path.next_hop.known(),
        Some(Neighbour::Reachable(_) | Neighbour::Stale(_))
    );
    let is_it = refused.operation == Operation::Connect && is_reported && is_near && is_there;
    is_it.then(|| error_name(code))
}

/// Whether a connection to the target is established, or the port has answered a probe.
fn has_answered(evidence: &Evidence) -> bool {
    let at_port = evidence.path.at_port.known();
    at_port.is_some_and(|port| port.answered)
        || session(evidence).is_some_and(|known| known.is_connected && !known.is_server)
        || evidence.peer.connect == Seen::Known(ConnectOutcome::Connected)
}

fn gateway(evidence: &Evidence) -> Option<IpAddr> {
    let route = evidence.path.route.known()?.as_ref().ok()?;
    route.gateway.as_ref().map(|gateway| gateway.ip)
}

pub(super) fn port_unreachable(evidence: &Evidence) -> Outcome {
    let Some(to) = target_away(evidence) else {
        return Outcome::DoesNotApply;
    };
    if evidence.question.transport() == Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    if is_heard(evidence) {
        return Outcome::IsNot;
    }
    let is_reported = is_port_reported(evidence)
        || to_port(evidence, &[NO_PORT.0], &[NO_PORT.1]) == Some(to.ip());
    match (is_reported, has_answered(evidence)) {
        (true, _) => {
            let mut clues = vec![Clue::new("doctor.clue.port_reported", [value("to", to)])];
            if evidence.peer.accepts_tcp == Seen::Known(true) {
                clues.push(Clue::new("doctor.clue.accepts_tcp", [value("to", to)]));
            }
            Outcome::Is(Certainty::Shown, clues)
        }
        (false, true) => Outcome::IsNot,
        (false, false) => Outcome::Unseen(unreported(evidence)),
    }
}

/// Fewer errors came than datagrams went to a target that answers with errors only: machines limit
/// them (RFC 1812, 4.3.2.8; RFC 4443, 2.4 f).
pub(super) fn rate_limit(evidence: &Evidence) -> Outcome {
    let (Some(to), Some(session)) = (target_away(evidence), session(evidence)) else {
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
    // What went to others is counted, too, and is not reported by this target.
    let is_its = |sample: &Sample| canonical(sample.peer) == to;
    if !session.newest_sent.iter().all(is_its) {
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
