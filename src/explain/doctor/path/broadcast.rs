//! Broadcast addresses.

use super::scene::{failures, is_heard, is_silent, likely, session, shown, to, value};
use crate::engine::evidence::{Evidence, InterfaceFacts, Neighbour, Question, Transport, Unseen};
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
        return match (evidence.path.is_broadcast, one_way(evidence)) {
            (true, Some(reason)) => Outcome::Unseen(reason),
            (true, None) => Outcome::IsNot,
            (false, _) => Outcome::DoesNotApply,
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

/// Where the limited broadcast goes, of several networks, one of which may be that of the peer: it
/// leaves by one interface alone (RFC 919 §7; ip(7)).
fn one_way(evidence: &Evidence) -> Option<Unseen> {
    let to = to(evidence).filter(|to| to.ip() == Ipv4Addr::BROADCAST)?;
    if evidence.question.transport() == Transport::Tcp || !is_silent(evidence) {
        return None;
    }
    let route = evidence.path.route.known()?.as_ref().ok()?;
    let links = evidence.local.interfaces.known()?.iter();
    let live: Vec<&InterfaceFacts> = links
        .filter(|link| !link.is_loopback && link.is_up && link.has_carrier != Some(false))
        .collect();
    let bound = evidence.question.local().map(|local| local.ip());
    let of_bound = live
        .iter()
        .find(|link| bound.is_some_and(|ip| link.has(ip)));
    let interface = of_bound.map_or(&route.interface, |link| &link.name);
    let others: Vec<(&str, Ipv4Addr)> = live
        .iter()
        .filter(|link| link.name != *interface)
        .filter_map(|link| Some((link.name.as_str(), broadcast_of(link)?)))
        .collect();
    let (_, instead) = others.first()?;
    let names: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
    Some(Unseen::OneNetwork {
        interface: interface.clone(),
        others: names.join(" "),
        instead: SocketAddr::new((*instead).into(), to.port()),
    })
}

/// The broadcast address of the first network of an interface that has one.
fn broadcast_of(link: &InterfaceFacts) -> Option<Ipv4Addr> {
    link.addresses.iter().find_map(|&(own, prefix)| match own {
        IpAddr::V4(own) if (8..31).contains(&prefix) => Some(last_of(own, prefix)),
        _ => None,
    })
}

/// The last address of a network.
fn last_of(own: Ipv4Addr, prefix: u8) -> Ipv4Addr {
    let hosts = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
    Ipv4Addr::from(own.to_bits() | hosts)
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
        let right = last_of(*own, *prefix);
        let is_near = own.to_bits() | 0xFF == to.to_bits();
        (is_near && (8..31).contains(prefix) && right != to).then_some(right)
    })
}

fn has_gateway(evidence: &Evidence) -> bool {
    matches!(evidence.path.route.known(), Some(Ok(route)) if route.gateway.is_some())
}
