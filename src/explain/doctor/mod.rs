//! Why nothing comes: one verdict from evidence, what was ruled out, and what is not known.
//!
//! Everything here is a pure function of [`Evidence`].

mod catalogue;
mod content;
mod diagnosis;
mod failures;
mod firewall;
#[cfg(test)]
mod found;
mod lists;
mod local;
mod path;
mod peer;
mod sender;
mod target_failures;
pub mod words;

pub use catalogue::{Situation, Subject};
pub use diagnosis::{Certainty, Clue, Cure, Diagnosis, Finding, Missing};

use crate::engine::evidence::Evidence;
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
    let mut diagnosis = Diagnosis::default();
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
            Outcome::Unseen(reason) => diagnosis.unknown.push(Missing {
                situation: *situation,
                reason: sender::reason(evidence, *situation, reason),
            }),
            Outcome::DoesNotApply => {}
        }
    }
    // It says no more than that nothing came back, and any other cause says why.
    let says_why = |finding: &Finding| finding.situation != Situation::ConnectUnanswered;
    if diagnosis.findings.iter().any(says_why) {
        diagnosis.findings.retain(says_why);
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
