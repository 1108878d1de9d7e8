//! Replies without a click.

use crate::automation::Limits;
use crate::automation::rules::Rule;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RulesDraft {
    pub on: bool,
    pub rules: Vec<Rule>,
    pub limits: Limits,
}
