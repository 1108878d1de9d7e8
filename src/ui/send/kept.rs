//! What the composer shares with every tab.

use crate::settings::Library;

/// What is the same in every tab: what is kept to be sent again, and whether Enter sends.
pub struct Kept<'a> {
    pub library: &'a mut Library,
    pub enter_sends: &'a mut bool,
}
