//! What a question is about, on the way to the target.

use crate::engine::evidence::{ConnectOutcome, Evidence, Report, Route, Seen, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
pub(super) use crate::explain::doctor::ends::{is_heard, other_side, session, to};
pub(super) use crate::explain::doctor::target_failures::failures;
use crate::explain::undelivered;
use crate::traffic::Cause;
use std::net::{IpAddr, SocketAddr};

/// What was found, or why it could not be told.
pub(super) type Answer = Result<Outcome, Unseen>;

pub(super) fn outcome(answer: Answer) -> Outcome {
    answer.unwrap_or_else(Outcome::Unseen)
}

/// What is known, or why it is not.
pub(super) fn seen<T>(what: &Seen<T>) -> Result<&T, Unseen> {
    match what {
        Seen::Known(known) => Ok(known),
        Seen::Unseen(reason) => Err(reason.clone()),
    }
}

pub(super) fn shown(clue: Clue) -> Outcome {
    Outcome::Is(Certainty::Shown, vec![clue])
}

pub(super) fn likely(clue: Clue) -> Outcome {
    Outcome::Is(Certainty::Likely, vec![clue])
}

/// The far end that messages go to, if it is one machine other than this one.
pub(super) fn target_away(evidence: &Evidence) -> Option<SocketAddr> {
    away(evidence).filter(|_| to(evidence).is_some())
}

/// The machine on the other side, if it is one machine other than this one.
pub(super) fn away(evidence: &Evidence) -> Option<SocketAddr> {
    let is_here = || match evidence.path.route.known() {
        Some(Ok(route)) => route.is_local,
        _ => false,
    };
    other_side(evidence).filter(|to| {
        !to.ip().is_multicast()
            && !to.ip().is_unspecified()
            && !to.ip().is_loopback()
            && !evidence.path.is_broadcast
            && !is_here()
    })
}

/// The route to the target; `None` if there is none.
pub(super) fn route(evidence: &Evidence) -> Result<Option<&Route>, Unseen> {
    Ok(seen(&evidence.path.route)?.as_ref().ok())
}

/// Whether the session received nothing at all; true if no session asks.
pub(super) fn is_silent(evidence: &Evidence) -> bool {
    session(evidence).is_none_or(|known| known.received.messages == 0)
}

/// Whether the target answers probes, so all machines on the way do their work.
pub(super) fn is_answered(evidence: &Evidence) -> bool {
    let echo = evidence.path.echo.known();
    let at_port = evidence.path.at_port.known();
    echo.is_some_and(|echo| echo.answered)
        || at_port.is_some_and(|port| port.answered)
        || evidence.peer.connect == Seen::Known(ConnectOutcome::Connected)
}

/// Whether the target was reached: it answers, or reported an error itself. What prevents packets
/// from reaching it is ruled out then.
pub(super) fn is_reached(evidence: &Evidence) -> bool {
    is_answered(evidence) || has_reported(evidence)
}

/// Whether the target itself reported an error (ICMP). A socket does not tell who reports a port: in
/// the own network, nobody else is on the way.
pub(super) fn has_reported(evidence: &Evidence) -> bool {
    let Some(to) = away(evidence) else {
        return false;
    };
    let by_target = |reports: &[Report]| reports.iter().any(|(by, ..)| *by == to.ip());
    let echo = evidence.path.echo.known();
    let at_port = evidence.path.at_port.known();
    let is_near = matches!(route(evidence), Ok(Some(route)) if route.gateway.is_none());
    echo.is_some_and(|echo| by_target(&echo.errors))
        || at_port.is_some_and(|port| by_target(&port.errors))
        || failures(evidence).any(|failure| undelivered::is_of(to.ip(), &failure.cause))
        || is_near && is_port_reported(evidence) && !is_gone(evidence)
}

/// Whether nobody answered when all were asked for the hardware address of the next hop.
pub(super) fn is_gone(evidence: &Evidence) -> bool {
    evidence.path.claimants.known().is_some_and(Vec::is_empty)
}

/// Whether the session got a report that the port cannot be reached.
pub(super) fn is_port_reported(evidence: &Evidence) -> bool {
    failures(evidence).any(|failure| matches!(failure.cause, Cause::PortUnreachable { .. }))
}

/// Why nothing is known after probes, or messages, that were not answered: an error may have come
/// that names no reporter.
pub(super) fn no_answer(evidence: &Evidence) -> Unseen {
    let is_ipv6 = other_side(evidence).is_some_and(|to| to.is_ipv6());
    let protocol = if is_ipv6 { "icmp6" } else { "icmp" };
    match is_port_reported(evidence) {
        true => Unseen::Reporter {
            command: format!("sudo tcpdump -n {protocol}"),
        },
        false => Unseen::NoAnswer,
    }
}

/// Why nothing is known of errors that machines on the way may report: the probes, and what the
/// session sends, were not answered, or there were none.
pub(super) fn unreported(evidence: &Evidence) -> Unseen {
    let has_sent = session(evidence).is_some_and(|known| known.sent.messages > 0);
    let is_probed = evidence.peer.connect.known().is_some();
    match &evidence.path.at_port {
        Seen::Unseen(reason) if !has_sent && !is_probed => reason.clone(),
        Seen::Unseen(_) | Seen::Known(_) => no_answer(evidence),
    }
}

/// Why nothing is known of answers to echo requests that did not come.
pub(super) fn unanswered(evidence: &Evidence) -> Unseen {
    match &evidence.path.echo {
        Seen::Unseen(reason) => reason.clone(),
        Seen::Known(_) => no_answer(evidence),
    }
}

/// A value of a clue.
pub(super) fn value(name: &'static str, value: impl ToString) -> (&'static str, String) {
    (name, value.to_string())
}

/// The interface that has an address, by its name.
pub(super) fn has_own(evidence: &Evidence, ip: IpAddr) -> Result<bool, Unseen> {
    let interfaces = seen(&evidence.local.interfaces)?;
    let mut all = interfaces.iter().flat_map(|interface| &interface.addresses);
    Ok(all.any(|(own, _)| own.to_canonical() == ip))
}
