//! What was sent and what is kept to be sent again: the page.

mod destination;
mod table;
mod window;

pub use destination::Destination;
pub use window::SnippetWindow;
