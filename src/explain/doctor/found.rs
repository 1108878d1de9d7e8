//! What checks find, for their tests.

use super::diagnosis::{Certainty, Outcome};
use super::{Check, Situation, judge};
use crate::engine::evidence::{Evidence, Unseen};
use crate::words::{Lang, text};
use std::fmt::Display;

/// The findings of checks, in their order. Every clue has its words in both languages.
pub(super) fn findings(checks: &[Check], evidence: &Evidence) -> Vec<(Situation, Certainty)> {
    let found = checks.iter().filter_map(|(situation, check)| {
        let Outcome::Is(certainty, clues) = check(evidence) else {
            return None;
        };
        for clue in &clues {
            let values: Vec<(&str, &dyn Display)> = clue
                .values
                .iter()
                .map(|(name, value)| (*name, value as &dyn Display))
                .collect();
            for lang in Lang::ALL {
                let said = text(lang, clue.key, &values);
                assert!(said != clue.key && !said.contains("%{"), "{said}");
            }
        }
        Some((*situation, certainty))
    });
    found.collect()
}

/// Why one of these checks does not know a situation; `None` if it does.
pub(super) fn reason(
    checks: &[Check],
    evidence: &Evidence,
    situation: Situation,
) -> Option<Unseen> {
    let (_, check) = checks.iter().find(|(of, _)| *of == situation).unwrap();
    match check(evidence) {
        Outcome::Unseen(reason) => Some(reason),
        _ => None,
    }
}

/// Why the diagnosis does not know a situation; `None` if it does.
pub(super) fn unknown(evidence: &Evidence, situation: Situation) -> Option<Unseen> {
    let mut unknown = judge(evidence).unknown.into_iter();
    let missing = unknown.find(|missing| missing.situation == situation);
    missing.map(|missing| missing.reason)
}
