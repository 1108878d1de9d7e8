//! The simulated network of a tab.

use crate::automation::impair::Impairment;
use serde::{Deserialize, Serialize};

/// The impairments, and whether they are active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImpairmentDraft {
    pub on: bool,
    pub conditions: Impairment,
}

impl Default for ImpairmentDraft {
    fn default() -> Self {
        Self {
            on: false,
            conditions: Impairment {
                seed: 1,
                ..Impairment::default()
            },
        }
    }
}
