//! What this machine can tell of a sender that is waited for: its own side of the way.

use super::Situation;
use super::diagnosis::{Certainty, Clue};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use std::net::IpAddr;

/// Whether a situation is seen on the way from this machine to the other side.
fn is_of_way(situation: Situation) -> bool {
    matches!(
        situation,
        Situation::WrongMask
            | Situation::NoRoute
            | Situation::WrongGateway
            | Situation::GatewayDead
            | Situation::HostUnreachable
            | Situation::DuplicateIp
            | Situation::ClientIsolation
            | Situation::AsymmetricRoute
            | Situation::NatSource
    )
}

/// Whether messages come to a session that waits for them.
pub(super) fn is_heard(evidence: &Evidence) -> bool {
    let session = evidence.session.as_ref();
    session.is_some_and(|known| known.received.messages > 0)
}

/// A finding as it counts for a receiver that waits: what is wrong with the way to the sender does
/// not prove that nothing comes from it.
pub(super) fn of_receiver(
    evidence: &Evidence,
    situation: Situation,
    (certainty, mut clues): (Certainty, Vec<Clue>),
) -> (Certainty, Vec<Clue>) {
    let Some(from) = evidence.question.sender().filter(|_| is_of_way(situation)) else {
        return (certainty, clues);
    };
    let key = match evidence.question.transport() {
        Transport::Udp => "doctor.clue.way_to_sender",
        Transport::Tcp => "doctor.clue.way_to_client",
    };
    let from = from.ip().to_canonical().to_string();
    clues.push(Clue::new(key, [("from", from)]));
    (Certainty::Likely, clues)
}

/// Why something is not known: of the way from the sender to this machine, the sender knows it.
pub(super) fn reason(evidence: &Evidence, situation: Situation, reason: Unseen) -> Unseen {
    let is_of_its_way = matches!(
        situation,
        Situation::AsymmetricRoute | Situation::NatSource | Situation::ClientIsolation
    );
    match (evidence.question.sender(), own_address(evidence)) {
        (Some(from), Some(to)) if is_of_its_way && reason == Unseen::NotHere => Unseen::AtSender {
            from: from.ip().to_canonical(),
            to,
        },
        _ => reason,
    }
}

/// The address of this machine to which the sender should send.
fn own_address(evidence: &Evidence) -> Option<IpAddr> {
    let session = evidence.session.as_ref().and_then(|known| known.local);
    let bound = session.or(evidence.question.local());
    let bound = bound.map(|local| local.ip().to_canonical());
    let of_route = || match evidence.path.route.known() {
        Some(Ok(route)) => route.source,
        _ => None,
    };
    bound.filter(|ip| !ip.is_unspecified()).or_else(of_route)
}
