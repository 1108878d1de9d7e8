//! Logs on disk: kept while a session runs, and offered again after a crash.

use super::{App, Banner};
use crate::journal;
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

    /// Opens a tab for each log that a crash left, and reads it back there.
    pub(super) fn restore(&mut self, ctx: &Context) {
        let Some(Banner::Leftover(leftovers)) = self.banner.take() else {
            return;
        };
        for leftover in leftovers {
            let events = journal::replay(leftover, self.waker(ctx));
            self.read_into_tab(ctx, events);
        }
    }
}
