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
}
