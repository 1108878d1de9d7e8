//! Connections that the far end ends.

use super::target::program;
use super::{Target, protocol};
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{
    AfterFin, ConnectionEnd, EndOfConnection, Evidence, SessionFacts, Transport,
};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};

/// A connection that lasted for fewer whole seconds was closed at once.
const AT_ONCE: u64 = 2;
/// States of connections (net/tcp_states.h): our FIN is acknowledged or not yet, and the other end
/// sent none; the peer has ended its direction.
const FIN_WAIT1: u8 = 0x04;
const FIN_WAIT2: u8 = 0x05;
const CLOSE_WAIT: u8 = 0x08;

pub fn resets(evidence: &Evidence) -> Outcome {
    match last_end(evidence) {
        None => Outcome::DoesNotApply,
        // Some programs end with RST what is over.
        Some(end) if end.how == EndOfConnection::Reset && is_over(evidence, end) => Outcome::IsNot,
        Some(end) if end.how == EndOfConnection::Reset => {
            match protocol::is_plain_to_tls(evidence) {
                // That is why.
                true => Outcome::DoesNotApply,
                false => {
                    let mut clues = vec![clue("doctor.peer.reset", end)];
                    clues.extend(message_clue(end));
                    clues.extend(other_client_clue(evidence));
                    clues.extend(protocol::tls_clue(evidence, end));
                    Outcome::Is(Certainty::Shown, clues)
                }
            }
        }
        Some(_) => Outcome::IsNot,
    }
}

pub fn closes_at_once(evidence: &Evidence) -> Outcome {
    let over = last_end(evidence).filter(|end| end.how == EndOfConnection::Closed);
    let Some(end) = over.or_else(|| abandoned(evidence)) else {
        return match last_end(evidence) {
            None => Outcome::DoesNotApply,
            Some(_) => Outcome::IsNot,
        };
    };
    let is_at_once = end.received == 0 && end.seconds < AT_ONCE;
    if !is_at_once || end.after_fin == AfterFin::Taken {
        return Outcome::IsNot;
    }
    if protocol::is_plain_to_tls(evidence) {
        // That is why.
        return Outcome::DoesNotApply;
    }
    let mut clues = vec![clue("doctor.peer.closed", end)];
    clues.extend(message_clue(end));
    clues.extend(other_client_clue(evidence));
    clues.extend(protocol::tls_clue(evidence, end));
    let is_shown = end.after_fin == AfterFin::Refused || over.is_none();
    if !is_shown {
        // A FIN follows from close and from shutdown alike.
        clues.push(Clue::new("doctor.peer.fin_only", []));
        return Outcome::Is(Certainty::Likely, clues);
    }
    Outcome::Is(Certainty::Shown, clues)
}

pub fn half_closes(evidence: &Evidence) -> Outcome {
    if evidence.question.transport() != Transport::Tcp {
        return Outcome::DoesNotApply;
    }
    let Some(session) = &evidence.session else {
        return Outcome::DoesNotApply;
    };
    let half = half_closed(session);
    let kernel = evidence.peer.connections.known();
    let waits = kernel.and_then(|all| all.iter().find(|known| known.state == CLOSE_WAIT));
    // Another connection can still receive.
    let others = session.connections.len() > half.len().max(usize::from(waits.is_some()));
    match (half.last(), waits) {
        _ if others => Outcome::IsNot,
        (Some(end), _) if holds_socket(evidence, end) == Some(false) => Outcome::IsNot,
        (Some(end), _) => {
            let mut clues = vec![clue("doctor.peer.half_closed", end)];
            clues.extend(message_clue(end));
            let is_alive =
                end.after_fin == AfterFin::Taken || holds_socket(evidence, end) == Some(true);
            clues.push(match is_alive {
                true => Clue::new("doctor.peer.still_there", []),
                false => Clue::new("doctor.peer.maybe_closed", []),
            });
            Outcome::Is(Certainty::Shown, clues)
        }
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

/// The open connections whose peer has ended its direction.
fn half_closed(session: &SessionFacts) -> Vec<&ConnectionEnd> {
    let is_half = |end: &&ConnectionEnd| end.how == EndOfConnection::HalfClosed;
    session.ends.iter().filter(is_half).collect()
}

/// The end of the only connection, which is still open on this side and closed by a peer of this
/// machine.
fn abandoned(evidence: &Evidence) -> Option<&ConnectionEnd> {
    let session = evidence.session.as_ref()?;
    let half = half_closed(session);
    let end = half.last().filter(|_| session.connections.len() == 1)?;
    (holds_socket(evidence, end) == Some(false)).then_some(*end)
}

/// Whether a program still has the other end of a connection that its peer on this machine ended;
/// `None` if that cannot be seen.
fn holds_socket(evidence: &Evidence, end: &ConnectionEnd) -> Option<bool> {
    let session = evidence.session.as_ref()?;
    let mut open = session.connections.iter();
    let local = open.find(|open| open.peer == end.peer)?.local?;
    let rows = evidence.local.sockets.known()?;
    let row = rows.iter().find(|row| {
        row.is_tcp
            && canonical(row.local) == canonical(end.peer)
            && row.remote.map(canonical) == Some(canonical(local))
    })?;
    // The kernel keeps the socket of a program that closed it, without an inode.
    matches!(row.state, FIN_WAIT1 | FIN_WAIT2).then_some(row.inode != 0)
}

/// Whether everything was answered, and the connection quiet for a while, before it ended.
fn is_over(evidence: &Evidence, end: &ConnectionEnd) -> bool {
    /// Seconds without a message, of who answers and of who sends on its own.
    const QUIET: [f64; 2] = [0.5, 2.0];
    let Some(session) = &evidence.session else {
        return false;
    };
    let [answers, sends] = QUIET;
    let quiet = match session.received.messages > session.sent.messages {
        true => sends,
        false => answers,
    };
    session.unanswered == 0 && end.since_received.is_some_and(|since| since >= quiet)
}

/// How the last connection ended; `None` if there was none, or another one is open.
fn last_end(evidence: &Evidence) -> Option<&ConnectionEnd> {
    let session = evidence.session.as_ref()?;
    let is_over = evidence.question.transport() == Transport::Tcp && !session.is_connected;
    let ends = session.ends.iter().filter(|_| is_over);
    ends.rev().find(|end| is_waited_for(evidence, session, end))
}

/// Whether a connection that ended may be one that messages are waited for from: a server also has
/// clients that only look whether its port is open.
fn is_waited_for(evidence: &Evidence, session: &SessionFacts, end: &ConnectionEnd) -> bool {
    let peer = canonical(end.peer).ip();
    match evidence.question.sender() {
        Some(from) => canonical(from).ip() == peer,
        // One that has said what it had to say, and waits for nothing, is over, however it ends.
        None => {
            let hears = session.received.messages > 0;
            !session.is_server || !hears || end.received > 0 && session.unanswered > 0
        }
    }
}

fn clue(key: &'static str, end: &ConnectionEnd) -> Clue {
    let values = [
        ("address", end.peer.to_string()),
        ("seconds", lasted(end)),
        ("received", end.received.to_string()),
    ];
    Clue::new(key, values)
}

/// The whole seconds for which a connection lasted.
fn lasted(end: &ConnectionEnd) -> String {
    match end.seconds {
        0 => "< 1".to_owned(),
        seconds => seconds.to_string(),
    }
}

/// When the end came, counted from our last message.
fn message_clue(end: &ConnectionEnd) -> Option<Clue> {
    let values = [("after", format!("{:.1}", end.since_sent?))];
    Some(Clue::new("doctor.peer.after_message", values))
}

/// The program of this machine that has a connection with the same peer.
fn other_client_clue(evidence: &Evidence) -> Option<Clue> {
    let other = Target::of(evidence)?.other_client()?;
    let values = [("program", program(other.owner.as_ref()?))];
    Some(Clue::new("doctor.peer.other_client", values))
}
