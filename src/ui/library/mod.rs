//! What was sent and what is kept to be sent again, for all tabs.

mod history;
mod menus;
mod snippets;
mod window;

pub use history::History;
pub use snippets::{Group, Mistake, Snippet, Snippets};
pub use window::SnippetWindow;

use crate::payload::composition::{Composition, Format};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Library {
    pub history: History,
    pub snippets: Snippets,
    #[serde(skip)]
    pub window: SnippetWindow,
}

/// One line that tells a composition from others.
fn title(composition: &Composition) -> String {
    const LONGEST: usize = 56;
    let line = crate::payload::printable::line(composition.text.as_bytes());
    let mut title: String = line.chars().take(LONGEST).collect();
    if title.len() < line.len() {
        title.push('…');
    }
    match composition.format {
        Format::Hex => format!("HEX  {title}"),
        Format::Text => title,
    }
}
