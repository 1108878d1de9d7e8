//! A tab's cleared log, which can be restored for a while.

use super::Tab;
use crate::app::messages::MessageSearch;
use crate::app::search::Search;
use crate::journal::Journal;
use crate::traffic::Log;
use crate::ui::inspector::Inspector;
use std::rc::Rc;

/// A cleared log with its journal.
pub struct Cleared {
    log: Log,
    journal: Option<Rc<Journal>>,
    forgotten: u32,
    second: u64,
}

impl Tab {
    /// Clears the log in such a way that it can be restored. `second` is the second of the
    /// program's life. Returns whether the new log needs a journal.
    pub fn clear(&mut self, second: u64) -> bool {
        if self.session.log.is_empty() {
            return false;
        }
        // A log that was cleared before and is still offered is restored together with this one.
        self.undo_clear();
        let log = self.session.log.clear();
        let journal = self.journal.take();
        let was_kept = journal.is_some();
        if let Some(journal) = &journal {
            // Without the mark, the log would only be restored into this tab.
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

    /// Restores the cleared rows before those received since.
    pub fn undo_clear(&mut self) {
        let Some(cleared) = self.cleared.take() else {
            return;
        };
        let since = std::mem::replace(&mut self.session.log, cleared.log);
        self.session.totals.trimmed += self.session.log.append(&since);
        if let Some(journal) = std::mem::replace(&mut self.journal, cleared.journal) {
            journal.discard();
        }
        if let Some(journal) = &self.journal {
            journal.set_cleared(false).ok();
        }
        self.forgotten = cleared.forgotten;
        self.rows_changed();
    }

    /// The second in which the restorable rows were cleared.
    pub fn cleared_second(&self) -> Option<u64> {
        self.cleared.as_ref().map(|cleared| cleared.second)
    }

    /// The number of rows that can be restored.
    pub fn cleared_rows(&self) -> u64 {
        let log = self.cleared.as_ref().map(|cleared| &cleared.log);
        log.map_or(0, |log| log.count().rows())
    }

    /// Deletes the cleared rows permanently.
    pub fn forget_cleared(&mut self) {
        if let Some(cleared) = self.cleared.take()
            && let Some(journal) = cleared.journal
        {
            journal.discard();
        }
    }

    /// Resets everything that refers to rows by number.
    fn rows_changed(&mut self) {
        self.view.reset();
        self.search = Search::default();
        self.messages = MessageSearch::default();
        self.session.log.look_for_messages(None);
        self.inspector = Inspector::default();
        self.panels.plot.forget_rows();
        self.panels.life.forget_rows();
        self.drafts.receive.read_as.forget_rows();
    }
}
