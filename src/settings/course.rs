//! How far the user is in the course.

use crate::course::MistakeName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The checked exercises by the names of the ready-made ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CourseProgress {
    checked: BTreeMap<String, ExerciseProgress>,
}

/// What the checks of an exercise said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExerciseProgress {
    /// Whether a program passed.
    pub passed: bool,
    /// The mistake of the last check; `None` if it passed.
    pub mistake: Option<MistakeName>,
}

impl CourseProgress {
    /// `None` if it was never checked.
    pub fn of(&self, exercise: &str) -> Option<ExerciseProgress> {
        self.checked.get(exercise).copied()
    }

    /// The number of exercises that a program passed.
    pub fn passed(&self) -> usize {
        self.checked.values().filter(|one| one.passed).count()
    }

    /// Adds the outcome of a check; `mistake` is `None` if the program passed.
    pub fn add(&mut self, exercise: &str, mistake: Option<MistakeName>) {
        let progress = self.checked.entry(exercise.to_owned()).or_default();
        progress.passed |= mistake.is_none();
        progress.mistake = mistake;
    }

    /// This progress, with what another window added to the progress that both know.
    pub fn merged(mut self, known: &Self, theirs: Self) -> Self {
        for (exercise, their) in theirs.checked {
            if known.of(&exercise) == Some(their) {
                continue;
            }
            let is_ours = self.of(&exercise) != known.of(&exercise);
            let own = self.checked.entry(exercise).or_default();
            own.passed |= their.passed;
            if !is_ours {
                own.mistake = their.mistake;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_that_was_passed_stays_so() {
        let mut progress = CourseProgress::default();
        assert_eq!(progress.of("a"), None);
        for mistake in [
            Some(MistakeName::CutReceive),
            None,
            Some(MistakeName::Loops),
        ] {
            progress.add("a", mistake);
        }
        let expected = ExerciseProgress {
            passed: true,
            mistake: Some(MistakeName::Loops),
        };
        assert_eq!((progress.of("a"), progress.passed()), (Some(expected), 1));
    }

    #[test]
    fn two_windows_keep_the_checks_of_both() {
        let mut known = CourseProgress::default();
        known.add("a", Some(MistakeName::Loops));
        let (mut ours, mut theirs) = (known.clone(), known.clone());
        ours.add("a", Some(MistakeName::Crashed));
        theirs.add("a", None);
        theirs.add("b", None);
        let merged = ours.merged(&known, theirs);
        let a = merged.of("a").unwrap();
        assert_eq!((a.passed, a.mistake), (true, Some(MistakeName::Crashed)));
        assert_eq!(merged.passed(), 2);
    }
}
