//! Automatic replies.

use crate::automation::Limits;
use crate::automation::rules::Rule;
use serde::{Deserialize, Serialize};

/// The rules and limits of replies, and whether they are active.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RulesDraft {
    pub on: bool,
    pub rules: Vec<Rule>,
    pub limits: Limits,
}
