//! Messages that are moved into the composer, or become rules.

use super::App;
use super::tab::Tab;
use crate::automation::rules::{Condition, Rule};
use crate::connection_id::FarSide;
use crate::engine::Interfaces;
use crate::payload::charset::Charset;
use crate::payload::reading::Reading;
use crate::session::{SessionKind, SessionRole};
use crate::settings::TabSettings;
use crate::settings::dock::Page;
use crate::settings::tab::SendSource;
use crate::t;
use crate::ui::{Composed, FilledForm};
use egui::Context;

impl App {
    /// Puts a message into the active tab's composer and gives it the keyboard focus. A tab
    /// without a composer opens a new tab for it.
    pub(super) fn compose(&mut self, ctx: &Context, composed: Composed) {
        if let Some(kind) = self.reader().map(sender_of) {
            self.add_tab_of(TabSettings::of_kind(kind));
        }
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if let Some(far) = composed.to {
            tab.set_target(far, &self.interfaces);
        }
        let send = &mut tab.drafts.send;
        send.source = SendSource::Typed;
        send.composition = composed.composition;
        let is_ascii = send.composition.text.is_ascii();
        let differs = |charset: &Charset| {
            let mut both = [Some(*charset), send.charset].into_iter().flatten();
            !(is_ascii && both.all(Charset::holds_ascii))
        };
        // ASCII is the same in nearly every encoding, so the chosen encoding stays.
        send.charset = composed.charset.filter(differs).or(send.charset);
        self.enter_message(ctx);
    }

    /// Puts values into the form of the active tab's composer. A tab without a composer opens a
    /// new tab with the same description for it.
    pub(super) fn fill_form(&mut self, ctx: &Context, filled: FilledForm) {
        if let Some(reader) = self.reader() {
            let mut settings = TabSettings::of_kind(sender_of(reader));
            let receive = &reader.drafts.receive;
            settings.receive.description = receive.description.clone();
            settings.receive.copy_framing(receive);
            self.add_tab_of(settings);
        }
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if let Some(far) = filled.to {
            tab.set_target(far, &self.interfaces);
        }
        tab.drafts.send.source = SendSource::Fields;
        tab.drafts.send.fields = filled.fields;
        self.enter_message(ctx);
    }

    /// The active tab, if it has no composer.
    fn reader(&self) -> Option<&Tab> {
        let reads = |tab: &&Tab| tab.file.is_some() || tab.session_kind().is_relay();
        self.tabs.get(self.active).filter(reads)
    }

    /// Puts the cursor into the message of the active tab, if it has one.
    pub(super) fn write_message(&mut self, ctx: &Context) {
        let sends = |tab: &&mut Tab| tab.file.is_none() && !tab.session_kind().is_relay();
        if let Some(tab) = self.tabs.get_mut(self.active).filter(sends) {
            if tab.drafts.send.source == SendSource::File {
                tab.drafts.send.source = SendSource::Typed;
            }
            self.enter_message(ctx);
        }
    }

    /// Gives the message of the active tab the keyboard focus. Pages that cover it are closed.
    fn enter_message(&mut self, ctx: &Context) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if !tab.panels.send.is_shown(ctx) {
            (self.dock.open, self.left_open) = (None, false);
            ctx.request_repaint();
        }
        tab.panels.send.focus();
    }

    /// Adds a rule for messages like the one in this row of the active tab, and shows it. It is
    /// off.
    pub(super) fn make_rule(&mut self, row: u64) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let session = &tab.session;
        let Some(record) = session.log.get(row) else {
            return;
        };
        let read_as = &tab.drafts.receive.read_as;
        let read = read_as.read(&session.log, row, &record, session.is_stream());
        let charset = match read.reading {
            Reading::Text(charset) => Some(charset),
            Reading::Empty | Reading::Binary => None,
        };
        let rule = Rule {
            name: t!(self.lang, "rules.new"),
            when: Condition::like(record.bytes(), charset, tab.drafts.charset()),
            ..Rule::default()
        };
        tab.panels.rules.add(&mut tab.drafts.rules, rule);
        self.show_page(Page::AutoReply);
    }
}

/// The kind of session that sends to the peers of this tab.
fn sender_of(reader: &Tab) -> SessionKind {
    match reader.session_kind() {
        kind if !kind.is_relay() => kind,
        kind if kind.is_stream() => SessionKind::TcpClient,
        _ => SessionKind::Udp,
    }
}

impl Tab {
    /// Makes this address, or the connection to it, the target of the next message.
    pub(super) fn set_target(&mut self, far: FarSide, interfaces: &Interfaces) {
        match self.session.kind().role() {
            SessionRole::Datagrams => self.drafts.send.set_target(far.peer, interfaces),
            SessionRole::Client | SessionRole::Server | SessionRole::Relay => {
                self.drafts.send.choose(far, &self.session);
            }
        }
    }
}
