//! Broadcast addresses.

use super::scene::{failures, is_heard, is_silent, likely, session, shown, to, value};
use crate::engine::evidence::{Evidence, Neighbour, Question, Transport};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub(super) fn denied(evidence: &Evidence) -> Outcome {
    /// EACCES of Linux, and WSAEACCES.
    const DENIED: [i32; 2] = [13, 10_013];
    let (Some(to), Some(session)) = (to(evidence), session(evidence)) else {
        return Outcome::DoesNotApply;
    };
    if !evidence.path.is_broadcast || evidence.question.transport() == Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    let is_denied = |code: Option<i32>| code.is_some_and(|code| DENIED.contains(&code));
    let is_refused = failures(evidence).any(|failure| is_denied(failure.cause.code()));
    match session.settings.broadcast == Some(false) || is_refused {
        true => shown(Clue::new("doctor.clue.broadcast_off", [value("to", to)])),
        false => Outcome::IsNot,
    }
}

pub(super) fn address(evidence: &Evidence) -> Outcome {
    let Some(to) = to(evidence) else {
        return Outcome::DoesNotApply;
    };
    let looks_so = matches!(to.ip(), IpAddr::V4(ip) if ip.octets().ends_with(&[255]));
    if evidence.path.is_broadcast || !looks_so {
        return match evidence.path.is_broadcast {
            true => Outcome::IsNot,
            false => Outcome::DoesNotApply,
        };
    }
    match mistaken_broadcast(evidence) {
        Some(right) => likely(Clue::new(
            "doctor.clue.broadcast_is",
            [value("to", to.ip()), value("broadcast", right)],
        )),
        None => Outcome::IsNot,
    }
}

/// The broadcast address to use instead.
pub(super) fn right(evidence: &Evidence) -> Option<SocketAddr> {
    let right = mistaken_broadcast(evidence)?;
    Some(SocketAddr::new(right.into(), to(evidence)?.port()))
}

/// The broadcast address of the network, if the target is the one that another mask would have:
/// the last address of the /24 of an address of ours, of which nothing is heard.
pub(super) fn mistaken_broadcast(evidence: &Evidence) -> Option<Ipv4Addr> {
    let IpAddr::V4(to) = to(evidence)?.ip() else {
        return None;
    };
    let is_a_machine = matches!(
        evidence.path.next_hop.known(),
        Some(Neighbour::Reachable(_) | Neighbour::Permanent(_) | Neighbour::Stale(_))
    ) && !has_gateway(evidence);
    let is_tcp = evidence.question.transport() == Transport::Tcp;
    let is_port = matches!(evidence.question, Question::Port { .. });
    if evidence.path.is_broadcast
        || is_a_machine
        || is_heard(evidence)
        || !is_silent(evidence)
        || is_tcp
        || is_port
        || !to.octets().ends_with(&[255])
    {
        return None;
    }
    let interfaces = evidence.local.interfaces.known()?;
    let all = interfaces.iter().filter(|interface| !interface.is_loopback);
    let mut addresses = all.flat_map(|interface| &interface.addresses);
    addresses.find_map(|(own, prefix)| {
        let IpAddr::V4(own) = own else {
            return None;
        };
        let hosts = u32::MAX.checked_shr(u32::from(*prefix)).unwrap_or(0);
        let right = Ipv4Addr::from(own.to_bits() | hosts);
        let is_near = own.to_bits() | 0xFF == to.to_bits();
        (is_near && (8..31).contains(prefix) && right != to).then_some(right)
    })
}

fn has_gateway(evidence: &Evidence) -> bool {
    matches!(evidence.path.route.known(), Some(Ok(route)) if route.gateway.is_some())
}
