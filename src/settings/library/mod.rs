//! The message library of all tabs: the history of sent messages, snippets, and the files of
//! descriptions that were used last.

mod history;
mod recent;
mod snippets;

pub use history::History;
pub use recent::RecentDescriptions;
pub use snippets::{RemovedSnippet, Snippet, SnippetGroup, Snippets};

use serde::{Deserialize, Serialize};

/// The message library.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Library {
    pub history: History,
    pub snippets: Snippets,
    pub in_turn: InTurn,
    pub descriptions: RecentDescriptions,
}

/// How all snippets are sent in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InTurn {
    /// The pause after each snippet, in milliseconds.
    pub interval: u64,
    /// Whether sending starts again after the last snippet, until it is stopped.
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
