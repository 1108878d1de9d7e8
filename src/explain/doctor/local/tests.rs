//! Evidence made by hand: each situation, its neighbours, and machines without a fault.

mod faults;
mod healthy;
mod loopback;
mod machine;
mod sessions;
mod waiting;

use super::super::words::key;
use super::super::{Certainty, Clue, Situation};
use super::{CHECKS, Outcome, cure};
use crate::engine::evidence::Evidence;
use crate::words::{Lang, text};
use std::fmt::Display;

/// What is found, the first being the verdict. Every finding has its words.
fn findings(evidence: &Evidence) -> Vec<(Situation, Certainty)> {
    let mut found = Vec::new();
    for (situation, check) in CHECKS {
        if let Outcome::Is(certainty, clues) = check(evidence) {
            assert!(!clues.is_empty(), "{situation:?}");
            is_worded(*situation, &clues);
            found.push((*situation, certainty));
        }
    }
    found.sort_by_key(|(_, certainty)| *certainty);
    found
}

/// What could not be told.
fn unknown(evidence: &Evidence) -> Vec<Situation> {
    let unseen = CHECKS
        .iter()
        .filter(|(_, check)| matches!(check(evidence), Outcome::Unseen(_)));
    unseen.map(|(situation, _)| *situation).collect()
}

fn first(evidence: &Evidence) -> Option<(Situation, Certainty)> {
    findings(evidence).first().copied()
}

fn shown(situation: Situation) -> Option<(Situation, Certainty)> {
    Some((situation, Certainty::Shown))
}

fn likely(situation: Situation) -> Option<(Situation, Certainty)> {
    Some((situation, Certainty::Likely))
}

fn is_worded(situation: Situation, clues: &[Clue]) {
    let filled = |key: &str, clues: &[Clue]| {
        let values = clues.iter().flat_map(|clue| &clue.values);
        let values: Vec<(&str, &dyn Display)> = values
            .map(|(name, value)| (*name, value as &dyn Display))
            .collect();
        for lang in Lang::ALL {
            let words = text(lang, key, &values);
            assert!(words != key && !words.contains("%{"), "{key}: {words}");
        }
    };
    for part in ["what", "cure"] {
        filled(&key(situation, part), clues);
    }
    for clue in clues {
        filled(clue.key, std::slice::from_ref(clue));
    }
}

#[test]
fn every_situation_of_the_subject_has_one_check() {
    for &situation in Situation::ALL {
        let is_local = situation.subject() == super::super::Subject::Local;
        let checks = CHECKS.iter().filter(|(of, _)| *of == situation).count();
        assert_eq!(checks, usize::from(is_local), "{situation:?}");
    }
}
