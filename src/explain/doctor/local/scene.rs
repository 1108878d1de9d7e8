//! What a question is about, on this machine.

use crate::engine::evidence::{
    Evidence, InterfaceFacts, LocalFacts, Question, Seen, SocketRow, Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
pub(super) use crate::explain::doctor::ends::{other_side, session, to};
use std::net::{IpAddr, SocketAddr};

/// What is known, or why it is not.
pub(super) fn seen<T>(what: &Seen<T>) -> Result<&T, Unseen> {
    match what {
        Seen::Known(known) => Ok(known),
        Seen::Unseen(reason) => Err(reason.clone()),
    }
}

pub(super) fn clue(key: &'static str, values: Vec<(&'static str, String)>) -> Clue {
    Clue { key, values }
}

pub(super) fn shown(clues: Vec<Clue>) -> Outcome {
    Outcome::Is(Certainty::Shown, clues)
}

pub(super) fn likely(clues: Vec<Clue>) -> Outcome {
    Outcome::Is(Certainty::Likely, clues)
}

/// The name of the transport, which is the same in all languages.
pub(super) fn transport(evidence: &Evidence) -> (&'static str, String) {
    let name = match evidence.question.transport() {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
    };
    ("transport", name.to_owned())
}

pub(super) fn is_tcp(evidence: &Evidence) -> bool {
    evidence.question.transport() == Transport::Tcp
}

/// The address at which the session in question receives, or should.
pub(super) fn session_address(evidence: &Evidence) -> Option<SocketAddr> {
    match evidence.question {
        Question::Session { local, .. } => {
            let bound = evidence.session.as_ref().and_then(|session| session.local);
            bound.or(local).map(canonical)
        }
        Question::Target { .. } | Question::Port { .. } => None,
    }
}

pub(super) fn session_port(evidence: &Evidence) -> Option<u16> {
    let port = session_address(evidence).map(|local| local.port());
    port.filter(|&port| port != 0)
}

/// The address at which the session, or the program at the port in question, should receive.
/// Clients of TCP receive at none.
pub(super) fn receiver(evidence: &Evidence) -> Option<SocketAddr> {
    let local = match evidence.question {
        Question::Session { .. } => {
            let is_client = is_tcp(evidence)
                && evidence
                    .session
                    .as_ref()
                    .is_some_and(|session| !session.is_server);
            session_address(evidence).filter(|_| !is_client)
        }
        Question::Port { local, .. } => Some(canonical(local)),
        Question::Target { .. } => None,
    };
    local.filter(|local| local.port() != 0)
}

/// The target, if it is on this machine: the loopback address if it is 0.0.0.0 or `::`.
pub(super) fn target_here(evidence: &Evidence) -> Result<Option<SocketAddr>, Unseen> {
    here(evidence, to(evidence))
}

/// As [`target_here`], of the target or the sender that is waited for.
pub(super) fn other_side_here(evidence: &Evidence) -> Result<Option<SocketAddr>, Unseen> {
    here(evidence, other_side(evidence))
}

fn here(evidence: &Evidence, of: Option<SocketAddr>) -> Result<Option<SocketAddr>, Unseen> {
    let Some(to) = of.filter(|to| !is_group(to.ip())) else {
        return Ok(None);
    };
    let here = is_here(&evidence.local, to.ip())?;
    let loopback: IpAddr = match to.ip() {
        IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    let ip = if to.ip().is_unspecified() {
        loopback
    } else {
        to.ip()
    };
    Ok(here.then_some(SocketAddr::new(ip, to.port())))
}

/// The target, or the sender that is waited for, if it is on another machine.
pub(super) fn other_side_away(evidence: &Evidence) -> Result<Option<SocketAddr>, Unseen> {
    let Some(to) = other_side(evidence).filter(|to| !is_group(to.ip())) else {
        return Ok(None);
    };
    let here = is_here(&evidence.local, to.ip())?;
    Ok((!here).then_some(to))
}

/// Whether packets stay on this machine: they pass the loopback, whatever interface has the address
/// (ip-route(8), type local). So does what a receiver at a loopback address waits for.
pub(super) fn stays_here(evidence: &Evidence) -> Result<bool, Unseen> {
    if other_side(evidence).is_some() {
        return Ok(other_side_here(evidence)?.is_some());
    }
    let local = receiver(evidence).or(session_address(evidence));
    Ok(local.is_some_and(|local| local.ip().is_loopback()))
}

/// The machine on the other side as text; port 0 is a port that is not known.
pub(super) fn written(address: SocketAddr) -> String {
    match address.port() {
        0 => address.ip().to_string(),
        _ => address.to_string(),
    }
}

/// Whether an address stands for several machines, as far as it shows this itself.
fn is_group(ip: IpAddr) -> bool {
    ip.is_multicast() || ip == IpAddr::V4(std::net::Ipv4Addr::BROADCAST)
}

fn is_here(facts: &LocalFacts, ip: IpAddr) -> Result<bool, Unseen> {
    match facts.has_address(ip) {
        Some(here) => Ok(here),
        None => Err(seen(&facts.interfaces).err().unwrap_or(Unseen::NotHere)),
    }
}

/// The sockets that receive at this port, in this network namespace.
pub(super) fn listeners(evidence: &Evidence, port: u16) -> Result<Vec<&SocketRow>, Unseen> {
    let rows = seen(&evidence.local.sockets)?.iter();
    let transport = evidence.question.transport();
    Ok(rows.filter(|row| row.listens_at(transport, port)).collect())
}

/// The sockets that may receive what is sent to this address of this machine; of all addresses, all
/// at the port.
pub(super) fn serving(evidence: &Evidence, local: SocketAddr) -> Result<Vec<&SocketRow>, Unseen> {
    let mut rows = listeners(evidence, local.port())?;
    let ip = local.ip();
    rows.retain(|row| ip.is_unspecified() || receives(row, ip) != Some(false));
    Ok(rows)
}

/// Whether a socket receives what is sent to this address of this machine; `None` if it depends on
/// a property that is not known.
pub(super) fn receives(row: &SocketRow, ip: IpAddr) -> Option<bool> {
    let bound = row.local.ip().to_canonical();
    match (bound, ip) {
        _ if bound == ip => Some(true),
        (bound, _) if !bound.is_unspecified() => Some(false),
        (IpAddr::V4(_), ip) => Some(ip.is_ipv4()),
        (IpAddr::V6(_), IpAddr::V6(_)) => Some(true),
        (IpAddr::V6(_), IpAddr::V4(_)) => row.v6_only.map(|only| !only),
    }
}

/// Whose socket it is.
pub(super) fn owner(row: &SocketRow) -> Clue {
    let local = ("local", row.local.to_string());
    match &row.owner {
        Some(owner) if owner.is_us => clue("doctor.clue.own_socket", vec![local]),
        Some(owner) => {
            let pid = ("pid", owner.pid.to_string());
            clue(
                "doctor.clue.owner",
                vec![("name", owner.name.clone()), pid, local],
            )
        }
        None => clue("doctor.clue.owner_unseen", vec![local]),
    }
}

/// The interfaces besides the loopback.
pub(super) fn links(evidence: &Evidence) -> Result<Vec<&InterfaceFacts>, Unseen> {
    let all = seen(&evidence.local.interfaces)?.iter();
    Ok(all.filter(|interface| !interface.is_loopback).collect())
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Whether packets lately came by the interface that has this address; true for all addresses.
pub(super) fn arrives_at(evidence: &Evidence, ip: IpAddr) -> Result<bool, Unseen> {
    let recent = seen(&evidence.local.recent)?;
    let interfaces = seen(&evidence.local.interfaces)?;
    let mut of = interfaces.iter().filter(|interface| interface.has(ip));
    Ok(ip.is_unspecified() || of.any(|interface| recent.received.contains_key(&interface.name)))
}

/// A fault of an interface: the keys of its clue, with the addresses and of one that has none.
#[derive(Clone, Copy)]
pub(super) struct Fault(&'static str, &'static str);

pub(super) const IS_DOWN: Fault = Fault("doctor.clue.is_down", "doctor.clue.is_down_bare");
pub(super) const NO_CARRIER: Fault = Fault("doctor.clue.no_carrier", "doctor.clue.no_carrier_bare");

/// That an interface has a fault, with its addresses.
pub(super) fn named(link: &InterfaceFacts, Fault(key, bare): Fault) -> Clue {
    if link.addresses.is_empty() {
        return clue(bare, vec![("interface", link.name.clone())]);
    }
    let addresses = link.addresses.iter();
    let addresses: Vec<String> = addresses
        .map(|(ip, prefix)| format!("{ip}/{prefix}"))
        .collect();
    let values = vec![
        ("interface", link.name.clone()),
        ("addresses", addresses.join(" · ")),
    ];
    clue(key, values)
}
