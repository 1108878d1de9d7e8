//! Why nothing comes: one verdict from evidence, what was ruled out, and what is not known.
//!
//! Everything here is a pure function of [`Evidence`].

mod catalogue;
mod commands;
mod consequences;
mod content;
mod diagnosis;
mod ends;
mod failures;
mod firewall;
#[cfg(test)]
mod found;
mod lists;
mod local;
mod next_step;
mod path;
mod peer;
mod probed;
mod sender;
mod target_failures;
pub mod words;

pub use catalogue::{Situation, Subject};
pub use diagnosis::{Certainty, Clue, Cure, Diagnosis, Finding, Missing, NextStep};

use crate::engine::evidence::{Evidence, Unseen};
use diagnosis::Outcome;

/// A test for one situation.
type Check = (Situation, fn(&Evidence) -> Outcome);

/// Judges evidence. Situations that hide others come first: a port that is not bound explains
/// everything that follows from it.
pub fn judge(evidence: &Evidence) -> Diagnosis {
    let checks = [
        local::CHECKS,
        firewall::CHECKS,
        path::CHECKS,
        peer::CHECKS,
        content::CHECKS,
    ];
    let mut diagnosis = Diagnosis {
        is_silent: next_step::is_silent(evidence),
        probed: probed::facts(evidence),
        ..Diagnosis::default()
    };
    for (situation, check) in checks.into_iter().flatten() {
        match check(evidence) {
            Outcome::Is(certainty, clues) => {
                let found = (certainty, clues);
                let (certainty, clues) = sender::of_receiver(evidence, *situation, found);
                diagnosis.findings.push(Finding {
                    situation: *situation,
                    certainty,
                    clues,
                    cure: situation.cure(evidence),
                });
            }
            Outcome::IsNot => diagnosis.ruled_out.push(*situation),
            // It is one of those whose messages come.
            Outcome::Unseen(Unseen::SenderUnknown) if sender::is_heard(evidence) => {}
            Outcome::Unseen(reason) => diagnosis.unknown.push(Missing {
                situation: *situation,
                reason: sender::reason(evidence, *situation, reason),
            }),
            Outcome::DoesNotApply => {}
        }
    }
    consequences::leave_out(&mut diagnosis.findings, &evidence.question);
    // These say no more than that nothing came back, or went, and any other cause says why.
    let says_why = |finding: &Finding| {
        let plain = [Situation::ConnectUnanswered, Situation::SendRefused];
        !plain.contains(&finding.situation)
    };
    if diagnosis.findings.iter().any(says_why) {
        diagnosis.findings.retain(says_why);
    }
    diagnosis.unknown.sort_by_key(|missing| !missing.is_near());
    let points = diagnosis.unknown.first().is_some_and(Missing::is_near);
    if diagnosis.findings.is_empty() && (diagnosis.is_silent || points) {
        diagnosis.next = next_step::of(evidence, &diagnosis.unknown);
    }
    // What is shown stands before what is likely; the order of the catalogue decides otherwise.
    diagnosis.findings.sort_by_key(|finding| finding.certainty);
    diagnosis
}

impl Situation {
    /// What can be done about it with one click.
    pub fn cure(self, evidence: &Evidence) -> Option<Cure> {
        match self.subject() {
            Subject::Local => local::cure(self, evidence),
            Subject::Path => path::cure(self, evidence),
            Subject::Peer => peer::cure(self, evidence),
            Subject::Content => content::cure(self, evidence),
            Subject::Firewall => firewall::cure(self, evidence),
        }
    }
}
