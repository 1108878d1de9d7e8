//! Whether somebody listens where messages go.

use super::Target;
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{
    ConnectOutcome, EndOfConnection, Evidence, Owner, Seen, SocketRow, Unseen,
};
use crate::explain::doctor::commands;
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::target_failures::failures;
use crate::traffic::{Cause, Failure, Operation};
use std::net::SocketAddr;

/// ECONNREFUSED of Linux and macOS, and WSAECONNREFUSED.
const REFUSED: [i32; 3] = [111, 61, 10_061];

pub fn nobody(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence) else {
        return Outcome::DoesNotApply;
    };
    if target.is_heard() {
        return Outcome::IsNot;
    }
    if !evidence.peer.is_here {
        return nobody_there(&target);
    }
    match &evidence.local.sockets {
        Seen::Unseen(reason) => Outcome::Unseen(reason.clone()),
        Seen::Known(rows) => {
            // A connection that was accepted before accepts no other.
            let receives =
                |row: &SocketRow| is_at(&target, row) && (row.is_bound() || !target.is_tcp);
            if rows.iter().any(receives) || other_address(evidence).is_some() {
                return Outcome::IsNot;
            }
            let mut clues = vec![no_socket(&target)];
            match other_transport(&target, rows) {
                Some(clue) => clues.push(clue),
                None => clues.extend(evidence.local.others.iter().filter_map(other_clue).take(3)),
            }
            clues.extend(ended_after(&target));
            // Without a refusal, a rule may still hand packets for the port to another machine.
            match is_refused_here(&target) {
                true => Outcome::Is(Certainty::Shown, clues),
                false => Outcome::Is(Certainty::Likely, clues),
            }
        }
    }
}

/// That no socket receives at the target.
fn no_socket(target: &Target<'_>) -> Clue {
    let transport = target.evidence.question.transport();
    let values = [
        ("address", target.to.to_string()),
        ("transport", transport.word().to_ascii_uppercase()),
    ];
    of_listener(target, Clue::new("doctor.peer.no_socket", values))
}

/// A clue about a port where nobody listens. The cure names listen(2), which streams alone have: it
/// needs the value `stream`.
fn of_listener(target: &Target<'_>, mut clue: Clue) -> Clue {
    if target.is_tcp {
        clue.values.push(("stream", "TCP".to_owned()));
    }
    clue
}

/// That a program receives at the target's address by the other transport.
fn other_transport(target: &Target<'_>, rows: &[SocketRow]) -> Option<Clue> {
    let is_it =
        |row: &&SocketRow| row.is_tcp != target.is_tcp && row.is_bound() && target.reaches(row);
    let row = rows.iter().find(is_it)?;
    let transport = if row.is_tcp { "TCP" } else { "UDP" };
    let values = [
        ("address", row.local.to_string()),
        ("transport", transport.to_owned()),
    ];
    Some(Clue::new("doctor.peer.other_transport", values))
}

/// That the program ended an earlier connection right after a message: it may have ended over it.
fn ended_after(target: &Target<'_>) -> Option<Clue> {
    /// Seconds in which a program ends over a message.
    const SOON: f64 = 2.0;
    let end = target.session()?.ends.last()?;
    let by_peer = matches!(end.how, EndOfConnection::Closed | EndOfConnection::Reset);
    let after = end.since_sent.filter(|&after| by_peer && after < SOON)?;
    (canonical(end.peer) == target.to).then(|| {
        let values = [("after", format!("{:.0}", after * 1_000.0))];
        Clue::new("doctor.peer.ended_over_message", values)
    })
}

/// Whether this machine refused a message to the target.
fn is_refused_here(target: &Target<'_>) -> bool {
    let last = failures(target.evidence).next();
    let unreachable = |failure: &Failure| matches!(failure.cause, Cause::PortUnreachable { .. });
    target.evidence.peer.connect == Seen::Known(ConnectOutcome::Refused)
        || last.is_some_and(|failure| is_refused(failure) || unreachable(failure))
}

/// Of another machine, only its refusals are known.
fn nobody_there(target: &Target<'_>) -> Outcome {
    if !target.is_tcp {
        return Outcome::DoesNotApply;
    }
    let address = target.to.to_string();
    let refused = || {
        // A firewall can refuse too.
        let refused = Clue::new("doctor.peer.refused", [("address", address.clone())]);
        let mut clues = vec![of_listener(target, refused)];
        clues.extend(ended_after(target));
        Outcome::Is(Certainty::Likely, clues)
    };
    if target.evidence.peer.connect == Seen::Known(ConnectOutcome::Refused) {
        return refused();
    }
    if failures(target.evidence).next().is_some_and(is_refused) {
        return refused();
    }
    match &target.evidence.peer.connect {
        Seen::Unseen(reason) => Outcome::Unseen(reason.clone()),
        Seen::Known(ConnectOutcome::Connected) => Outcome::IsNot,
        // It was not reached, so that nobody knows who listens.
        Seen::Known(_) => Outcome::DoesNotApply,
    }
}

fn is_refused(failure: &Failure) -> bool {
    let code = match failure.cause {
        Cause::System { code } => Some(code),
        _ => None,
    };
    failure.operation == Operation::Connect && code.is_some_and(|code| REFUSED.contains(&code))
}

pub fn elsewhere(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence) else {
        return Outcome::DoesNotApply;
    };
    if target.is_heard() {
        return Outcome::IsNot;
    }
    if let Some(newer) = newer(&target) {
        let values = [
            ("address", target.to.to_string()),
            ("other", newer.to_string()),
        ];
        let clue = Clue::new("doctor.peer.newer_sender", values);
        return Outcome::Is(Certainty::Likely, vec![clue]);
    }
    if !evidence.peer.is_here {
        // The sockets of another machine are not seen from here.
        return Outcome::DoesNotApply;
    }
    let Seen::Known(rows) = &evidence.local.sockets else {
        return Outcome::DoesNotApply;
    };
    if rows
        .iter()
        .any(|row| is_bound(&target, row) && target.reaches(row))
    {
        return Outcome::IsNot;
    }
    if let Some(row) = at_other_address(&target, rows) {
        return Outcome::Is(Certainty::Shown, vec![bound_clue(row)]);
    }
    if rows.iter().any(|row| is_at(&target, row)) {
        return Outcome::IsNot;
    }
    match near(&target) {
        Some(row) => Outcome::Is(Certainty::Likely, vec![no_socket(&target), bound_clue(row)]),
        None => Outcome::IsNot,
    }
}

/// The address where the program listens that is meant.
pub fn other_address(evidence: &Evidence) -> Option<SocketAddr> {
    let target = Target::of(evidence)?;
    if let Some(newer) = newer(&target) {
        return Some(newer);
    }
    let rows = evidence.local.sockets.known()?;
    if !evidence.peer.is_here || rows.iter().any(|row| target.reaches(row)) {
        return None;
    }
    let found = at_other_address(&target, rows);
    let at_port = rows.iter().any(|row| is_at(&target, row));
    let row = found.or_else(|| near(&target).filter(|_| !at_port))?;
    let ip = match row.local.ip().to_canonical() {
        ip if ip.is_unspecified() => target.to.ip(),
        ip => ip,
    };
    Some(SocketAddr::new(ip, row.local.port()))
}

/// The sender of the newest datagram, where the destination has no program any more.
fn newer(target: &Target<'_>) -> Option<SocketAddr> {
    match failures(target.evidence).next()?.cause {
        Cause::PortUnreachable {
            newer: Some(newer), ..
        } => newer.address(),
        _ => None,
    }
}

/// Whether the socket has the target's port, whatever its address.
fn is_at(target: &Target<'_>, row: &SocketRow) -> bool {
    row.is_tcp == target.is_tcp
        && row.local.port() == target.to.port()
        && (row.is_bound() || row.inode != 0)
}

fn is_bound(target: &Target<'_>, row: &SocketRow) -> bool {
    is_at(target, row) && row.is_bound() && !row.is_elsewhere()
}

/// A socket at the same port of another address of the same IP version.
fn at_other_address<'a>(target: &Target<'_>, rows: &'a [SocketRow]) -> Option<&'a SocketRow> {
    let same_family =
        |row: &SocketRow| row.local.ip().to_canonical().is_ipv4() == target.to.is_ipv4();
    let mut bound = rows.iter().filter(|row| is_bound(target, row));
    bound.find(|row| same_family(row) && !row.local.ip().is_unspecified() && !target.reaches(row))
}

/// A program of this machine that has the port of the target at another address: the one that is
/// meant may be this. `None` if both are of one program.
pub fn twin<'a>(target: &Target<'a>) -> Option<&'a SocketRow> {
    let rows = target.evidence.local.sockets.known();
    let rows = rows.filter(|_| target.evidence.peer.is_here)?;
    let pid = |row: &SocketRow| row.owner.as_ref().map(|owner| owner.pid);
    let is_reached = |row: &&SocketRow| is_bound(target, row) && target.reaches(row);
    let reached = rows.iter().find(is_reached).and_then(pid);
    let is_other = |row: &&SocketRow| {
        let is_meant = is_bound(target, row) && !target.reaches(row);
        is_meant && (pid(row).is_none() || pid(row) != reached)
    };
    rows.iter().find(is_other)
}

/// A program that listens at a port which is easily taken for the target's: the only one.
fn near<'a>(target: &Target<'a>) -> Option<&'a SocketRow> {
    let wanted = target.to.port().to_string();
    let is_like = |row: &&SocketRow| {
        let port = row.local.port().to_string();
        let is_program = row.owner.as_ref().is_some_and(|owner| !owner.is_us);
        let reaches =
            row.local.ip().is_unspecified() || row.local.ip().to_canonical() == target.to.ip();
        let same_family = row.local.ip().to_canonical().is_ipv4() == target.to.is_ipv4();
        is_program
            && reaches
            && (same_family || row.local.is_ipv6())
            && strsim::damerau_levenshtein(&port, &wanted) == 1
    };
    let mut like = target.evidence.local.others.iter().filter(is_like);
    let first = like.next()?;
    let is_only = like.all(|row| row.local.port() == first.local.port());
    is_only.then_some(first)
}

/// The program that is stopped, if every program with the socket is.
pub fn stopped_program(evidence: &Evidence) -> Option<&Owner> {
    let target = Target::of(evidence)?;
    let mut owners = owners(&target)?;
    let first = owners.next()?;
    (first.is_stopped && owners.all(|owner| owner.is_stopped)).then_some(first)
}

/// The visible programs that have the socket which messages reach; `None` where it is elsewhere.
fn owners<'a>(target: &Target<'a>) -> Option<impl Iterator<Item = &'a Owner> + use<'a>> {
    let rows = target.evidence.local.sockets.known();
    let rows = rows.filter(|_| target.evidence.peer.is_here)?;
    let target = *target;
    let reached = rows
        .iter()
        .filter(move |row| is_at(&target, row) && target.reaches(row));
    Some(reached.filter_map(|row| row.owner.as_ref()))
}

pub fn is_stopped(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence) else {
        return Outcome::DoesNotApply;
    };
    if !evidence.peer.is_here {
        return Outcome::Unseen(Unseen::NotHere);
    }
    if let Seen::Unseen(reason) = &evidence.local.sockets {
        return Outcome::Unseen(reason.clone());
    }
    if target.session().is_some() && target.is_heard() && !target.is_unanswered(0.0) {
        return Outcome::IsNot;
    }
    if let Some(owner) = stopped_program(evidence) {
        let values = [
            ("program", owner.name.clone()),
            ("pid", owner.pid.to_string()),
        ];
        let clue = Clue::new("doctor.peer.stopped", values);
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    let rows = evidence
        .local
        .sockets
        .known()
        .map_or(&[][..], Vec::as_slice);
    let is_there = rows
        .iter()
        .any(|row| is_at(&target, row) && target.reaches(row));
    match owners(&target).and_then(|mut owners| owners.next()) {
        Some(_) => Outcome::IsNot,
        None if is_there => Outcome::Unseen(Unseen::NotPermitted {
            command: commands::port_owner(target.is_tcp, target.to.port()),
        }),
        None => Outcome::DoesNotApply,
    }
}

/// A socket, and whose it is.
pub fn bound_clue(row: &SocketRow) -> Clue {
    other_clue(row)
        .unwrap_or_else(|| Clue::new("doctor.peer.bound", [("address", row.local.to_string())]))
}

/// A program and where it listens; `None` if the program is not visible.
fn other_clue(row: &SocketRow) -> Option<Clue> {
    let owner = row.owner.as_ref()?;
    let values = [
        ("program", owner.name.clone()),
        ("pid", owner.pid.to_string()),
        ("address", row.local.to_string()),
    ];
    Some(Clue::new("doctor.peer.bound_by", values))
}
