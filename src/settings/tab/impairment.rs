//! The simulated network.

use crate::automation::impair::Conditions;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImpairmentDraft {
    pub on: bool,
    pub conditions: Conditions,
}

impl Default for ImpairmentDraft {
    fn default() -> Self {
        Self {
            on: false,
            conditions: Conditions {
                seed: 1,
                ..Conditions::default()
            },
        }
    }
}
