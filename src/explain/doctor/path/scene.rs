//! What a question is about, on the way to the target.

use crate::engine::endpoint::canonical;
use crate::engine::evidence::{
    ConnectOutcome, Evidence, Question, Route, Seen, SessionFacts, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
pub(super) use crate::explain::doctor::target_failures::failures;
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

/// The session that asks.
pub(super) fn session(evidence: &Evidence) -> Option<&SessionFacts> {
    match evidence.question {
        Question::Session { .. } => evidence.session.as_ref(),
        Question::Target { .. } | Question::Port { .. } => None,
    }
}

/// The far end, if the question is about one.
pub(super) fn to(evidence: &Evidence) -> Option<SocketAddr> {
    evidence.question.to().map(canonical)
}

/// The machine on the other side: the far end, or the sender that is waited for.
pub(super) fn other_side(evidence: &Evidence) -> Option<SocketAddr> {
    evidence.question.other_side().map(canonical)
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

/// Whether something came from the machine on the other side.
pub(super) fn is_heard(evidence: &Evidence) -> bool {
    let Some(to) = other_side(evidence) else {
        return false;
    };
    let mut senders = session(evidence)
        .into_iter()
        .flat_map(|known| &known.senders);
    senders.any(|sender| sender.ip().to_canonical() == to.ip())
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

/// Why nothing is known of errors that machines on the way may report: the probes, and what the
/// session sends, were not answered, or there were none.
pub(super) fn unreported(evidence: &Evidence) -> Unseen {
    let has_sent = session(evidence).is_some_and(|known| known.sent.messages > 0);
    let is_probed = evidence.peer.connect.known().is_some();
    match &evidence.path.at_port {
        Seen::Unseen(reason) if !has_sent && !is_probed => reason.clone(),
        Seen::Unseen(_) | Seen::Known(_) => Unseen::NoAnswer,
    }
}

/// Why nothing is known of answers to echo requests that did not come.
pub(super) fn unanswered(evidence: &Evidence) -> Unseen {
    match &evidence.path.echo {
        Seen::Unseen(reason) => reason.clone(),
        Seen::Known(_) => Unseen::NoAnswer,
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
