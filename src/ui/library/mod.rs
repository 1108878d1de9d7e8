//! The page of sent messages and snippets.

mod destination;
mod table;
mod window;

pub use destination::Destination;
pub use window::SnippetWindow;
