//! The composer's state that all tabs share.

use crate::settings::Library;

/// The state that is the same in every tab: snippets, history, and whether Enter sends.
pub struct SharedState<'a> {
    pub library: &'a mut Library,
    pub enter_sends: &'a mut bool,
}
