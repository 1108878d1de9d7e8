//! The two ends that a question is about.

use crate::engine::endpoint::canonical;
use crate::engine::evidence::{Evidence, Question, SessionFacts};
use std::net::SocketAddr;

/// The fewest undelivered packets of a look that are those of a sender: one or two may be of any
/// program.
pub(super) const STEADY: u64 = 3;

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
