//! Connections to which nothing comes back.

use super::Target;
use crate::engine::endpoint::canonical;
use crate::engine::evidence::{CONNECT_PATIENCE, ConnectOutcome, Evidence, Seen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::target_failures::failures;
use crate::traffic::{Cause, Failure, Operation};
use std::io::{self, ErrorKind};

pub fn is_unanswered(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.is_tcp) else {
        return Outcome::DoesNotApply;
    };
    let ends = target
        .session()
        .map_or(&[][..], |known| known.ends.as_slice());
    // A connection that is over was established.
    if target.is_heard() || ends.iter().any(|end| canonical(end.peer) == target.to) {
        return Outcome::IsNot;
    }
    let address = ("address", target.to.to_string());
    let is = |clue| Outcome::Is(Certainty::Shown, vec![clue]);
    match &evidence.peer.connect {
        Seen::Known(ConnectOutcome::Silent) => {
            let seconds = ("seconds", CONNECT_PATIENCE.as_secs_f64().to_string());
            is(Clue::new(
                "doctor.peer.probe_unanswered",
                [address, seconds],
            ))
        }
        Seen::Known(_) => Outcome::IsNot,
        Seen::Unseen(reason) => match failures(evidence).next().is_some_and(timed_out) {
            true => is(Clue::new("doctor.peer.connect_timed_out", [address])),
            false => Outcome::Unseen(reason.clone()),
        },
    }
}

fn timed_out(failure: &Failure) -> bool {
    let is_late = match failure.cause {
        Cause::TimedOut { .. } => true,
        Cause::System { code } => io::Error::from_raw_os_error(code).kind() == ErrorKind::TimedOut,
        _ => false,
    };
    failure.operation == Operation::Connect && is_late
}
