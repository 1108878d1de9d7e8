//! The search of a tab's log.

use super::Tab;
use crate::app::search::FilterContext;

impl Tab {
    /// Updates the search for the text of the search field and the current log.
    pub fn search(&mut self, reading: FilterContext<'_>, wake: impl Fn() + Send + Clone + 'static) {
        let (text, log) = (&self.search_box.text, &self.session.log);
        let due = self.is_search_due();
        if self.search.look_for(text, log, reading, wake) {
            self.view.keep_in_place();
        }
        if due {
            self.search_box.mistake = self.search.mistake().cloned();
        }
        self.search_box.failure = self.search.failure().cloned();
    }

    /// Whether the text of the search field differs from the running search.
    pub fn is_search_due(&self) -> bool {
        !self.search.looks_for(&self.search_box.text)
    }
}
