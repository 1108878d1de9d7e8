//! Packets that are too large for the way.

use super::scene::{
    Answer, away, is_heard, is_silent, likely, other_side, outcome, seen, session, target_away, to,
    value,
};
use crate::engine::evidence::{Evidence, Seen, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use std::net::SocketAddr;

/// The largest packet of Ethernet in bytes.
const ETHERNET: u32 = 1500;

/// Seconds without an answer after which one is missing.
const PATIENCE: f64 = 2.0;

/// The headers of IP and UDP, or ICMP.
fn headers(evidence: &Evidence) -> u32 {
    match to(evidence).is_some_and(|to| to.is_ipv6()) {
        true => 48,
        false => 28,
    }
}

/// Whether a message of this length makes a packet longer than this.
fn is_longer(evidence: &Evidence, length: u64, bytes: u32) -> bool {
    length.saturating_add(headers(evidence).into()) > u64::from(bytes)
}

/// Whether the session sent packets longer than this; true if no session asks.
fn sends_more(evidence: &Evidence, bytes: u32) -> bool {
    let Some(session) = session(evidence) else {
        return true;
    };
    let mut lengths = session.newest_sent.iter().map(|sample| sample.length);
    lengths.any(|length| is_longer(evidence, length, bytes))
}

/// The length of the longest message that came, if messages were answered before and the newest is
/// not, and none made a packet longer than this.
fn awaits_more(evidence: &Evidence, bytes: u32) -> Option<u64> {
    let session = session(evidence)?;
    let lengths = session.newest_received.iter().map(|sample| sample.length);
    let longest = lengths.max()?;
    let is_late = session
        .since_sent
        .is_some_and(|since| since >= session.late_after(PATIENCE));
    let is_waiting = is_heard(evidence) && session.unanswered > 0 && is_late;
    (is_waiting && !is_longer(evidence, longest, bytes)).then_some(longest)
}

/// The largest packet that the way should take, as far as this machine knows.
fn mtu(evidence: &Evidence) -> u32 {
    let learned = evidence.path.path_mtu.known().copied().flatten();
    let of_route = || evidence.path.route.known()?.as_ref().ok()?.mtu;
    let known = learned.or_else(of_route);
    known.filter(|&mtu| mtu > 576).unwrap_or(ETHERNET)
}

/// The command that asks for an answer of this length in one piece, or in fragments.
fn ping(evidence: &Evidence, to: SocketAddr, is_whole: bool) -> String {
    let scope = match evidence.question.to() {
        Some(SocketAddr::V6(v6)) if v6.scope_id() != 0 => format!("%{}", v6.scope_id()),
        _ => String::new(),
    };
    let address = format!("{}{scope}", to.ip());
    let most = mtu(evidence);
    let size = match is_whole {
        true => most,
        false => most.saturating_mul(2),
    };
    let size = size.saturating_sub(headers(evidence));
    match (is_whole, cfg!(windows), cfg!(target_os = "linux")) {
        (true, true, _) => format!("ping -f -l {size} {address}"),
        (false, true, _) => format!("ping -l {size} {address}"),
        (true, _, true) => format!("ping -M do -s {size} {address}"),
        (true, ..) => format!("ping -D -s {size} {address}"),
        (false, ..) => format!("ping -s {size} {address}"),
    }
}

pub(super) fn mtu_hole(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(to) = target_away(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        let otherwise = |reason: Unseen| match awaits_more(evidence, mtu(evidence)) {
            Some(longest) => Unseen::LargerUnanswered {
                longest,
                command: ping(evidence, to, true),
            },
            None => by_hand(reason, || ping(evidence, to, true)),
        };
        let echo = seen(&evidence.path.echo).map_err(otherwise)?;
        let (Some(tried), Some(largest)) = (echo.tried, echo.largest) else {
            // Without answers to small ones, nothing can be compared.
            return Err(otherwise(Unseen::NoAnswer));
        };
        let is_too_big = super::icmp::reported(evidence, &[(3, 4)], &[(2, 0)]).is_some();
        if largest >= tried || is_too_big {
            return Ok(Outcome::IsNot);
        }
        let sizes = Clue::new(
            "doctor.clue.sizes",
            [value("most", largest), value("mtu", tried)],
        );
        if let Some(longest) = awaits_more(evidence, largest) {
            let longest = value("longest", longest);
            let clues = vec![sizes, Clue::new("doctor.clue.answered_before", [longest])];
            return Ok(Outcome::Is(Certainty::Likely, clues));
        }
        if sends_more(evidence, largest) {
            return Ok(likely(sizes));
        }
        // Short messages may ask for long answers.
        Ok(match is_heard(evidence) {
            true => Outcome::IsNot,
            false => Outcome::Unseen(Unseen::NoAnswer),
        })
    };
    outcome(answer())
}

/// The reason why echo requests tell nothing; with a command for what only root may try here.
fn by_hand(reason: Unseen, command: impl FnOnce() -> String) -> Unseen {
    match reason {
        Unseen::NotPermitted { .. } | Unseen::OtherProgram { .. } => {
            Unseen::OtherProgram { command: command() }
        }
        other => other,
    }
}

pub(super) fn fragment_lost(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let stays_here = other_side(evidence).is_some() && away(evidence).is_none();
        if evidence.question.transport() == Transport::Tcp || stays_here {
            return Ok(Outcome::DoesNotApply);
        }
        let fragments = seen(&evidence.path.fragments)?;
        if fragments.waiting > 0 && is_silent(evidence) {
            let count = value("count", fragments.waiting);
            return Ok(likely(Clue::new("doctor.clue.fragments_wait", [count])));
        }
        let Some(to) = target_away(evidence) else {
            // Those that were given up may have been of others, long ago.
            return Ok(match fragments.failed {
                0 => Outcome::IsNot,
                _ => Outcome::Unseen(Unseen::Quiet),
            });
        };
        let echo = match &evidence.path.echo {
            Seen::Known(echo) => echo,
            Seen::Unseen(reason) => {
                return Err(by_hand(reason.clone(), || ping(evidence, to, false)));
            }
        };
        let (Some(tried), Some(largest)) = (echo.tried, echo.largest) else {
            return Ok(Outcome::Unseen(Unseen::NoAnswer));
        };
        Ok(match echo.fragmented {
            Some(false) if largest == tried && sends_more(evidence, tried) => likely(Clue::new(
                "doctor.clue.fragments_unanswered",
                [value("mtu", tried)],
            )),
            // Large packets are lost in one piece too: another situation, or both.
            Some(false) if largest < tried => Outcome::Unseen(Unseen::NoAnswer),
            Some(_) => Outcome::IsNot,
            None => Outcome::Unseen(Unseen::NotHere),
        })
    };
    outcome(answer())
}
