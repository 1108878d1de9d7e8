//! Interfaces that lead to the target, or have the address of the socket.

use super::Answer;
use super::scene::{self, clue, likely, seen, shown};
use super::waiting;
use crate::engine::evidence::{Evidence, InterfaceFacts, Unseen};
use crate::explain::doctor::diagnosis::Outcome;
use crate::explain::doctor::ends;
use std::net::{IpAddr, SocketAddr};

/// The target on another machine, and the single address of this machine that is in question.
struct Ends {
    to: Option<SocketAddr>,
    local: Option<IpAddr>,
}

impl Ends {
    /// `None` if the question stays within this machine, or names no address.
    fn of(evidence: &Evidence) -> Result<Option<Self>, Unseen> {
        if scene::other_side_here(evidence)?.is_some() {
            return Ok(None);
        }
        let local = scene::receiver(evidence).or(scene::session_address(evidence));
        let single = |ip: &IpAddr| !ip.is_unspecified() && !ip.is_loopback() && !ip.is_multicast();
        let ends = Self {
            to: scene::other_side_away(evidence)?,
            local: local.map(|local| local.ip()).filter(single),
        };
        Ok((ends.to.is_some() || ends.local.is_some()).then_some(ends))
    }

    /// The faulty interface that leads to the target while no other one does, or has the address.
    fn through<'a>(
        &self,
        links: &[&'a InterfaceFacts],
        is_faulty: impl Fn(&InterfaceFacts) -> bool,
    ) -> Option<(&'a InterfaceFacts, bool)> {
        let to = self.to.map(|to| to.ip());
        let leads = |link: &InterfaceFacts| to.and_then(|to| link.network_of(to));
        let sound = links.iter().filter(|link| !is_faulty(link));
        let best = sound.filter_map(|link| leads(link)).max();
        let mut faulty = links.iter().copied().filter(|link| is_faulty(link));
        let to_target = faulty.clone().find(|link| leads(link) > best);
        if let Some(link) = to_target {
            return Some((link, true));
        }
        // With a target that is reached otherwise, the address may still be one of the machine.
        let own = faulty.find(|link| self.local.is_some_and(|local| link.has(local)));
        own.filter(|_| best.is_none()).map(|link| (link, false))
    }
}

/// The interface is down.
pub(super) fn down(evidence: &Evidence) -> Answer {
    if scene::stays_here(evidence)? {
        return loopback_down(evidence);
    }
    let Some(ends) = Ends::of(evidence)? else {
        return waiting::down(evidence);
    };
    let links = scene::links(evidence)?;
    if let Some((link, _)) = ends.through(&links, |link| !link.is_up) {
        return Ok(shown(vec![scene::named(link, scene::IS_DOWN)]));
    }
    // Without its addresses, which IPv6 loses with the interface, one that is down is the way only
    // if there is no other.
    let all_down = links.iter().all(|link| !link.is_up);
    Ok(
        match links.first().filter(|_| all_down && ends.to.is_some()) {
            Some(link) => shown(vec![scene::named(link, scene::IS_DOWN)]),
            None => Outcome::IsNot,
        },
    )
}

/// The loopback is down. The system has the route by it as long as it has its address.
fn loopback_down(evidence: &Evidence) -> Answer {
    let mut all = seen(&evidence.local.interfaces)?.iter();
    Ok(match all.find(|link| link.is_loopback) {
        Some(link) if link.is_up => Outcome::IsNot,
        Some(link) => shown(vec![scene::named(link, scene::IS_DOWN)]),
        None => Outcome::DoesNotApply,
    })
}

/// The interface has no connection.
pub(super) fn no_carrier(evidence: &Evidence) -> Answer {
    let Some(ends) = Ends::of(evidence)? else {
        return waiting::no_carrier(evidence);
    };
    let links = scene::links(evidence)?;
    let is_faulty = |link: &InterfaceFacts| link.is_up && link.has_carrier == Some(false);
    if let Some((link, is_way)) = ends.through(&links, is_faulty) {
        let clues = vec![scene::named(link, scene::NO_CARRIER)];
        return Ok(match is_way {
            true => shown(clues),
            false => likely(clues),
        });
    }
    // The way to a target behind a gateway.
    let route = evidence
        .path
        .route
        .known()
        .and_then(|route| route.as_ref().ok());
    let by = route
        .filter(|_| ends.to.is_some())
        .map(|route| route.interface.as_str());
    let link = links
        .iter()
        .find(|link| is_faulty(link) && by == Some(link.name.as_str()));
    Ok(link.map_or(Outcome::IsNot, |link| {
        shown(vec![scene::named(link, scene::NO_CARRIER)])
    }))
}

/// Another machine has the address too (IPv6: duplicate address detection, RFC 4862 §5.4).
pub(super) fn duplicate(evidence: &Evidence) -> Answer {
    let Some(ends) = Ends::of(evidence)? else {
        return Ok(Outcome::DoesNotApply);
    };
    let is_v6 = [ends.local, ends.to.map(|to| to.ip())]
        .iter()
        .flatten()
        .any(IpAddr::is_ipv6);
    if !is_v6 {
        // Of IPv4, only a question to the network tells it.
        return Ok(Outcome::DoesNotApply);
    }
    for link in scene::links(evidence)? {
        let of_target = ends.to.and_then(|to| {
            let network = |duplicates: bool| {
                let addresses = link.addresses.iter().copied();
                let some = addresses.filter(|(ip, _)| link.duplicates.contains(ip) == duplicates);
                let one = InterfaceFacts {
                    addresses: some.collect(),
                    ..link.clone()
                };
                one.network_of(to.ip()).map(|_| one)
            };
            let usable = network(false).is_some();
            let unusable = network(true).filter(|_| !usable)?;
            unusable.addresses.first().map(|&(ip, _)| ip)
        });
        let own = ends.local.filter(|local| link.duplicates.contains(local));
        if let Some(ip) = own.or(of_target) {
            let values = vec![
                ("address", ip.to_string()),
                ("interface", link.name.clone()),
            ];
            return Ok(shown(vec![clue("doctor.clue.duplicate", values)]));
        }
    }
    Ok(Outcome::IsNot)
}

/// No interface has an address of the target's IP version, or of that of a receiver that waits.
pub(super) fn no_address(evidence: &Evidence) -> Answer {
    let Some(to) = Ends::of(evidence)?.and_then(|ends| ends.to) else {
        return waiting::no_address(evidence);
    };
    let is_near = is_link_local(to.ip());
    let interfaces = seen(&evidence.local.interfaces)?;
    let usable = |link: &InterfaceFacts| {
        link.addresses.iter().any(|&(ip, _)| {
            ip.is_ipv4() == to.is_ipv4() && !ip.is_loopback() && (is_near || !is_link_local(ip))
        })
    };
    if interfaces.iter().any(usable) {
        return Ok(Outcome::IsNot);
    }
    let family = if to.is_ipv4() { "IPv4" } else { "IPv6" };
    let links = scene::links(evidence)?;
    let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
    let values = vec![("family", family.to_owned()), ("to", to.ip().to_string())];
    let mut clues = vec![clue("doctor.clue.no_address", values)];
    if !names.is_empty() {
        let values = vec![("interfaces", names.join(" · "))];
        clues.push(clue("doctor.clue.interfaces", values));
    }
    Ok(shown(clues))
}

/// An address of the link only: 169.254.0.0/16 (RFC 3927), fe80::/10.
fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// The addresses whose networks leave out a machine with almost the same address, those of interfaces
/// by which packets to it do not leave first.
fn narrow(links: &[&InterfaceFacts], to: IpAddr, leaves_by: &str) -> String {
    let mut all: Vec<_> = links
        .iter()
        .filter(|link| link.is_up)
        .filter_map(|link| Some((link, link.leaves_out(to)?)))
        .collect();
    all.sort_by_key(|(link, _)| link.name == leaves_by);
    let all = all
        .iter()
        .map(|(link, (own, prefix))| format!("{own}/{prefix} ({})", link.name));
    all.collect::<Vec<_>>().join(", ")
}

/// The subnet mask leaves out a target with almost the same address, and nothing else leads there.
pub(super) fn wrong_mask(evidence: &Evidence) -> Answer {
    let Some(to) = Ends::of(evidence)?.and_then(|ends| ends.to) else {
        return Ok(Outcome::DoesNotApply);
    };
    let links = scene::links(evidence)?;
    if links.iter().any(|link| link.network_of(to.ip()).is_some()) {
        return match ends::too_wide(evidence) {
            Some(address) => Err(Unseen::WideMask {
                address,
                to: to.ip(),
            }),
            None => Ok(Outcome::IsNot),
        };
    }
    let mut up = links.iter().filter(|link| link.is_up);
    let Some((link, (own, prefix))) = up.find_map(|link| Some((link, link.leaves_out(to.ip())?)))
    else {
        return Ok(Outcome::IsNot);
    };
    if let Ok(route) = seen(&evidence.path.route)? {
        return match route.gateway {
            // It may be meant to be in the same network, and is looked for behind the gateway.
            Some(_) if ends::is_heard(evidence) => Ok(Outcome::IsNot),
            Some(ref gateway) => Err(Unseen::NarrowMask {
                address: narrow(&links, to.ip(), &route.interface),
                to: to.ip(),
                router: gateway.ip,
                interface: route.interface.clone(),
            }),
            None => Ok(Outcome::IsNot),
        };
    }
    let values = vec![
        ("interface", link.name.clone()),
        ("address", format!("{own}/{prefix}")),
        ("to", to.ip().to_string()),
    ];
    Ok(shown(vec![clue("doctor.clue.left_out", values)]))
}
