//! The file of a result, which a teacher collects.

use super::mistake::MistakeName;
use serde::{Deserialize, Serialize};

/// The result of a check. Fields may be added; none changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseResult {
    /// The name of a ready-made exercise, or the file name of another one.
    pub exercise: String,
    pub verdict: CourseVerdict,
    pub mistake: Option<MistakeName>,
    /// The step that failed, from 1.
    pub step: Option<usize>,
    /// In UTC (RFC 3339).
    pub time: String,
    /// SHA-256 of the program, in hexadecimal.
    pub program_sha256: String,
    /// SHA-256 of the text of the exercise, in hexadecimal.
    pub exercise_sha256: String,
    /// The name that the learner gave; nobody has checked it.
    pub name: Option<String>,
}

/// Whether a program passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourseVerdict {
    Passed,
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_read_back_as_it_was_written() {
        let result = CourseResult {
            exercise: "03-udp-recvfrom".to_owned(),
            verdict: CourseVerdict::Failed,
            mistake: Some(MistakeName::CutReceive),
            step: Some(2),
            time: "2026-01-02T03:04:05Z".to_owned(),
            program_sha256: "00".to_owned(),
            exercise_sha256: "11".to_owned(),
            name: Some("小明".to_owned()),
        };
        let text = serde_json::to_string(&result).unwrap();
        assert!(
            text.contains(r#""verdict":"failed","mistake":"CutReceive""#),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<CourseResult>(&text).unwrap(), result);
    }
}
