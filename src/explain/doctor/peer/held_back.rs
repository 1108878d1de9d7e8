//! Whether the far end keeps what it writes in a buffer of its own.

use super::Target;
use crate::engine::evidence::{Evidence, Unseen};
use crate::explain::doctor::diagnosis::Outcome;

/// A connection is made and nothing has come by it, and nothing was sent that would have to be
/// answered first: the program waits, or what it wrote is still in its buffer.
pub fn may_hold_back(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let Some(session) = target.session().filter(|_| target.is_connected()) else {
        return Outcome::DoesNotApply;
    };
    if session.received.messages > 0 || session.sent.messages > 0 {
        return Outcome::IsNot;
    }
    Outcome::Unseen(Unseen::NothingSent {
        peer: target.to.to_string(),
    })
}
