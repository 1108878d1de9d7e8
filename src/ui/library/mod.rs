//! What was sent and what is kept to be sent again: the menus, and the page.

mod menus;
mod table;
mod window;

pub use menus::Chosen;
pub use table::Destination;
pub use window::SnippetWindow;

use crate::payload::composition::{Composition, TextFormat};

/// One line that tells a composition from others.
fn title(composition: &Composition) -> String {
    const LONGEST: usize = 56;
    let line = crate::payload::printable::line(composition.text.as_bytes());
    let mut title: String = line.chars().take(LONGEST).collect();
    if title.len() < line.len() {
        title.push('…');
    }
    match composition.format {
        TextFormat::Hex => format!("HEX  {title}"),
        TextFormat::Text => title,
    }
}
