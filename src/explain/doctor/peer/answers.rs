//! Answers that come from another address, or go to another one.

use super::Target;
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{Evidence, Sample, Seen, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use std::net::SocketAddr;

/// Seconds without an answer after which one is missing.
const PATIENCE: f64 = 1.0;
/// The fewest bytes of a message that show an answer to be its echo.
const ECHO: usize = 4;

pub fn from_elsewhere(evidence: &Evidence) -> Outcome {
    let Some(target) = datagrams_to(evidence) else {
        return Outcome::DoesNotApply;
    };
    match answer_from(&target) {
        Some((sender, certainty)) => {
            let values = [
                ("address", target.to.to_string()),
                ("other", sender.to_string()),
            ];
            Outcome::Is(
                certainty,
                vec![Clue::new("doctor.peer.answered_from", values)],
            )
        }
        None => match (&evidence.firewall.rules, target.session()) {
            // A firewall that lets answers pass drops what another address sends.
            (Seen::Unseen(reason), Some(session)) if session.received.messages == 0 => {
                Outcome::Unseen(reason.clone())
            }
            _ => Outcome::IsNot,
        },
    }
}

/// The address that answers in place of the one that was sent to.
pub fn other_sender(evidence: &Evidence) -> Option<SocketAddr> {
    answer_from(&datagrams_to(evidence)?).map(|(sender, _)| sender)
}

/// A target of datagrams to which this session has sent some.
fn datagrams_to(evidence: &Evidence) -> Option<Target<'_>> {
    let target = Target::of(evidence)?;
    let has_sent = !target.is_tcp && !target.sent().is_empty();
    has_sent.then_some(target)
}

fn answer_from(target: &Target<'_>) -> Option<(SocketAddr, Certainty)> {
    let session = target.session()?;
    let all = session.newest_received.iter();
    let others = || all.clone().filter(|came| canonical(came.peer) != target.to);
    if !target.received().is_empty() || session.senders.contains(&target.to) {
        return None;
    }
    let is_echo = |came: &&Sample| {
        let bytes = |sent: &&Sample| sent.bytes.len() >= ECHO && contains(&came.bytes, &sent.bytes);
        target.sent().iter().any(bytes)
    };
    if let Some(echo) = others().rev().find(is_echo) {
        return Some((canonical(echo.peer), Certainty::Shown));
    }
    // Another port of the same machine, with nobody else speaking.
    let newest = canonical(others().next_back()?.peer);
    let is_alone = others().all(|came| canonical(came.peer) == newest);
    let is_same = newest.ip() == target.to.ip();
    (is_alone && is_same).then_some((newest, Certainty::Likely))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

pub fn to_old_port(evidence: &Evidence) -> Outcome {
    let Some(target) = datagrams_to(evidence) else {
        return Outcome::DoesNotApply;
    };
    let Some(local) = target.local() else {
        return Outcome::DoesNotApply;
    };
    if !target.is_unanswered(PATIENCE) || !target.received().is_empty() {
        return Outcome::IsNot;
    }
    // A socket that is connected to another port of ours receives nothing from this one (udp(7)).
    if let Some(other) = connected_to(&target, local) {
        return Outcome::Is(Certainty::Shown, vec![port_clue(local, other)]);
    }
    let session = target.session();
    let earlier = session.map_or(&[][..], |known| known.earlier.as_slice());
    let is_its = |known: &SocketAddr| canonical(*known) == target.to;
    let Some(old) = earlier
        .iter()
        .rev()
        .find(|old| is_its(&old.peer) && old.local.port() != local.port())
    else {
        return Outcome::IsNot;
    };
    let Seen::Known(recent) = &evidence.local.recent else {
        return Outcome::Unseen(capture_of(old.local));
    };
    let stray = recent.grown(match local.is_ipv4() {
        true => "Udp.NoPorts",
        false => "Udp6NoPorts",
    });
    let mut clues = vec![port_clue(local, old.local)];
    if stray > 0 {
        clues.push(Clue::new(
            "doctor.peer.no_ports",
            [("count", stray.to_string())],
        ));
    } else if !evidence.peer.is_here {
        // Another machine may be off, or have lost the message, just as well.
        return Outcome::Unseen(capture_of(old.local));
    }
    Outcome::Is(Certainty::Likely, clues)
}

/// The command that shows answers to a port of before.
fn capture_of(old: SocketAddr) -> Unseen {
    let command = format!("sudo tcpdump -n -i any udp dst port {}", old.port());
    Unseen::OtherProgram { command }
}

/// Our address to which the target's only socket, on this machine, is connected instead.
fn connected_to(target: &Target<'_>, local: SocketAddr) -> Option<SocketAddr> {
    let rows = target.evidence.local.sockets.known();
    let rows = rows.filter(|_| target.evidence.peer.is_here)?;
    let mut its = rows
        .iter()
        .filter(|row| !row.is_tcp && target.reaches(row))
        .map(|row| row.remote);
    let first = its.next()??;
    let is_only = its.all(|remote| remote == Some(first));
    (is_only && first.port() != local.port()).then_some(first)
}

fn port_clue(local: SocketAddr, old: SocketAddr) -> Clue {
    let values = [
        ("port", local.port().to_string()),
        ("old", old.port().to_string()),
    ];
    Clue::new("doctor.peer.old_port", values)
}
