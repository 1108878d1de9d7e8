//! Settings and events of the session itself.

use super::Answer;
use super::scene::{self, clue, likely, shown};
use crate::engine::evidence::Evidence;
use crate::explain::doctor::diagnosis::Outcome;

/// The filter of the log hides what arrived.
pub(super) fn hidden_by_filter(evidence: &Evidence) -> Answer {
    let Some(session) = scene::session(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let (hidden, received) = (session.settings.hidden_rows, session.received.messages);
    // Fewer hidden rows leave something received to be seen.
    if received == 0 || hidden < received {
        return Ok(Outcome::IsNot);
    }
    let values = vec![
        ("count", hidden.to_string()),
        ("received", received.to_string()),
    ];
    Ok(shown(vec![clue("doctor.clue.hidden", values)]))
}

/// The simulated network delays or drops messages.
pub(super) fn simulated(evidence: &Evidence) -> Answer {
    Ok(match scene::session(evidence) {
        None => Outcome::DoesNotApply,
        Some(session) if session.settings.is_impaired => {
            likely(vec![clue("doctor.clue.simulated", Vec::new())])
        }
        Some(_) => Outcome::IsNot,
    })
}

/// The clock of the system was set.
pub(super) fn clock_step(evidence: &Evidence) -> Answer {
    /// Corrections below do not move rows visibly.
    const SECONDS: f64 = 1.0;
    let Some(session) = scene::session(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    // Who is answered waits for nothing.
    if session.received.messages > 0 && session.unanswered == 0 {
        return Ok(Outcome::IsNot);
    }
    let mut steps = session.clock_steps.iter().rev();
    Ok(match steps.find(|step| step.abs() >= SECONDS) {
        Some(step) => {
            let values = vec![("seconds", format!("{step:+.1}"))];
            likely(vec![clue("doctor.clue.clock", values)])
        }
        // Not every session has recorded them, so none known does not rule them out.
        None => Outcome::DoesNotApply,
    })
}
