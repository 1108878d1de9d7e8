//! Logs on disk: kept while a session runs, and offered again at the next start.

use super::tab::Tab;
use super::{App, Banner};
use crate::journal::{self, Leftover, Replay};
use egui::Context;

impl App {
    /// Has the active tab's log kept on disk.
    pub(super) fn keep_log(&mut self, ctx: &Context) {
        let wake = self.waker(ctx);
        let Some(folder) = &self.journals else { return };
        let budget = self.preferences.disk_budget(folder);
        if let Some(tab) = self.tabs.get_mut(self.active)
            && let Err(error) = tab.keep_in(folder, budget, wake)
        {
            self.banner = Some(Banner::NoJournal(error));
        }
    }

    /// The program ends cleanly: every tab does, and its log is kept if it is to be, all of them
    /// within the budget of one.
    pub(super) fn end_tabs(&mut self) {
        self.discard_closed();
        let kept = !self.preferences.kept().is_zero();
        let (mut keeping, others): (Vec<Tab>, Vec<Tab>) = self
            .tabs
            .drain(..)
            .partition(|tab| kept && tab.is_worth_keeping());
        others.into_iter().for_each(Tab::end);
        let Some(folder) = self.journals.as_ref().filter(|_| !keeping.is_empty()) else {
            return;
        };
        let mut left = self.preferences.disk_budget(folder);
        // What the small ones do not need is for the large ones.
        keeping.sort_by_key(Tab::log_size);
        let (mut tabs, second) = (keeping.len() as u64, self.second());
        for tab in keeping {
            let share = left / tabs.max(1);
            left -= tab.log_size().min(share);
            tabs -= 1;
            tab.keep(share, second);
        }
        // Only the last session is kept. What a crash left waits for an answer.
        let ended = self.leftovers.drain(..).filter(|leftover| leftover.ended);
        ended.for_each(Leftover::discard);
    }

    /// Opens a tab for each log that was offered, and reads it back there.
    pub(super) fn restore(&mut self, ctx: &Context) {
        for leftover in std::mem::take(&mut self.leftovers) {
            match journal::replay(leftover, self.waker(ctx)) {
                Ok(Replay { events, origin }) => {
                    if let Some(tab) = self.read_into_tab(ctx, Ok(events)) {
                        tab.comes_from(origin);
                    }
                }
                Err(error) => self.banner = Some(Banner::NotOpened(error)),
            }
        }
    }
}
