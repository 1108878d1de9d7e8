//! Connections that the far end ends.

use crate::engine::evidence::{ConnectionEnd, EndOfConnection, Evidence, Transport};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};

/// A connection that lasted for fewer whole seconds was closed at once.
const AT_ONCE: u64 = 2;
/// CLOSE_WAIT: the peer has ended its direction (net/tcp_states.h).
const CLOSE_WAIT: u8 = 0x08;

pub fn resets(evidence: &Evidence) -> Outcome {
    match last_end(evidence) {
        None => Outcome::DoesNotApply,
        Some(end) if end.how == EndOfConnection::Reset => {
            Outcome::Is(Certainty::Shown, vec![clue("doctor.peer.reset", end)])
        }
        Some(_) => Outcome::IsNot,
    }
}

pub fn closes_at_once(evidence: &Evidence) -> Outcome {
    match last_end(evidence) {
        None => Outcome::DoesNotApply,
        Some(end)
            if end.how == EndOfConnection::Closed && end.received == 0 && end.seconds < AT_ONCE =>
        {
            Outcome::Is(Certainty::Shown, vec![clue("doctor.peer.closed", end)])
        }
        Some(_) => Outcome::IsNot,
    }
}

pub fn half_closes(evidence: &Evidence) -> Outcome {
    if evidence.question.transport() != Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    let Some(session) = &evidence.session else {
        return Outcome::DoesNotApply;
    };
    let half: Vec<&ConnectionEnd> = session
        .ends
        .iter()
        .filter(|end| end.how == EndOfConnection::HalfClosed)
        .collect();
    let kernel = evidence.peer.connections.known();
    let waits = kernel.and_then(|all| all.iter().find(|known| known.state == CLOSE_WAIT));
    // Another connection can still receive.
    let others = session.connections.len() > half.len().max(usize::from(waits.is_some()));
    match (half.last(), waits) {
        _ if others => Outcome::IsNot,
        (Some(end), _) => Outcome::Is(Certainty::Shown, vec![clue("doctor.peer.half_closed", end)]),
        (None, Some(known)) => {
            let values = [("address", known.peer.to_string())];
            Outcome::Is(
                Certainty::Shown,
                vec![Clue::new("doctor.peer.close_wait", values)],
            )
        }
        (None, None) if session.is_connected => Outcome::IsNot,
        (None, None) => Outcome::DoesNotApply,
    }
}

/// How the last connection ended; `None` if there was none, or another one is open.
fn last_end(evidence: &Evidence) -> Option<&ConnectionEnd> {
    let session = evidence.session.as_ref()?;
    let is_over = evidence.question.transport() == Transport::Tcp && !session.is_connected;
    session.ends.last().filter(|_| is_over)
}

fn clue(key: &'static str, end: &ConnectionEnd) -> Clue {
    let values = [
        ("address", end.peer.to_string()),
        ("seconds", end.seconds.to_string()),
        ("received", end.received.to_string()),
    ];
    Clue::new(key, values)
}
