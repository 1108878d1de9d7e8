//! Addresses that sockets are bound to, against those at which messages arrive.

use super::Answer;
use super::scene::{self, clue, likely, seen, shown};
use crate::engine::evidence::{Evidence, InterfaceFacts, Question, SocketRow, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use crate::explain::doctor::ends::STEADY;
use crate::traffic::Cause;
use std::net::{IpAddr, SocketAddr};

/// The address is none of this machine.
pub(super) fn not_local(evidence: &Evidence) -> Answer {
    let (local, was_refused) = match (scene::session(evidence), evidence.question.local()) {
        (Some(session), _) => {
            let refused = |cause: &Cause| matches!(cause, Cause::NotLocal { .. });
            let mut failures = session.failures.iter().map(|failure| &failure.cause);
            let was_refused = !session.open && failures.any(refused);
            (scene::session_address(evidence), was_refused)
        }
        (None, local) => (local, true),
    };
    let Some(ip) = local.map(|local| local.ip().to_canonical()) else {
        return Ok(Outcome::DoesNotApply);
    };
    if !was_refused || ip.is_multicast() {
        return Ok(Outcome::IsNot);
    }
    let interfaces = seen(&evidence.local.interfaces)?;
    if evidence.local.has_address(ip) == Some(true) {
        return Ok(Outcome::IsNot);
    }
    let own = interfaces.iter().flat_map(|interface| {
        let addresses = interface.addresses.iter();
        addresses.map(|(ip, _)| format!("{} {ip}", interface.name))
    });
    let own: Vec<String> = own.collect();
    Ok(shown(vec![clue(
        "doctor.clue.own_addresses",
        vec![("address", ip.to_string()), ("own", own.join(" · "))],
    )]))
}

/// The addresses at which the receiver in question is bound; the session's own one if one asks.
fn bound(evidence: &Evidence, port: u16) -> Result<Vec<SocketAddr>, Unseen> {
    if let Some(session) = scene::session(evidence) {
        let local = scene::session_address(evidence).filter(|_| session.open);
        return Ok(local.into_iter().collect());
    }
    let rows = scene::listeners(evidence, port)?;
    Ok(rows.iter().map(|row| row.local).collect())
}

pub(super) fn at(local: SocketAddr) -> Clue {
    clue("doctor.clue.bound", vec![("local", local.to_string())])
}

/// Bound to loopback, while the peer is elsewhere.
pub(super) fn loopback_only(evidence: &Evidence) -> Answer {
    let Some(asked) = scene::receiver(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let bound = bound(evidence, asked.port())?;
    let Some(&first) = bound.first() else {
        return Ok(Outcome::DoesNotApply);
    };
    if bound.iter().any(|local| !local.ip().is_loopback()) {
        return Ok(Outcome::IsNot);
    }
    if let Some(to) = scene::other_side_away(evidence)? {
        let values = vec![("to", scene::written(to))];
        return Ok(shown(vec![
            at(first),
            clue("doctor.clue.peer_away", values),
        ]));
    }
    let is_peer_here = scene::other_side_here(evidence)?.is_some();
    let Some(session) = scene::session(evidence) else {
        let rows = seen(&evidence.local.sockets)?;
        let mut connected = rows.iter().filter(|row| row.local.port() == asked.port());
        let serves = is_peer_here || connected.any(SocketRow::is_established);
        if asked.ip().is_loopback() {
            // As it was asked, and no fault unless the sender is elsewhere.
            return match serves {
                true => Ok(Outcome::IsNot),
                false => Err(Unseen::PeerUnnamed {
                    local: first.to_string(),
                }),
            };
        }
        let clues = vec![
            at(first),
            clue(
                "doctor.clue.asked_address",
                vec![("asked", asked.to_string())],
            ),
        ];
        return Ok(match (asked.ip().is_unspecified(), serves) {
            (false, _) => shown(clues),
            (true, false) => likely(clues),
            (true, true) => Outcome::IsNot,
        });
    };
    if is_peer_here || session.received.messages > 0 {
        return Ok(Outcome::IsNot);
    }
    match refused(evidence, first.ip())? {
        Some(clue) => Ok(likely(vec![at(first), clue])),
        None => Err(capture(first.port())),
    }
}

/// That a capture shows what arrives for the port at other addresses.
fn capture(port: u16) -> Unseen {
    let command = format!("sudo tcpdump -n -i any port {port}");
    Unseen::OtherProgram { command }
}

/// Messages that came lately from other machines only, by another interface than that of an
/// address, and were refused.
fn refused(evidence: &Evidence, bound: IpAddr) -> Result<Option<Clue>, Unseen> {
    // No counter tells a refused connection from another reset.
    if scene::is_tcp(evidence) {
        return Ok(None);
    }
    let recent = seen(&evidence.local.recent)?;
    let count = recent.grown(match bound {
        IpAddr::V4(_) => "Udp.NoPorts",
        IpAddr::V6(_) => "Udp6NoPorts",
    });
    let interfaces = seen(&evidence.local.interfaces)?;
    let came = |name: &str| recent.received.contains_key(name);
    let mut others = interfaces.iter().filter(|one| came(&one.name));
    let is_own = interfaces
        .iter()
        .any(|one| came(&one.name) && (one.has(bound) || one.is_loopback));
    Ok(others
        .find(|one| !one.is_loopback && !one.has(bound))
        .filter(|_| count >= STEADY && !is_own)
        .map(|one| {
            let millis = recent.millis();
            let values = vec![("count", count.to_string()), ("millis", millis)];
            clue(
                "doctor.clue.refused_by",
                [values, vec![("interface", one.name.clone())]].concat(),
            )
        }))
}

/// Bound to the address of one interface, while messages arrive at another.
pub(super) fn other_interface(evidence: &Evidence) -> Answer {
    let Some(asked) = scene::receiver(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let bound = bound(evidence, asked.port())?;
    let Some(&first) = bound.first() else {
        return Ok(Outcome::DoesNotApply);
    };
    let is_general = |local: &SocketAddr| local.ip().is_unspecified() || local.ip().is_loopback();
    let (session, peer) = (scene::session(evidence), scene::other_side_away(evidence)?);
    if session.is_none() {
        let found = another(evidence, asked)?;
        if peer.is_none() || matches!(found, Outcome::Is(..)) {
            return Ok(found);
        }
    }
    let has_received = session.is_some_and(|session| session.received.messages > 0);
    if bound.iter().any(is_general) || has_received {
        return Ok(Outcome::IsNot);
    }
    let links = scene::links(evidence)?;
    let own = links.iter().find(|link| link.has(first.ip()));
    if let Some(to) = peer {
        let reaches = |ip: IpAddr| links.iter().find(move |link| link.network_of(ip).is_some());
        let is_near = own.is_some_and(|own| own.network_of(to.ip()).is_some());
        return Ok(
            match reaches(to.ip()).filter(|_| !is_near && own.is_some()) {
                Some(link) => {
                    let values = vec![("to", scene::written(to)), ("interface", link.name.clone())];
                    likely(vec![at(first), clue("doctor.clue.reached_by", values)])
                }
                None if is_near || leaves_by(evidence, own) => Outcome::IsNot,
                // Answers may come by any interface.
                None => Outcome::Unseen(Unseen::NotHere),
            },
        );
    }
    match refused(evidence, first.ip())? {
        Some(clue) => Ok(likely(vec![at(first), clue])),
        // With one interface, there is no other.
        None if links.len() < 2 => Ok(Outcome::IsNot),
        None if scene::is_tcp(evidence) => Err(capture(first.port())),
        None => Err(Unseen::Quiet),
    }
}

/// Whether packets to the target leave by this interface.
fn leaves_by(evidence: &Evidence, own: Option<&&InterfaceFacts>) -> bool {
    let Some(Ok(route)) = evidence.path.route.known() else {
        return false;
    };
    own.is_some_and(|own| own.name == route.interface)
}

/// The program at a port is bound to another address, or to another interface, than the one in
/// question.
fn another(evidence: &Evidence, asked: SocketAddr) -> Answer {
    let Question::Port { .. } = evidence.question else {
        return Ok(Outcome::DoesNotApply);
    };
    if asked.ip().is_unspecified() {
        return Ok(Outcome::IsNot);
    }
    let interfaces = seen(&evidence.local.interfaces)?;
    let rows = scene::listeners(evidence, asked.port())?;
    let at_interface = |name: &str| {
        let mut all = interfaces.iter().filter(|one| one.name == name);
        all.any(|one| one.has(asked.ip()))
    };
    let is_it = |name: &Option<String>| name.as_deref().is_none_or(at_interface);
    if rows
        .iter()
        .any(|row| scene::receives(row, asked.ip()) != Some(false) && is_it(&row.interface))
    {
        return Ok(Outcome::IsNot);
    }
    // Another IP version, and loopback, are situations of their own.
    let row = rows.iter().find(|row| {
        let ip = row.local.ip();
        row.interface.is_some() || !ip.is_loopback() && ip.is_ipv4() == asked.ip().is_ipv4()
    });
    Ok(row.map_or(Outcome::IsNot, |row| {
        let values = vec![("asked", asked.to_string())];
        let mut clues = vec![at(row.local), clue("doctor.clue.asked_address", values)];
        if let Some(interface) = &row.interface {
            let values = vec![("interface", interface.clone())];
            clues.push(clue("doctor.clue.bound_to_interface", values));
        }
        clues.push(scene::owner(row));
        shown(clues)
    }))
}
