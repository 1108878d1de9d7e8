//! Situations of the far end.

mod answers;
mod ends;
mod held_back;
mod listener;
mod protocol;
mod reading;
mod target;
#[cfg(test)]
pub(super) mod tests;
mod unanswered;

pub(super) use protocol::is_plain_to_tls;
pub(super) use target::Target;

use super::diagnosis::Cure;
use super::{Check, Situation};
use crate::engine::evidence::{Evidence, Seen, Unseen};

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::ListensElsewhere, listener::elsewhere),
    (Situation::NobodyListens, listener::nobody),
    (Situation::ConnectUnanswered, unanswered::is_unanswered),
    (Situation::HeldBack, held_back::may_hold_back),
    (Situation::PeerStopped, listener::is_stopped),
    (Situation::PeerDoesNotRead, reading::does_not_read),
    (Situation::PeerReadsTooLittle, reading::reads_too_little),
    (Situation::AnswersFromElsewhere, answers::from_elsewhere),
    (Situation::AnswersToOldPort, answers::to_old_port),
    (Situation::TlsToPlain, protocol::tls_to_plain),
    (Situation::PlainToTls, protocol::plain_to_tls),
    (Situation::OtherProtocol, protocol::is_other),
    (Situation::PeerResets, ends::resets),
    (Situation::ClosesAtOnce, ends::closes_at_once),
    (Situation::PeerHalfCloses, ends::half_closes),
];

/// What can be done with one click.
pub(super) fn cure(situation: Situation, evidence: &Evidence) -> Option<Cure> {
    match situation {
        Situation::ListensElsewhere => listener::other_address(evidence).map(Cure::SendTo),
        Situation::ConnectUnanswered => match &evidence.firewall.rules {
            // Root sees whether this machine drops the answer.
            Seen::Unseen(Unseen::NotPermitted { command }) => {
                Some(Cure::CopyCommand(command.clone()))
            }
            _ => None,
        },
        Situation::OtherProtocol => {
            let row = listener::twin(&Target::of(evidence)?)?;
            let ip = row.local.ip().to_canonical();
            (!ip.is_unspecified()).then(|| Cure::SendTo((ip, row.local.port()).into()))
        }
        Situation::PeerStopped => {
            let pid = listener::stopped_program(evidence)?.pid;
            Some(Cure::CopyCommand(format!("kill -CONT {pid}")))
        }
        Situation::AnswersFromElsewhere => answers::other_sender(evidence).map(Cure::SendTo),
        _ => None,
    }
}
