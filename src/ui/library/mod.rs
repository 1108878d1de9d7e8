//! The page of sent messages and snippets.

mod destination;
mod table;
mod window;

pub use destination::SnippetTarget;
pub use window::SnippetWindow;
