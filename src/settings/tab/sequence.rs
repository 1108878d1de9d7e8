//! A sequence: named messages sent in order, each so many times, with a pause behind.

use crate::payload::composition::Composition;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceDraft {
    pub steps: Vec<StepDraft>,
    /// How often all of it; empty is for ever.
    pub rounds: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepDraft {
    pub name: String,
    pub composition: Composition,
    pub times: u32,
    /// Milliseconds behind each.
    pub pause: u64,
}

impl Default for StepDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            composition: Composition::default(),
            times: 1,
            pause: 1000,
        }
    }
}
