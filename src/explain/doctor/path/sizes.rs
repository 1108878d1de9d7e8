//! Packets that are too large for the way.

use super::scene::{
    Answer, away, is_silent, likely, other_side, outcome, seen, session, target_away, to, value,
};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};

/// Whether the session sent packets longer than this; true if no session asks.
fn sends_more(evidence: &Evidence, bytes: u32) -> bool {
    let Some(session) = session(evidence) else {
        return true;
    };
    // The headers of IP and UDP.
    let headers = match to(evidence).is_some_and(|to| to.is_ipv6()) {
        true => 48,
        false => 28,
    };
    let mut lengths = session.newest_sent.iter().map(|sample| sample.length);
    lengths.any(|length| length.saturating_add(headers) > u64::from(bytes))
}

pub(super) fn mtu_hole(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        if target_away(evidence).is_none() {
            return Ok(Outcome::DoesNotApply);
        }
        let echo = seen(&evidence.path.echo)?;
        let (Some(tried), Some(largest)) = (echo.tried, echo.largest) else {
            // Without answers to small ones, nothing can be compared.
            return Ok(Outcome::Unseen(Unseen::NoAnswer));
        };
        let is_too_big = super::icmp::reported(evidence, &[(3, 4)], &[(2, 0)]).is_some();
        if largest >= tried || is_too_big {
            return Ok(Outcome::IsNot);
        }
        if !sends_more(evidence, largest) {
            return Ok(Outcome::IsNot);
        }
        Ok(likely(Clue::new(
            "doctor.clue.sizes",
            [value("most", largest), value("mtu", tried)],
        )))
    };
    outcome(answer())
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
        if target_away(evidence).is_none() {
            // Those that were given up may have been of others, long ago.
            return Ok(match fragments.failed {
                0 => Outcome::IsNot,
                _ => Outcome::Unseen(Unseen::Quiet),
            });
        }
        let echo = seen(&evidence.path.echo)?;
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
