//! Tabs come, connect, and go.

use super::{App, Tab, search};
use crate::net::{Command, Setup};
use crate::session::Kind;
use crate::settings::TabSettings;
use egui::Context;

impl App {
    pub(super) fn open(&mut self, ctx: &Context, setup: Setup) {
        let wake = self.waker(ctx);
        self.keep_log(ctx);
        let describe = search::describe(self.lang, self.interfaces.clone());
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.open(setup, wake);
            tab.tell(&self.interfaces);
            if let Some(order) = tab.receive.recording.order(describe) {
                tab.order(Command::Record(order));
            }
        }
    }

    pub(super) fn add_tab(&mut self) {
        let kind = self
            .tabs
            .get(self.active)
            .map_or(Kind::Udp, |tab| tab.network.kind);
        self.tabs.push(Tab::new(
            self.next_id,
            TabSettings::of_kind(kind),
            self.preferences.log_budget(),
        ));
        self.next_id += 1;
        self.active = self.tabs.len() - 1;
    }

    /// Closes a tab and its connection; the last one leaves an empty tab behind.
    pub(super) fn close_tab(&mut self, place: usize) {
        if place >= self.tabs.len() {
            return;
        }
        self.tabs.remove(place);
        if self.tabs.is_empty() {
            self.add_tab();
        }
        if place < self.active {
            self.active -= 1;
        }
        self.active = self.active.min(self.tabs.len() - 1);
    }
}
