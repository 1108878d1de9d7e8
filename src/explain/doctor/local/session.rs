//! Settings and events of the session itself.

use super::Answer;
use super::scene::{self, clue, likely, shown};
use crate::engine::evidence::Evidence;
use crate::explain::doctor::diagnosis::Outcome;
use crate::explain::error_name::error_name;
use crate::traffic::Cause;

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

/// The newest message was not sent. What refuses it is mostly a situation of its own.
pub(super) fn send_refused(evidence: &Evidence) -> Answer {
    let Some(session) = scene::session(evidence) else {
        return Ok(Outcome::DoesNotApply);
    };
    let Some(failure) = &session.refused else {
        return Ok(match session.sent.messages {
            0 => Outcome::DoesNotApply,
            _ => Outcome::IsNot,
        });
    };
    let mut values = vec![("to", failure.address.clone())];
    let key = match (&failure.cause, failure.cause.code()) {
        (Cause::TooLong { length, limit }, _) => {
            values.push(("length", length.to_string()));
            values.push(("limit", limit.to_string()));
            "doctor.clue.send_too_long"
        }
        (_, Some(code)) => {
            values.push(("error", error_name(code)));
            "doctor.clue.send_failed"
        }
        (_, None) => "doctor.clue.send_failed_otherwise",
    };
    Ok(shown(vec![clue(key, values)]))
}
