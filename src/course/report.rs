//! What `netpeer learn … --json` prints: one JSON object a line.

use super::exercise::Bilingual;
use super::mistake::Mistake;
use super::result_file::CourseResult;
use serde::{Deserialize, Serialize};

/// An exercise, as `netpeer learn show --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedExercise {
    pub name: String,
    pub title: Bilingual,
    /// The task in Markdown.
    pub task: Bilingual,
    /// The program that a learner begins with.
    pub start: String,
    /// The programs that it runs beside the learner's, a command line each.
    pub others: Vec<String>,
}

/// A line of `netpeer learn check --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CheckLine {
    /// After each step that passed.
    Progress(CheckProgress),
    /// The last line.
    Verdict(Box<CheckVerdict>),
}

/// How many of the steps of an exercise have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckProgress {
    pub passed: usize,
    pub of: usize,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckVerdict {
    pub result: CourseResult,
    /// `None` if the program passed.
    pub mistake: Option<Mistake>,
    /// The messages of the step that failed; empty if the program passed.
    pub message: String,
}

impl CheckLine {
    /// Parses a printed line; `None` if it is none of these.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{CourseVerdict, Evidence, MistakeName};

    #[test]
    fn lines_are_read_back_as_they_were_written() {
        let verdict = CheckVerdict {
            result: CourseResult {
                exercise: "03-udp-recvfrom".to_owned(),
                verdict: CourseVerdict::Failed,
                mistake: Some(MistakeName::CutReceive),
                step: Some(2),
                time: "2026-01-02T03:04:05Z".to_owned(),
                program_sha256: "00".to_owned(),
                exercise_sha256: "11".to_owned(),
                name: None,
            },
            mistake: Some(Mistake {
                name: MistakeName::CutReceive,
                evidence: Evidence::Cut {
                    received: 10,
                    of: 27,
                },
            }),
            message: "Expect peer\nNothing came.".to_owned(),
        };
        let progress = CheckProgress { passed: 1, of: 2 };
        for line in [
            CheckLine::Progress(progress),
            CheckLine::Verdict(Box::new(verdict)),
        ] {
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(CheckLine::read(&text), Some(line), "{text}");
        }
        assert_eq!(CheckLine::read("hello"), None);
    }
}
