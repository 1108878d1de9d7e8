//! The two ends that a question is about.

use crate::engine::endpoint::canonical;
use crate::engine::evidence::{Evidence, Neighbour, Question, SessionFacts};
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

/// Whether something came from the machine on the other side, if only the handshake of a connection.
pub(super) fn is_heard(evidence: &Evidence) -> bool {
    let Some(to) = other_side(evidence) else {
        return false;
    };
    session(evidence).is_some_and(|known| {
        let connected = known.connections.iter().map(|open| open.peer);
        let mut all = connected.chain(known.senders.iter().copied());
        all.any(|peer| peer.ip().to_canonical() == to.ip())
    })
}

/// The address of this machine, with its prefix length, whose network has a machine in it that does
/// not answer there, and would not have it with the usual mask: behind a mask that is too wide, no
/// router is asked for it.
pub(super) fn too_wide(evidence: &Evidence) -> Option<String> {
    let to = other_side(evidence)?.ip();
    let route = evidence.path.route.known()?.as_ref().ok()?;
    let is_answered = matches!(
        evidence.path.next_hop.known()?,
        Neighbour::Reachable(_) | Neighbour::Permanent(_) | Neighbour::Needless
    );
    if is_answered || route.is_local || route.gateway.is_some() {
        return None;
    }
    let links = evidence.local.interfaces.known()?.iter();
    let mut wide = links.filter_map(|link| link.takes_in(to));
    wide.next().map(|(own, prefix)| format!("{own}/{prefix}"))
}
