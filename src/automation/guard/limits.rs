//! How much is answered without a click.

use serde::{Deserialize, Serialize};

/// What replies are limited to. The usual limits suit a person who looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Replies a second, in all and to one peer; `None` is no limit.
    pub per_second: Option<u32>,
    pub per_peer: Option<u32>,
    /// Replies of more than three times the request's length may go to other machines.
    pub larger: bool,
    /// Other sessions of this program are answered, too.
    pub own: bool,
    /// A rule that only talks with itself, or with another that answers everything, is
    /// paused.
    pub breaker: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: Some(100),
            per_peer: Some(10),
            larger: false,
            own: false,
            breaker: true,
        }
    }
}

impl Limits {
    /// None at all: for those who measure.
    pub fn none() -> Self {
        Self {
            per_second: None,
            per_peer: None,
            larger: true,
            own: true,
            breaker: false,
        }
    }
}
