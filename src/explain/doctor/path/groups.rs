//! Multicast groups.

use super::scene::{
    Answer, is_silent, likely, other_side, outcome, route, seen, session, shown, to, value,
};
use crate::engine::evidence::{Evidence, InterfaceFacts, Question, Recent, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use crate::explain::doctor::ends::STEADY;
use std::net::{IpAddr, SocketAddr};

/// The group whose messages should come: that to which the port is bound, or a joined one, or that
/// to whose port the session is bound.
pub(super) fn wanted(evidence: &Evidence) -> Option<IpAddr> {
    if evidence.question.transport() == Transport::Tcp {
        return None;
    }
    let session = session(evidence);
    let local = evidence
        .question
        .local()
        .or_else(|| session.and_then(|known| known.local));
    let is_group = |ip: &IpAddr| ip.is_multicast();
    let bound = local
        .map(|local| local.ip().to_canonical())
        .filter(is_group);
    let joined = || {
        session?
            .groups
            .first()
            .map(|joined| joined.group.to_canonical())
    };
    let spoken_to = || {
        let to = to(evidence).filter(|to| to.ip().is_multicast())?;
        let is_same_port = local.is_some_and(|local| local.port() == to.port());
        is_same_port.then(|| to.ip())
    };
    let named = || evidence.question.group();
    bound.or_else(joined).or_else(named).or_else(spoken_to)
}

/// Whether a silent UDP receiver at all addresses may wait for messages to a group.
fn may_wait_for_one(evidence: &Evidence) -> bool {
    let question = &evidence.question;
    let is_open = session(evidence).is_none_or(|known| known.open);
    let at_all = question
        .local()
        .is_some_and(|local| local.ip().is_unspecified());
    question.transport() == Transport::Udp
        && question.to().is_none()
        && at_all
        && is_open
        && is_silent(evidence)
}

/// That no group is joined, and how many packets came that may have been for one.
fn no_group(evidence: &Evidence) -> Unseen {
    let recent = evidence.local.recent.known();
    let count = |is_v4, fewest| {
        let count = recent.map_or(0, |recent| undelivered(recent, is_v4));
        if count < fewest { 0 } else { count }
    };
    Unseen::NoGroup {
        count: count(true, 1).max(count(false, OF_SENDER_V6)),
    }
}

/// The interfaces on which a group is joined by any program.
fn joined_on(evidence: &Evidence, group: IpAddr) -> Result<Vec<&str>, Unseen> {
    let groups = seen(&evidence.path.groups)?;
    let mut names: Vec<&str> = groups
        .iter()
        .filter(|(joined, _)| *joined == group)
        .map(|(_, interface)| interface.as_str())
        .collect();
    names.dedup();
    Ok(names)
}

pub(super) fn not_joined(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(group) = wanted(evidence) else {
            return Ok(match may_wait_for_one(evidence) {
                true => Outcome::Unseen(no_group(evidence)),
                false => Outcome::DoesNotApply,
            });
        };
        if !is_silent(evidence) || !joined_on(evidence, group)?.is_empty() {
            return Ok(Outcome::IsNot);
        }
        let clue = Clue::new("doctor.clue.group_not_joined", [value("group", group)]);
        let is_bound = evidence
            .question
            .local()
            .is_some_and(|local| local.ip().to_canonical() == group);
        Ok(match is_bound {
            true => shown(clue),
            false => likely(clue),
        })
    };
    outcome(answer())
}

/// Interfaces besides the loopback that can carry packets.
fn live(evidence: &Evidence) -> Result<Vec<&InterfaceFacts>, Unseen> {
    let all = seen(&evidence.local.interfaces)?.iter();
    Ok(all
        .filter(|interface| !interface.is_loopback && interface.is_up)
        .filter(|interface| interface.has_carrier != Some(false))
        .collect())
}

pub(super) fn joined_elsewhere(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(group) = wanted(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        let joined = joined_on(evidence, group)?;
        if joined.is_empty() || !is_silent(evidence) {
            return Ok(match joined.is_empty() {
                true => Outcome::DoesNotApply,
                false => Outcome::IsNot,
            });
        }
        let elsewhere = |interface: &str| {
            likely(Clue::new(
                "doctor.clue.group_joined_on",
                [
                    value("group", group),
                    ("joined", joined.join(" ")),
                    value("interface", interface),
                ],
            ))
        };
        // The peer is in the network of another interface.
        let is_single = other_side(evidence).is_some_and(|to| !to.ip().is_multicast());
        if is_single && let Some(route) = route(evidence)? {
            let is_near = route.gateway.is_none() && !route.is_local;
            if is_near && !joined.contains(&route.interface.as_str()) {
                return Ok(elsewhere(&route.interface));
            }
        }
        let live = live(evidence)?;
        let hears = live
            .iter()
            .any(|known| joined.contains(&known.name.as_str()));
        match (live.as_slice(), hears) {
            ([first, ..], false) => Ok(elsewhere(&first.name)),
            ([_], true) => Ok(Outcome::IsNot),
            _ => match comes_by(evidence, group, &joined, &live) {
                Some(clue) => Ok(likely(clue)),
                None => Err(which_interface(evidence, group, &joined)),
            },
        }
    };
    outcome(answer())
}

/// That a capture tells by which interface the messages of a group come.
fn which_interface(evidence: &Evidence, group: IpAddr, joined: &[&str]) -> Unseen {
    let session = session(evidence).and_then(|known| known.local);
    let local = session.or_else(|| evidence.question.local());
    let port = local.map(|local| local.port()).filter(|&port| port != 0);
    let port = port.map_or(String::new(), |port| format!(" port {port}"));
    Unseen::WhichInterface {
        group: group.to_string(),
        joined: joined.join(" "),
        command: format!("sudo tcpdump -n -i any host {group} and udp{port}"),
    }
}

/// What tells that the messages of a group come by an interface on which it is not joined: the
/// kernel drops these without a counter of their own. Little comes where the group is joined, and
/// most of what comes by one other interface is not delivered.
fn comes_by(
    evidence: &Evidence,
    group: IpAddr,
    joined: &[&str],
    live: &[&InterfaceFacts],
) -> Option<Clue> {
    let recent = evidence.local.recent.known()?;
    let came = |link: &InterfaceFacts| recent.received.get(&link.name).copied().unwrap_or(0);
    let (own, others): (Vec<&InterfaceFacts>, Vec<&InterfaceFacts>) = live
        .iter()
        .copied()
        .partition(|link| joined.contains(&link.name.as_str()));
    let heard: u64 = own.iter().map(|&link| came(link)).sum();
    let mut others = others.into_iter().filter(|&link| came(link) > 0);
    let (Some(link), None) = (others.next(), others.next()) else {
        return None;
    };
    let count = undelivered(recent, group.is_ipv4());
    // The counters of the kernel and of the interface are read one after the other.
    let came = came(link);
    let most = came.saturating_add(came / 8).saturating_add(2);
    let is_most = count.saturating_mul(2) > came && count <= most;
    let fewest = match group {
        IpAddr::V4(_) => STEADY,
        IpAddr::V6(_) => OF_SENDER_V6,
    };
    // Neighbours there may ask for addresses meanwhile.
    let is_quiet = heard.saturating_mul(4) <= count;
    (is_quiet && count >= fewest && is_most).then(|| {
        Clue::new(
            "doctor.clue.group_comes_by",
            [
                value("group", group),
                ("joined", joined.join(" ")),
                value("interface", &link.name),
                value("count", count),
                ("millis", recent.millis()),
            ],
        )
    })
}

/// The fewest undelivered packets over IPv6 that are those of a sender: neighbours report their own
/// groups, several times when a link comes up.
const OF_SENDER_V6: u64 = 3 * STEADY;

/// The packets of this IP version that came during the look and were for nobody here.
fn undelivered(recent: &Recent, is_v4: bool) -> u64 {
    let grown = |names: &[&str]| names.iter().map(|name| recent.grown(name)).sum::<u64>();
    let (came, explained): (u64, u64) = match is_v4 {
        true => (
            recent.grown("Ip.InReceives"),
            grown(&[
                "Ip.InDelivers",
                "Ip.ForwDatagrams",
                "Ip.InHdrErrors",
                "Ip.InAddrErrors",
                "Ip.InDiscards",
                "Ip.ReasmReqds",
                "TcpExt.IPReversePathFilter",
            ]),
        ),
        // Those for one machine are delivered too, so it is rather too few.
        false => (
            recent.grown("Ip6InMcastPkts"),
            recent.grown("Ip6InDelivers"),
        ),
    };
    came.saturating_sub(explained)
}

/// Whether switches pass a group everywhere (RFC 4541, 2.1.2), and routers nowhere.
fn is_link_local(group: IpAddr) -> bool {
    match group {
        IpAddr::V4(ip) => ip.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(ip) => ip.octets().starts_with(&[0xFF, 0x02]),
    }
}

pub(super) fn ttl(evidence: &Evidence) -> Outcome {
    let (Some(to), Some(session)) = (to(evidence), session(evidence)) else {
        return Outcome::DoesNotApply;
    };
    if !to.ip().is_multicast() {
        return Outcome::DoesNotApply;
    }
    match session.settings.multicast_ttl {
        Some(0) => shown(Clue::new(
            "doctor.clue.multicast_ttl",
            [value("group", to.ip())],
        )),
        // It does not pass routers, which matters only if members are behind some.
        Some(1) if !is_link_local(to.ip()) && is_silent(evidence) => {
            Outcome::Unseen(Unseen::NotHere)
        }
        Some(_) => Outcome::IsNot,
        None => Outcome::Unseen(Unseen::NotHere),
    }
}

pub(super) fn igmp_snooping(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(group) = wanted(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        let joined = joined_on(evidence, group)?;
        Ok(match (joined.is_empty(), is_silent(evidence)) {
            (true, _) => Outcome::DoesNotApply,
            (false, true) if !is_link_local(group) => {
                Outcome::Unseen(which_interface(evidence, group, &joined))
            }
            (false, _) => Outcome::IsNot,
        })
    };
    outcome(answer())
}

/// An address of IPv6 that means a machine or a group on a link says nothing without the link.
pub(super) fn scope(evidence: &Evidence) -> Outcome {
    let Some(SocketAddr::V6(to)) = to(evidence) else {
        return Outcome::DoesNotApply;
    };
    let ip = *to.ip();
    let clue = |key| Clue::new(key, [value("to", ip)]);
    if ip.is_unicast_link_local() {
        return match to.scope_id() {
            0 => shown(clue("doctor.clue.no_scope")),
            _ => Outcome::IsNot,
        };
    }
    if !ip.is_multicast() {
        return Outcome::DoesNotApply;
    }
    if ip.octets().starts_with(&[0xFF, 0x01]) {
        return shown(clue("doctor.clue.interface_scope"));
    }
    if to.scope_id() != 0 || !is_link_local(ip.into()) || !is_silent(evidence) {
        return Outcome::IsNot;
    }
    let answer = || -> Answer {
        // A session may have chosen the interface for the group.
        let is_joined = session(evidence).is_some_and(|known| !known.groups.is_empty());
        let is_port = matches!(evidence.question, Question::Port { .. });
        if is_joined || is_port {
            return Ok(Outcome::IsNot);
        }
        let Some(route) = route(evidence)? else {
            return Ok(shown(clue("doctor.clue.no_scope")));
        };
        let live = live(evidence)?;
        Ok(match live.len() {
            0 | 1 => Outcome::IsNot,
            _ => likely(Clue::new(
                "doctor.clue.scope_chosen",
                [value("to", ip), value("interface", &route.interface)],
            )),
        })
    };
    outcome(answer())
}
