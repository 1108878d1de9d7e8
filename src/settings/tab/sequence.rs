//! A sequence: named messages that are sent in order, each repeated and followed by a pause.

use crate::payload::composition::Composition;
use serde::{Deserialize, Serialize};

/// The steps of a sequence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceDraft {
    pub steps: Vec<StepDraft>,
    /// The number of rounds; empty is unlimited.
    pub rounds: String,
}

/// A message of a sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepDraft {
    pub name: String,
    pub composition: Composition,
    pub times: u32,
    /// The pause after each message, in milliseconds.
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
