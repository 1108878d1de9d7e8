//! Whether the far end reads, and whether it reads all.

use super::Target;
use super::target::{ESTABLISHED, program};
use crate::engine::evidence::{Evidence, SAMPLES, Sample, Seen, SocketRow, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};

/// Seconds after which bytes that nobody read are not merely on their way.
const PATIENCE: f64 = 1.0;
/// The fewest bytes of an echo that count as one.
const ECHO: usize = 4;

pub fn does_not_read(evidence: &Evidence) -> Outcome {
    let Some((target, session)) = Target::of(evidence).and_then(|t| Some((t, t.session()?))) else {
        return Outcome::DoesNotApply;
    };
    if session.sent.messages == 0 {
        return Outcome::DoesNotApply;
    }
    // The last bytes that the kernel took went a while ago.
    if session.since_sent.is_none_or(|since| since < PATIENCE) {
        return Outcome::IsNot;
    }
    let progress = target.connection().and_then(|known| known.progress);
    if target.is_tcp && progress.is_some_and(|bytes| bytes > 0) {
        return Outcome::Unseen(Unseen::ReadsSlowly);
    }
    if let Some(clue) = unread_here(&target) {
        return Outcome::Is(Certainty::Shown, vec![clue]);
    }
    if !target.is_tcp {
        return match evidence.peer.is_here {
            true => Outcome::IsNot,
            // Datagrams are not acknowledged.
            false => Outcome::Unseen(Unseen::NotHere),
        };
    }
    if !target.is_connected() {
        return Outcome::DoesNotApply;
    }
    if let Seen::Unseen(reason) = &evidence.peer.connections {
        return Outcome::Unseen(reason.clone());
    }
    let Some(connection) = target.connection() else {
        return Outcome::IsNot;
    };
    let waits = connection.unacknowledged() == Some(0) && connection.queued > 0;
    let full = connection
        .window
        .filter(|room| *room < connection.mss.into());
    // A kernel that does not tell the window tells the probes of a closed one.
    let is_probed = connection.window.is_none() && connection.probes > 0 && connection.queued > 0;
    if !(waits && full.is_some() || is_probed) {
        // The system acknowledges what the program of another machine does not read.
        let is_silent = !evidence.peer.is_here && target.is_unanswered(PATIENCE);
        return match (is_silent, target.has_all()) {
            (true, true) => {
                Outcome::Unseen(
                    other_client(&target).unwrap_or_else(|| Unseen::Acknowledged {
                        peer: target.to.to_string(),
                    }),
                )
            }
            (true, false) => Outcome::Unseen(Unseen::NotHere),
            (false, _) => Outcome::IsNot,
        };
    }
    let waiting = ("waiting", (connection.queued + session.unsent).to_string());
    match full {
        Some(room) => {
            let values = [("bytes", room.to_string()), waiting];
            let clue = Clue::new("doctor.peer.window", values);
            // Without a second look, it may read slowly.
            let certainty = match connection.progress {
                Some(_) => Certainty::Shown,
                None => Certainty::Likely,
            };
            Outcome::Is(certainty, vec![clue])
        }
        None => {
            let values = [("count", connection.probes.to_string()), waiting];
            let clue = Clue::new("doctor.peer.window_probes", values);
            Outcome::Is(Certainty::Likely, vec![clue])
        }
    }
}

/// That another program of this machine has a connection with the peer as well, while the peer has
/// said nothing in ours.
fn other_client(target: &Target<'_>) -> Option<Unseen> {
    let other = target.other_client();
    let other = other.filter(|_| target.received().is_empty())?;
    Some(Unseen::OtherClient {
        peer: target.to.to_string(),
        program: other.owner.as_ref().map(program),
    })
}

/// What the socket of a peer on this machine has not read of this session.
fn unread_here(target: &Target<'_>) -> Option<Clue> {
    if !target.evidence.peer.is_here {
        return None;
    }
    let rows = target.evidence.local.sockets.known()?;
    let local = target.local().map(|local| local.port());
    let is_its = |row: &&SocketRow| {
        let connected = row.remote.map(|remote| remote.port()) == local;
        row.is_tcp == target.is_tcp
            && target.reaches(row)
            && match target.is_tcp {
                true => connected && local.is_some() && row.state == ESTABLISHED,
                false => row.is_bound() || connected,
            }
    };
    let address = || ("address", target.to.to_string());
    let mut its = rows.iter().filter(is_its);
    its.find_map(|row| match (row.unread, row.inode) {
        // Nobody has the connection yet: accept was not called.
        (_, 0) if row.is_tcp => Some(Clue::new("doctor.peer.not_accepted", [address()])),
        (0, _) => None,
        // The number of UDP is memory, not bytes of messages.
        (_, _) if !row.is_tcp => Some(Clue::new("doctor.peer.unread_udp", [address()])),
        (unread, _) => {
            let values = [address(), ("bytes", unread.to_string())];
            Some(Clue::new("doctor.peer.unread", values))
        }
    })
}

pub fn reads_too_little(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let (sent, received) = (target.sent(), target.received());
    if received.is_empty() {
        return Outcome::DoesNotApply;
    }
    let cuts: Vec<Cut> = match target.is_tcp {
        false => received
            .iter()
            .filter_map(|answer| cut_of(&sent, answer))
            .collect(),
        true => cut_stream(&target, &sent, &received).into_iter().collect(),
    };
    let Some(cut) = cuts.last() else {
        return Outcome::IsNot;
    };
    let same = cuts.iter().all(|other| other.kept == cut.kept);
    let repeated = cuts.iter().any(|other| other.head != cut.head);
    if !same || !(repeated || cut.is_inside_word) {
        // The peer may answer with a part on purpose, or not.
        return Outcome::DoesNotApply;
    }
    let values = [
        ("kept", cut.kept.to_string()),
        ("length", cut.of.to_string()),
        ("lost", (cut.of - cut.kept).to_string()),
    ];
    Outcome::Is(
        Certainty::Likely,
        vec![Clue::new("doctor.peer.cut", values)],
    )
}

/// An echo of the first bytes of a message.
struct Cut {
    kept: u64,
    of: u64,
    /// The first bytes of the message.
    head: Vec<u8>,
    /// Whether it ends between two letters or digits, where no program cuts on purpose.
    is_inside_word: bool,
}

/// The message of which this is a cut echo, perhaps with text before it. `None` if it is the echo
/// of a whole one.
fn cut_of(sent: &[&Sample], answer: &Sample) -> Option<Cut> {
    let is_whole =
        |sent: &&Sample| answer.length >= sent.length && answer.bytes.ends_with(&sent.bytes);
    if sent.iter().any(is_whole) {
        return None;
    }
    sent.iter().rev().find_map(|sent| {
        let kept = kept_of(&sent.bytes, answer)?;
        (kept < sent.length).then(|| Cut::new(&sent.bytes, kept, sent.length))
    })
}

/// The number of first bytes of a message with which an answer ends.
fn kept_of(sent: &[u8], answer: &Sample) -> Option<u64> {
    if answer.length > answer.bytes.len() as u64 {
        // Of a long one only the first bytes are known.
        return (answer.bytes == sent).then_some(answer.length);
    }
    let longest = answer.bytes.len().min(sent.len());
    let kept = (ECHO..=longest).rev().find(|kept| {
        let begin = answer.bytes.len() - kept;
        answer.bytes.get(begin..) == sent.get(..*kept)
    });
    kept.map(|kept| kept as u64)
}

impl Cut {
    fn new(sent: &[u8], kept: u64, of: u64) -> Self {
        let at = usize::try_from(kept).unwrap_or(usize::MAX);
        Self {
            kept,
            of,
            head: sent.get(..at).unwrap_or(sent).to_vec(),
            is_inside_word: is_inside_word(sent, at),
        }
    }
}

/// The echo on a stream: all that came is the beginning of all that went.
fn cut_stream(target: &Target<'_>, sent: &[&Sample], received: &[&Sample]) -> Option<Cut> {
    let session = target.session()?;
    let is_old = |since: Option<f64>| since.is_some_and(|since| since >= PATIENCE);
    if !is_old(session.since_sent) || !is_old(session.since_received) {
        return None;
    }
    let open = session.connections.iter();
    let open = open.rev().find(|open| open.peer == target.to);
    let end = session.ends.iter().rev().find(|end| end.peer == target.to);
    // With fewer messages than are kept, all of the connection are.
    let (went, came) = match (open, end) {
        (Some(open), _) => (Some(open.sent), open.received),
        (None, Some(end)) => ((sent.len() < SAMPLES).then(|| length(sent)), end.received),
        (None, None) => return None,
    };
    if went != Some(length(sent)) || came != length(received) {
        return None;
    }
    let (went, came) = (joined(sent), joined(received));
    let is_cut = came.len() >= ECHO && came.len() < went.len() && went.starts_with(&came);
    is_cut.then(|| Cut::new(&went, came.len() as u64, went.len() as u64))
}

/// The number of bytes of these messages that are known.
fn length(all: &[&Sample]) -> u64 {
    all.iter().map(|sample| sample.bytes.len() as u64).sum()
}

fn joined(all: &[&Sample]) -> Vec<u8> {
    let bytes = all.iter().flat_map(|sample| &sample.bytes);
    bytes.copied().collect()
}

fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let is_letter = |at: usize| {
        let byte = bytes.get(at);
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    at.checked_sub(1).is_some_and(is_letter) && is_letter(at)
}
