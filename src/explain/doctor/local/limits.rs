//! Limits that are reached.

use super::Answer;
use super::scene::{self, clue, likely, seen, shown};
use crate::engine::evidence::{Evidence, Question, Unseen};
use crate::explain::doctor::diagnosis::Outcome;
use crate::traffic::Cause;

/// This process has no descriptor left.
pub(super) fn descriptors(evidence: &Evidence) -> Answer {
    /// With fewer free ones, the next open or accept fails.
    const FEW: u64 = 2;
    let Some(session) = scene::session(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    // A socket of datagrams, and a connection that is established, need no further one.
    let is_complete = session.open
        && match scene::is_tcp(evidence) {
            true => !session.is_server && session.is_connected,
            false => true,
        };
    if is_complete {
        return Ok(Outcome::IsNot);
    }
    let limits = seen(&evidence.local.limits)?;
    let (Some(open), Some(most)) = (limits.open_files, limits.most_open_files) else {
        return Err(Unseen::NotHere);
    };
    let is_cause = |cause: &Cause| matches!(cause, Cause::OutOfDescriptors { .. });
    let has_failed = session
        .failures
        .iter()
        .any(|failure| is_cause(&failure.cause));
    let clues = || {
        let values = vec![("open", open.to_string()), ("limit", most.to_string())];
        vec![clue("doctor.clue.descriptors", values)]
    };
    Ok(match (open.saturating_add(FEW) > most, has_failed) {
        (true, _) => shown(clues()),
        (false, true) => likely(clues()),
        (false, false) => Outcome::IsNot,
    })
}

/// All ports for outgoing connections to the target are taken.
pub(super) fn ephemeral(evidence: &Evidence) -> Answer {
    let Some(to) = scene::to(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let has_port = scene::session(evidence).is_some_and(|session| {
        session.is_connected || session.open && (session.is_server || !scene::is_tcp(evidence))
    });
    if has_port {
        return Ok(Outcome::IsNot);
    }
    let limits = seen(&evidence.local.limits)?;
    let Some((first, last)) = limits.ephemeral else {
        return Err(Unseen::NotHere);
    };
    let Some(taken) = limits.ephemeral_taken else {
        return Err(Unseen::TooSlow);
    };
    let all = u64::from(last.saturating_sub(first)) + 1;
    if taken < all {
        return Ok(Outcome::IsNot);
    }
    let values = vec![
        ("count", all.to_string()),
        ("to", to.to_string()),
        ("first", first.to_string()),
        ("last", last.to_string()),
        scene::transport(evidence),
    ];
    // A port of TCP serves many targets, and one of UDP has one socket.
    let key = match scene::is_tcp(evidence) {
        true => "doctor.clue.outgoing_ports",
        false => "doctor.clue.outgoing_sockets",
    };
    Ok(shown(vec![clue(key, values)]))
}

/// More connections wait than the queue of the listening socket holds.
pub(super) fn backlog(evidence: &Evidence) -> Answer {
    let here = scene::target_here(evidence)?;
    let Some(local) = scene::receiver(evidence)
        .or(here)
        .filter(|_| scene::is_tcp(evidence))
    else {
        return Ok(Outcome::DoesNotApply);
    };
    let rows = scene::serving(evidence, local)?;
    let mut unknown = false;
    for row in rows {
        let is_stopped = row.owner.as_ref().is_some_and(|owner| owner.is_stopped);
        let Some(limit) = row.backlog else {
            unknown |= row.unread > 0;
            continue;
        };
        // The queue holds one more than its length (sk_acceptq_is_full).
        if row.unread <= limit {
            continue;
        }
        // Of a peer, that is the cause, and this follows from it.
        if is_stopped && !matches!(evidence.question, Question::Port { .. }) {
            return Ok(Outcome::DoesNotApply);
        }
        let values = vec![
            ("port", local.port().to_string()),
            ("count", row.unread.to_string()),
            ("limit", limit.to_string()),
        ];
        let mut clues = vec![clue("doctor.clue.backlog", values), scene::owner(row)];
        if is_stopped {
            clues.push(clue("doctor.clue.stopped", Vec::new()));
        }
        return Ok(shown(clues));
    }
    match unknown {
        true => Err(Unseen::OtherProgram {
            command: "ss -ltn".to_owned(),
        }),
        false => Ok(Outcome::IsNot),
    }
}

/// The sockets of a transport have all the memory that the system gives them.
pub(super) fn memory(evidence: &Evidence) -> Answer {
    let limits = seen(&evidence.local.limits)?;
    let is_tcp = scene::is_tcp(evidence);
    let pages = match is_tcp {
        true => limits.tcp_pages,
        false => limits.udp_pages,
    };
    let recent = evidence.local.recent.known();
    let refused = recent.map_or(0, |recent| {
        recent.grown("Udp.MemErrors") + recent.grown("Udp6MemErrors")
    });
    let mut clues = Vec::new();
    if let Some((used, most)) = pages.filter(|(used, most)| used >= most) {
        let values = vec![("used", used.to_string()), ("limit", most.to_string())];
        clues.push(clue(
            "doctor.clue.pages",
            [values, vec![scene::transport(evidence)]].concat(),
        ));
    }
    if refused > 0 && !is_tcp {
        let values = vec![("count", refused.to_string()), scene::transport(evidence)];
        clues.push(clue("doctor.clue.memory_errors", values));
    }
    match (clues.is_empty(), pages) {
        (false, _) => Ok(shown(clues)),
        (true, Some(_)) => Ok(Outcome::IsNot),
        // Network namespaces do not show the limit, and count what was dropped because of it.
        (true, None) if !is_tcp && never_refused(evidence) => Ok(Outcome::IsNot),
        (true, None) => Err(Unseen::NotHere),
    }
}

/// Whether no datagram was ever dropped for want of memory, as the kernel counts.
fn never_refused(evidence: &Evidence) -> bool {
    let counters = evidence.local.counters.known();
    counters.is_some_and(|counters| {
        let of = |name| counters.of(name);
        of("Udp.MemErrors") == Some(0) && of("Udp6MemErrors").is_none_or(|count| count == 0)
    })
}

/// Datagrams were dropped because the receive buffer was full.
pub(super) fn receive_overflow(evidence: &Evidence) -> Answer {
    let here = scene::target_here(evidence)?;
    let local = scene::receiver(evidence).or(here);
    let Some(local) = local.filter(|_| !scene::is_tcp(evidence)) else {
        return Ok(Outcome::DoesNotApply);
    };
    let rows = scene::serving(evidence, local)?;
    let of_session = scene::session(evidence).and_then(|session| session.dropped);
    let of_rows = rows.iter().filter_map(|row| row.dropped).max();
    let Some(count) = of_session.max(of_rows) else {
        return Err(Unseen::NotHere);
    };
    if count == 0 {
        return Ok(Outcome::IsNot);
    }
    let waiting = rows.iter().map(|row| row.unread).max().unwrap_or(0);
    let values = vec![
        ("port", local.port().to_string()),
        ("count", count.to_string()),
    ];
    let mut clues = vec![clue("doctor.clue.dropped", values)];
    clues.extend(rows.first().map(|row| scene::owner(row)));
    if waiting > 0 {
        let values = vec![("bytes", waiting.to_string())];
        clues.push(clue("doctor.clue.unread", values));
    }
    Ok(match waiting > 0 {
        true => shown(clues),
        // Perhaps some time ago: it may not be what is asked about. The counters of the machine do
        // not tell, since they are those of all sockets.
        false => likely(clues),
    })
}
