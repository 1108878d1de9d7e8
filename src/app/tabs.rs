//! Tabs are added, and their sessions opened.

use super::tab::RefusedSettings;
use super::{App, Tab, search};
use crate::config::SessionConfig;
use crate::peer::Peer;
use crate::session::SessionKind;
use crate::settings::TabSettings;
use crate::ui::description::capture_fields;
use egui::Context;

impl App {
    /// Opens the session of the active tab. Settings that contradict each other are refused; the
    /// tab shows their errors.
    pub(super) fn open(&mut self, ctx: &Context) {
        let terms = self.preferences.terms();
        let tab = self.tabs.get_mut(self.active);
        let Some(tab) = tab.filter(|tab| tab.file.is_none()) else {
            return;
        };
        let Some(config) = tab.drafts.config(&self.interfaces, terms) else {
            return;
        };
        let setup = config.setup();
        let book = config.book(tab.view.schema.clone(), &self.interfaces);
        let mistakes = config.validated(book).err();
        let is_refused = mistakes.is_some();
        tab.panels.refused = mistakes.map(|mistakes| RefusedSettings {
            drafts: tab.drafts.clone(),
            mistakes,
        });
        if is_refused {
            return;
        }
        let wake = self.waker(ctx);
        self.keep_log(ctx);
        let describe = search::describe(self.lang, self.interfaces.clone());
        if let Some(tab) = self.tabs.get_mut(self.active) {
            let reader = tab.reader(tab.session.log.rows().end);
            let fields = capture_fields(self.lang, tab.view.schema.as_ref());
            let receive = &tab.drafts.receive;
            let framing = receive.framing_of(setup.kind, setup.kind.is_stream());
            let recording = receive
                .recording
                .request(describe, reader, (fields, framing));
            tab.open(setup, recording, wake);
            tab.sync_worker(&self.interfaces);
        }
    }

    /// Adds a tab of the same kind as the active one, with a port that no open session has.
    pub(super) fn add_tab(&mut self) -> u64 {
        let kind = self
            .tabs
            .get(self.active)
            .map_or(SessionKind::Udp, |tab| tab.drafts.network.kind);
        let mut drafts = TabSettings::of_kind(kind);
        let open = self.tabs.iter().filter_map(|tab| tab.session.local());
        let open = open.filter_map(Peer::address);
        let taken: Vec<u16> = open.map(|local| local.port()).collect();
        drafts.network.propose(&taken);
        self.add_tab_of(drafts)
    }

    /// Adds a tab for each of these sessions, and activates the first.
    pub(super) fn add_tabs(&mut self, sessions: &[SessionConfig]) {
        let first = self.tabs.len();
        for config in sessions {
            self.add_tab_of(TabSettings::of(config));
        }
        if !sessions.is_empty() {
            self.active = first;
        }
    }

    /// Moves a tab to another place; the active tab stays active.
    pub(super) fn move_tab(&mut self, from: usize, to: usize) {
        let active = self.tabs.get(self.active).map(|tab| tab.id);
        if from.max(to) >= self.tabs.len() {
            return;
        }
        let tab = self.tabs.remove(from);
        self.tabs.insert(to, tab);
        let place = self.tabs.iter().position(|tab| Some(tab.id) == active);
        self.active = place.unwrap_or(self.active);
    }

    /// Gives a tab a name; an empty one takes it away.
    pub(super) fn rename_tab(&mut self, place: usize, title: String) {
        if let Some(tab) = self.tabs.get_mut(place) {
            tab.drafts.title = title;
        }
    }

    /// Adds a tab with the settings of the one at this place, right of it.
    pub(super) fn duplicate_tab(&mut self, place: usize) {
        let tab = self.tabs.get(place).filter(|tab| tab.file.is_none());
        let Some(drafts) = tab.map(|tab| tab.drafts.clone()) else {
            return;
        };
        self.add_tab_of(drafts);
        let from = place + 1;
        if let Some(moved) = self.tabs.get_mut(from..) {
            moved.rotate_right(1);
            self.active = from;
        }
    }

    /// Adds a tab with these settings, and activates it. Returns its identity.
    pub(super) fn add_tab_of(&mut self, drafts: TabSettings) -> u64 {
        let budget = self.preferences.log_budget();
        self.tabs.push(Tab::new(self.next_id, drafts, budget));
        let id = self.next_id;
        self.next_id += 1;
        self.active = self.tabs.len() - 1;
        id
    }
}
