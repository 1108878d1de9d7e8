//! The result of one step of a scenario.

use super::steps::Step;
use crate::cli::inbox::InboxMessage;
use std::time::Duration;

/// Receives the results of the steps of a scenario.
pub trait StepResults {
    /// Whether texts are for JSON rather than the terminal.
    fn is_json(&self) -> bool;

    /// Takes the result of the next step, which ran for `spent`. Returns whether the step after it
    /// is to run.
    fn step(&mut self, step: &Step, verdict: &StepOutcome, spent: Duration) -> bool;

    /// Takes the steps that do not run, after the last one that ran.
    fn skip(&mut self, steps: &[Step]);
}

/// The result of one step.
#[derive(Debug, Default)]
pub struct StepOutcome {
    pub passed: bool,
    /// Why it failed, including the messages received instead.
    pub message: String,
    pub instead: Vec<InboxMessage>,
    /// Failures during the step, in any session.
    pub remarks: Vec<String>,
}

impl StepOutcome {
    pub fn passed() -> Self {
        Self {
            passed: true,
            ..Self::default()
        }
    }

    pub fn failed(message: String) -> Self {
        Self {
            message,
            ..Self::default()
        }
    }

    /// Adds a line to the reason of the failure.
    pub fn add(&mut self, line: &str) {
        if !self.message.is_empty() {
            self.message.push('\n');
        }
        self.message.push_str(line);
    }

    /// Passed, or failed for this reason.
    pub fn of(passed: bool, message: impl FnOnce() -> String) -> Self {
        match passed {
            true => Self::passed(),
            false => Self::failed(message()),
        }
    }
}
