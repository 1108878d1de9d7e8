//! Ports: who has them, and who does not.

use super::Answer;
use super::scene::{self, clue, likely, seen, shown};
use crate::engine::evidence::{Evidence, Question, SocketRow, Unseen};
use crate::explain::doctor::commands;
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use crate::traffic::Cause;
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// The most other sockets that are named.
const NAMED: usize = 3;

/// Nothing is bound to the port.
pub(super) fn not_bound(evidence: &Evidence) -> Answer {
    let Some(local) = scene::receiver(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let asked = port(evidence, local.port());
    if let Some(session) = scene::session(evidence) {
        return Ok(match session.open {
            true => Outcome::IsNot,
            false => shown(vec![clue("doctor.clue.session_closed", asked)]),
        });
    }
    let rows = seen(&evidence.local.sockets)?;
    let at = || rows.iter().filter(|row| row.local.port() == local.port());
    // Connected sockets of UDP receive too, from one peer.
    let is_tcp = scene::is_tcp(evidence);
    let receives = |row: &&SocketRow| row.is_tcp == is_tcp && (row.is_bound() || !is_tcp);
    if at()
        .filter(|row| !row.is_elsewhere())
        .any(|row| receives(&row))
    {
        return Ok(Outcome::IsNot);
    }
    if at().any(SocketRow::is_elsewhere) {
        // Another situation.
        return Ok(Outcome::DoesNotApply);
    }
    let mut clues = vec![clue("doctor.clue.no_socket", asked)];
    if let Some(row) = at().find(|row| row.is_tcp != is_tcp && row.is_bound()) {
        let other = if row.is_tcp { "TCP" } else { "UDP" };
        let values = vec![
            ("other", other.to_owned()),
            ("local", row.local.to_string()),
        ];
        clues.push(clue("doctor.clue.other_transport", values));
    }
    if let Some(seconds) = at().filter_map(|row| row.lingers).max() {
        let values = vec![("seconds", seconds.to_string())];
        clues.push(clue("doctor.clue.lingers", values));
    }
    clues.extend(nearby(evidence));
    Ok(shown(clues))
}

/// Programs of others at other ports: a port may be mistyped.
pub(super) fn nearby(evidence: &Evidence) -> impl Iterator<Item = Clue> {
    let others = evidence.local.others.iter();
    let known = others.filter(|row| row.owner.as_ref().is_some_and(|owner| !owner.is_us));
    known.take(NAMED).map(scene::owner)
}

/// The values of a port in question.
pub(super) fn port(evidence: &Evidence, port: u16) -> Vec<(&'static str, String)> {
    vec![("port", port.to_string()), scene::transport(evidence)]
}

/// Another program has the port of the session.
pub(super) fn port_taken(evidence: &Evidence) -> Answer {
    let (Some(session), Some(local)) = (scene::session(evidence), scene::session_address(evidence))
    else {
        return Ok(Outcome::DoesNotApply);
    };
    if session.open || local.port() == 0 {
        return Ok(match session.open {
            true => Outcome::IsNot,
            false => Outcome::DoesNotApply,
        });
    }
    let asked = clue("doctor.clue.session_closed", port(evidence, local.port()));
    let other = holder(evidence, local)?;
    let refused = session
        .failures
        .iter()
        .rev()
        .find_map(|failure| match &failure.cause {
            Cause::PortInUse { holder, .. } => Some(holder),
            _ => None,
        });
    Ok(match (other, refused) {
        (Some(row), Some(_)) => shown(vec![asked, scene::owner(row)]),
        // It is there now; whether it was when the session was opened is not known.
        (Some(row), None) => likely(vec![asked, scene::owner(row)]),
        (None, Some(Some(holder))) => {
            let values = vec![
                ("name", holder.name.clone()),
                ("pid", holder.pid.to_string()),
            ];
            likely(vec![asked, clue("doctor.clue.had_port", values)])
        }
        // Somebody had it, and has it no more.
        (None, Some(None)) => Outcome::Unseen(Unseen::NotHere),
        (None, None) => Outcome::IsNot,
    })
}

/// The port of the session needs a right that this program lacks (ip(7)).
pub(super) fn privileged(evidence: &Evidence) -> Answer {
    let (Some(session), Some(local)) = (scene::session(evidence), scene::session_address(evidence))
    else {
        return Ok(Outcome::DoesNotApply);
    };
    if session.open || local.port() == 0 {
        return Ok(Outcome::DoesNotApply);
    }
    Ok(match refused_as_privileged(evidence) {
        Some(free_from) => {
            let mut values = port(evidence, local.port());
            values.push(("from", free_from.to_string()));
            shown(vec![clue("doctor.clue.privileged", values)])
        }
        None => Outcome::IsNot,
    })
}

/// The first port that needs no right, if the newest attempt to open the session failed for that.
fn refused_as_privileged(evidence: &Evidence) -> Option<u16> {
    let newest = scene::session(evidence)?.failures.last()?;
    match newest.cause {
        Cause::Privileged { free_from, .. } => Some(free_from),
        _ => None,
    }
}

/// The command that lets every program of this machine have the port.
pub(super) fn allow(evidence: &Evidence) -> Option<String> {
    refused_as_privileged(evidence)?;
    let port = scene::session_port(evidence)?;
    let setting = "net.ipv4.ip_unprivileged_port_start";
    cfg!(target_os = "linux").then(|| format!("sudo sysctl -w {setting}={port}"))
}

/// The socket of another program that keeps this address from being bound.
fn holder(evidence: &Evidence, local: SocketAddr) -> Result<Option<&SocketRow>, Unseen> {
    let rows = seen(&evidence.local.sockets)?;
    let is_tcp = scene::is_tcp(evidence);
    let mut at = rows.iter().filter(|row| {
        let bound = row.local.ip();
        let overlaps = bound == local.ip() || bound.is_unspecified() || local.ip().is_unspecified();
        row.is_tcp == is_tcp && row.local.port() == local.port() && overlaps && row.inode != 0
    });
    let ours = |row: &SocketRow| row.owner.as_ref().is_some_and(|owner| owner.is_us);
    Ok(at.find(|row| row.is_bound() && !row.is_elsewhere() && !ours(row)))
}

/// The address of the session, unless another program keeps it from being bound.
pub(super) fn free_address(evidence: &Evidence) -> Option<SocketAddr> {
    let local = evidence.question.local()?;
    let address = scene::session_address(evidence)?;
    let taken = holder(evidence, address).ok().flatten();
    let is_free = taken.is_none() && refused_as_privileged(evidence).is_none();
    is_free.then_some(local)
}

/// The command that names the program which has the port of the session, if only root can see it.
pub(super) fn unseen_holder(evidence: &Evidence) -> Option<String> {
    let local = scene::session_address(evidence)?;
    let row = holder(evidence, local).ok()??;
    let is_unseen = row.owner.is_none();
    is_unseen.then(|| commands::port_owner(row.is_tcp, local.port()))
}

/// A closed connection keeps the port of the session.
pub(super) fn time_wait(evidence: &Evidence) -> Answer {
    let (Some(session), Some(local)) = (scene::session(evidence), scene::session_address(evidence))
    else {
        return Ok(Outcome::DoesNotApply);
    };
    if !scene::is_tcp(evidence) {
        return Ok(Outcome::DoesNotApply);
    }
    if session.open {
        return Ok(Outcome::IsNot);
    }
    let was_refused = session
        .failures
        .iter()
        .any(|failure| matches!(failure.cause, Cause::Lingering { .. }));
    let rows = seen(&evidence.local.sockets)?;
    let at = rows
        .iter()
        .filter(|row| row.is_tcp && row.local.port() == local.port());
    let seconds = at.filter_map(|row| row.lingers).max();
    Ok(match seconds.filter(|_| was_refused) {
        Some(seconds) => {
            let mut values = port(evidence, local.port());
            values.push(("seconds", seconds.to_string()));
            shown(vec![clue("doctor.clue.lingering", values)])
        }
        None => Outcome::IsNot,
    })
}

/// Several programs share the port.
pub(super) fn port_shared(evidence: &Evidence) -> Answer {
    let here = scene::target_here(evidence)?;
    let Some(local) = scene::receiver(evidence).or(here) else {
        return Ok(Outcome::DoesNotApply);
    };
    // What is sent to a group reaches all of them.
    if scene::session(evidence).is_some_and(|session| !session.groups.is_empty()) {
        return Ok(Outcome::DoesNotApply);
    }
    let rows = scene::listeners(evidence, local.port())?;
    // Sockets at the same address: at others, the one with the address itself is preferred.
    let mut best: Vec<&SocketRow> = Vec::new();
    for row in &rows {
        let same: Vec<&SocketRow> = rows
            .iter()
            .copied()
            .filter(|other| other.local == row.local && other.interface == row.interface)
            .collect();
        if same.len() > best.len() {
            best = same;
        }
    }
    let owners: BTreeSet<u32> = best
        .iter()
        .filter_map(|row| row.owner.as_ref())
        .map(|owner| owner.pid)
        .collect();
    let hidden = best.iter().filter(|row| row.owner.is_none()).count();
    // Whose sockets are not visible is not the program whose are.
    let count = owners.len() + usize::from(hidden > 0);
    if count < 2 {
        return match hidden {
            0 | 1 => Ok(Outcome::IsNot),
            _ => Err(Unseen::NotPermitted {
                command: commands::port_owner(scene::is_tcp(evidence), local.port()),
            }),
        };
    }
    let is_ours = |row: &&SocketRow| row.owner.as_ref().is_some_and(|owner| owner.is_us);
    let mut values = port(evidence, local.port());
    values.push(("count", count.to_string()));
    let mut clues = vec![clue("doctor.clue.shares", values)];
    clues.extend(best.iter().take(NAMED).map(|row| scene::owner(row)));
    // The processes of a server may share a port on purpose, and receivers of a group have to.
    Ok(match best.iter().any(is_ours) {
        true => shown(clues),
        false => likely(clues),
    })
}

/// The program is in another network namespace.
pub(super) fn other_namespace(evidence: &Evidence) -> Answer {
    let asked = match evidence.question {
        Question::Port { .. } => scene::receiver(evidence),
        Question::Session { .. } | Question::Target { .. } => scene::target_here(evidence)?,
    };
    let Some(local) = asked else {
        return Ok(Outcome::DoesNotApply);
    };
    let is_tcp = scene::is_tcp(evidence);
    let rows = seen(&evidence.local.sockets)?;
    let elsewhere = rows.iter().find(|row| {
        row.is_elsewhere()
            && row.is_tcp == is_tcp
            && row.is_bound()
            && row.local.port() == local.port()
    });
    let is_free = scene::listeners(evidence, local.port())?.is_empty();
    match elsewhere.filter(|_| is_free) {
        Some(row) => {
            let Some(owner) = &row.owner else {
                return Ok(Outcome::IsNot);
            };
            let mut values = port(evidence, local.port());
            values.push(("name", owner.name.clone()));
            values.push(("pid", owner.pid.to_string()));
            values.push(("local", row.local.to_string()));
            Ok(shown(vec![clue("doctor.clue.elsewhere", values)]))
        }
        None => {
            if is_free {
                seen(&evidence.local.namespaces)?;
            }
            Ok(Outcome::IsNot)
        }
    }
}
