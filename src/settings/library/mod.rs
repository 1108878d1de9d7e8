//! What was sent and what is kept to be sent again, for all tabs.

mod history;
mod snippets;

pub use history::History;
pub use snippets::{Group, LONGEST, Mistake, Snippet, Snippets};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Library {
    pub history: History,
    pub snippets: Snippets,
    pub in_turn: InTurn,
}

/// How all snippets are sent, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InTurn {
    /// Milliseconds behind each.
    pub interval: u64,
    /// Whether the first follows the last, until it is stopped.
    pub loops: bool,
}

impl Default for InTurn {
    fn default() -> Self {
        Self {
            interval: 1000,
            loops: false,
        }
    }
}
