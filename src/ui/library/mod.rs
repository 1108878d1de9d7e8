//! What was sent and what is kept to be sent again: the page.

mod table;
mod window;

pub use table::Destination;
pub use window::SnippetWindow;
