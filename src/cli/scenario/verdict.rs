//! How one step of a scenario went.

use crate::cli::inbox::Letter;

/// How one step went.
#[derive(Debug, Default)]
pub struct Verdict {
    pub passed: bool,
    /// Why it did not pass; what came instead stands in it too.
    pub said: String,
    pub instead: Vec<Letter>,
    /// What failed meanwhile, in whatever session.
    pub remarks: Vec<String>,
}

impl Verdict {
    pub fn passed() -> Self {
        Self {
            passed: true,
            ..Self::default()
        }
    }

    pub fn failed(said: String) -> Self {
        Self {
            said,
            ..Self::default()
        }
    }

    /// Adds a line to why it did not pass.
    pub fn add(&mut self, line: &str) {
        if !self.said.is_empty() {
            self.said.push('\n');
        }
        self.said.push_str(line);
    }

    /// Passed, or else failed for this reason.
    pub fn of(passed: bool, said: impl FnOnce() -> String) -> Self {
        match passed {
            true => Self::passed(),
            false => Self::failed(said()),
        }
    }
}
