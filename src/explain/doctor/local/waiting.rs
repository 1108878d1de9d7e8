//! Interfaces of a receiver at all addresses that waits, while nobody knows who should send to it.

use super::Answer;
use super::scene::{self, Fault, clue, likely, named, shown};
use crate::engine::evidence::{Evidence, InterfaceFacts, SocketRow, Unseen};
use crate::explain::doctor::diagnosis::Outcome;
use std::net::SocketAddr;

/// The most interfaces that are named.
const NAMED: usize = 3;

/// The receiver, and the interfaces besides the loopback.
struct Waiting<'a> {
    /// The only IP version that it receives: whether that is IPv4.
    is_ipv4: Option<bool>,
    links: Vec<&'a InterfaceFacts>,
}

impl<'a> Waiting<'a> {
    /// `None` if the question names a peer, something has come, or nothing can come anyway.
    fn of(evidence: &'a Evidence) -> Result<Option<Self>, Unseen> {
        let receiver = scene::receiver(evidence).filter(|local| local.ip().is_unspecified());
        let Some(local) = receiver.filter(|_| scene::other_side(evidence).is_none()) else {
            return Ok(None);
        };
        let is_v6_only = match scene::session(evidence) {
            Some(session) => {
                let is_reached = session.received.messages > 0 || session.is_connected;
                if !session.open || is_reached {
                    return Ok(None);
                }
                session.settings.v6_only == Some(true)
            }
            None => match program(evidence, local)? {
                Some(row) => row.v6_only == Some(true),
                None => return Ok(None),
            },
        };
        let is_ipv4 = match (local.is_ipv4(), is_v6_only) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        };
        Ok(Some(Self {
            is_ipv4,
            links: scene::links(evidence)?,
        }))
    }

    fn has_address(&self, link: &InterfaceFacts) -> bool {
        let is_fit = |is_ipv4| self.is_ipv4.is_none_or(|only| only == is_ipv4);
        let mut all = link.addresses.iter();
        all.any(|(ip, _)| !ip.is_loopback() && is_fit(ip.is_ipv4()))
    }

    fn can_receive(&self, link: &InterfaceFacts) -> bool {
        link.is_up && link.has_carrier != Some(false) && self.has_address(link)
    }

    fn judged(&self, is_faulty: fn(&InterfaceFacts) -> bool, fault: Fault) -> Answer {
        let links = self.links.iter().copied();
        let faulty: Vec<&InterfaceFacts> = links
            .filter(|link| is_faulty(link) && is_meant(link))
            .take(NAMED)
            .collect();
        if faulty.is_empty() {
            return Ok(Outcome::IsNot);
        }
        let mut able = self.links.iter().filter(|link| self.can_receive(link));
        if able.clone().any(|link| !is_bridge(&link.name)) {
            let names: Vec<&str> = faulty.iter().map(|link| link.name.as_str()).collect();
            return Err(Unseen::InterfaceOff {
                interfaces: names.join(" · "),
            });
        }
        let mut clues: Vec<_> = faulty.into_iter().map(|link| named(link, fault)).collect();
        Ok(match able.next() {
            // Containers of this machine can still send.
            Some(_) => likely(clues),
            None => {
                clues.push(clue("doctor.clue.only_loopback", Vec::new()));
                shown(clues)
            }
        })
    }
}

/// The socket of the program in question, unless something has come to it.
fn program(evidence: &Evidence, local: SocketAddr) -> Result<Option<&SocketRow>, Unseen> {
    let is_tcp = scene::is_tcp(evidence);
    let is_reached = |row: &SocketRow| {
        let is_its = row.is_tcp == is_tcp && row.local.port() == local.port();
        is_its && (row.unread > 0 || row.is_established())
    };
    if scene::seen(&evidence.local.sockets)?.iter().any(is_reached) {
        return Ok(None);
    }
    let rows = scene::listeners(evidence, local.port())?;
    Ok(rows.into_iter().find(|row| row.local.ip().is_unspecified()))
}

/// An interface is down, and no other one receives.
pub(super) fn down(evidence: &Evidence) -> Answer {
    match Waiting::of(evidence)? {
        Some(waiting) => waiting.judged(|link| !link.is_up, scene::IS_DOWN),
        None => Ok(Outcome::DoesNotApply),
    }
}

/// An interface has no carrier, and no other one receives.
pub(super) fn no_carrier(evidence: &Evidence) -> Answer {
    let is_faulty = |link: &InterfaceFacts| link.is_up && link.has_carrier == Some(false);
    match Waiting::of(evidence)? {
        Some(waiting) => waiting.judged(is_faulty, scene::NO_CARRIER),
        None => Ok(Outcome::DoesNotApply),
    }
}

/// Interfaces are connected, and none has an address.
pub(super) fn no_address(evidence: &Evidence) -> Answer {
    let Some(waiting) = Waiting::of(evidence)? else {
        return Ok(Outcome::DoesNotApply);
    };
    let mut links = waiting.links.iter();
    if links.clone().any(|link| waiting.can_receive(link)) {
        return Ok(Outcome::IsNot);
    }
    // One that is off or not connected is another situation.
    let is_off = |link: &InterfaceFacts| !link.is_up || link.has_carrier == Some(false);
    if links.clone().any(|link| is_off(link) && is_meant(link)) {
        return Ok(Outcome::DoesNotApply);
    }
    let is_bare = |link: &InterfaceFacts| !is_off(link) && !is_bridge(&link.name);
    let Some(link) = links.find(|link| is_bare(link)) else {
        return Ok(Outcome::DoesNotApply);
    };
    let family = match waiting.is_ipv4 {
        Some(true) => "IPv4",
        Some(false) => "IPv6",
        None => "IP",
    };
    let clues = vec![
        clue(
            "doctor.clue.no_address_at_all",
            vec![("family", family.to_owned())],
        ),
        clue(
            "doctor.clue.interfaces",
            vec![("interfaces", link.name.clone())],
        ),
    ];
    // Broadcasts may come to an interface without an address.
    Ok(match scene::is_tcp(evidence) {
        true => shown(clues),
        false => likely(clues),
    })
}

/// Whether other machines may send by an interface, once it works.
fn is_meant(link: &InterfaceFacts) -> bool {
    !is_bridge(&link.name) && (is_card(&link.name) || !link.addresses.is_empty())
}

/// Whether an interface has the name of a network card (systemd.net-naming-scheme(7), and the names
/// that the kernel gives).
fn is_card(name: &str) -> bool {
    let all = ["eth", "en", "wl", "ww", "usb"];
    all.iter().any(|first| name.starts_with(first))
}

/// Whether an interface has the name of a bridge for containers or virtual machines, which has no
/// carrier while none runs.
fn is_bridge(name: &str) -> bool {
    let all = [
        "docker", "br-", "virbr", "lxcbr", "lxdbr", "podman", "cni", "vmnet", "vboxnet",
    ];
    all.iter().any(|first| name.starts_with(first))
}
