//! A tab's log that was cleared, and can be had back for a while.

use super::Tab;
use crate::app::search::Search;
use crate::journal::Journal;
use crate::traffic::Log;
use crate::ui::inspector::Inspector;
use std::rc::Rc;

/// A log that was cleared.
pub struct Cleared {
    log: Log,
    journal: Option<Rc<Journal>>,
    forgotten: u32,
    second: u64,
}

impl Tab {
    /// Takes the rows out of the log, in this second of the program's life, so that they can be
    /// had back. Says whether the log has to be kept on disk anew.
    pub fn clear(&mut self, second: u64) -> bool {
        if self.session.log.is_empty() {
            return false;
        }
        // What was cleared a moment ago is still offered, so it comes back with this.
        self.undo_clear();
        let log = self.session.log.clear();
        let journal = self.journal.take();
        let was_kept = journal.is_some();
        if let Some(journal) = &journal {
            // Unmarked, it would only be restored into this tab.
            journal.set_cleared(true).ok();
        }
        self.cleared = Some(Cleared {
            log,
            journal,
            forgotten: std::mem::take(&mut self.forgotten),
            second,
        });
        self.rows_changed();
        was_kept
    }

    /// Puts the cleared rows back, before those that came since.
    pub fn undo_clear(&mut self) {
        let Some(cleared) = self.cleared.take() else {
            return;
        };
        let since = std::mem::replace(&mut self.session.log, cleared.log);
        self.session.totals.evicted += self.session.log.append(&since);
        if let Some(journal) = std::mem::replace(&mut self.journal, cleared.journal) {
            journal.discard();
        }
        if let Some(journal) = &self.journal {
            journal.set_cleared(false).ok();
        }
        self.forgotten = cleared.forgotten;
        self.rows_changed();
    }

    /// When the rows that can be had back were cleared.
    pub fn cleared_second(&self) -> Option<u64> {
        self.cleared.as_ref().map(|cleared| cleared.second)
    }

    pub fn cleared_rows(&self) -> u64 {
        let log = self.cleared.as_ref().map(|cleared| &cleared.log);
        log.map_or(0, |log| log.count().rows())
    }

    /// Deletes the cleared rows for good.
    pub fn forget_cleared(&mut self) {
        if let Some(cleared) = self.cleared.take()
            && let Some(journal) = cleared.journal
        {
            journal.discard();
        }
    }

    /// Other rows have the numbers by which the panels know them.
    fn rows_changed(&mut self) {
        self.view.reset();
        self.search = Search::default();
        self.inspector = Inspector::default();
        self.drafts.receive.read_as.forget_rows();
    }
}
