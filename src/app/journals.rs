//! Logs on disk: kept while a session runs, and offered for recovery at the next start.

use super::tab::Tab;
use super::{App, Banner};
use crate::capture::export::Export;
use crate::config::ron_file;
use crate::journal::{self, RecoverableLog, RecoveredLog};
use crate::settings::TabSettings;
use egui::Context;

impl App {
    /// Starts to keep the active tab's log on disk.
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

    /// Ends every tab when the program ends. Logs that are worth keeping share the disk budget of
    /// one log.
    pub(super) fn end_tabs(&mut self) {
        let closed = self.closed_tabs().filter_map(|tab| tab.export.take());
        let mut exports: Vec<Export> = closed.collect();
        exports.extend(self.tabs.iter_mut().filter_map(|tab| tab.export.take()));
        exports.into_iter().for_each(Export::end);
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
        // Small logs leave the rest of their share to large ones.
        keeping.sort_by_key(Tab::log_size);
        let (mut tabs, second) = (keeping.len() as u64, self.second());
        for tab in keeping {
            let share = left / tabs.max(1);
            left -= tab.log_size().min(share);
            tabs -= 1;
            tab.keep(share, second);
        }
        // Only the last run is kept. The logs of a crash wait for the user's answer.
        let ended = self.recoverable_logs.drain(..).filter(|log| log.ended);
        ended.for_each(RecoverableLog::discard);
    }

    /// Reads each offered log back into the tab it belongs to, or into a new one.
    pub(super) fn restore(&mut self, ctx: &Context) {
        let in_front = self.active;
        for log in std::mem::take(&mut self.recoverable_logs) {
            let (session, cleared) = (log.session(), log.cleared);
            let drafts: Option<TabSettings> =
                session.and_then(|session| ron_file::parse_kept(&session).ok());
            let drafts = drafts.map(TabSettings::migrated);
            match journal::replay(log, self.waker(ctx)) {
                Ok(RecoveredLog { events, origin }) => {
                    let guesses = drafts.is_none();
                    self.show_tab_of(drafts, cleared);
                    self.keep_log(ctx);
                    if let Some(tab) = self.tabs.get_mut(self.active) {
                        tab.replay(events, guesses);
                        tab.comes_from(origin);
                    }
                }
                Err(error) => self.banner = Some(Banner::NotOpened(error)),
            }
        }
        // The active tab stays in front if one of the logs is its own.
        if self.tabs.get(in_front).is_some_and(Tab::is_read_back) {
            self.active = in_front;
        }
    }

    /// Brings the tab in front that a log with these settings belongs to: an empty tab with equal
    /// settings, otherwise an empty tab with equal addresses, otherwise a new one. A log that was
    /// `cleared` from its tab gets a new one.
    fn show_tab_of(&mut self, drafts: Option<TabSettings>, cleared: bool) {
        let Some(drafts) = drafts else {
            self.add_tab();
            return;
        };
        let vacant = |is_it: &dyn Fn(&Tab) -> bool| {
            let mut tabs = self.tabs.iter();
            tabs.position(|tab| !cleared && tab.is_vacant() && is_it(tab))
        };
        let place = vacant(&|tab| tab.drafts == drafts)
            .or_else(|| vacant(&|tab| tab.drafts.network == drafts.network));
        match place {
            Some(place) => self.active = place,
            None => {
                self.add_tab_of(drafts);
            }
        }
    }
}
