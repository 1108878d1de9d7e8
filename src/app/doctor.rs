//! Questions to the doctor about the active tab.

use super::App;
use super::tab::Tab;
use crate::engine::evidence::{Permission, SessionSettings, Transport};
use crate::engine::{Endpoint, Interfaces, Remote};
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::session::SessionRole;
use crate::settings::dock::Page;
use crate::ui::doctor::{Asked, AskedAbout, Flow, Inquiry, NoSubject, ShownEntry};
use crate::ui::{UiContext, theme};
use egui::Context;

impl App {
    /// Opens the page, and asks about the active tab.
    pub(super) fn diagnose(&mut self, ctx: &Context, permission: Permission) {
        self.show_page(Page::Diagnose);
        let terms = self.preferences.terms();
        let cx = UiContext {
            lang: self.lang,
            palette: theme::palette(ctx),
            interfaces: &self.interfaces,
            zone: &self.zone,
            second: self.began.elapsed().as_secs(),
            now: self.clock.now(),
        };
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if tab.no_subject(cx.interfaces).is_some() {
            return;
        }
        let setup = tab.drafts.network.setup(cx.interfaces, terms).ok();
        let local = setup.as_ref().and_then(|setup| setup.local);
        let remote = setup.and_then(|setup| setup.remote);
        let inquiry = tab.inquiry(cx, local, remote);
        let asked = Asked {
            about: tab.asked_about(),
            at: cx.now,
            flow: Flow::of(&inquiry.facts),
            sender: tab.panels.doctor.sender.text().to_owned(),
        };
        // What is offered is done.
        tab.panels.doctor.watch.dismiss();
        tab.panels.doctor.ask(ctx, inquiry, asked, permission);
    }

    /// Shows an entry of the catalogue.
    pub(super) fn show_entry(&mut self, entry: ShownEntry) {
        self.show_page(Page::Diagnose);
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.panels.doctor.show_entry(entry);
        }
    }
}

impl Tab {
    /// Why there is nothing to ask about this tab.
    pub(super) fn no_subject(&self, interfaces: &Interfaces) -> Option<NoSubject> {
        match self.session_kind().addresses() {
            _ if self.file.is_some() => Some(NoSubject::File),
            Addresses::Named => Some(NoSubject::NoAddresses),
            Addresses::Internet if !self.session.is_closed() => None,
            Addresses::Internet => {
                let fault = self.drafts.network.first_fault(interfaces);
                fault.map(NoSubject::Address)
            }
        }
    }

    /// Whether others begin to send to it, or to connect.
    pub(super) fn waits(&self) -> bool {
        match self.session_kind().role() {
            SessionRole::Datagrams | SessionRole::Server => true,
            SessionRole::Client | SessionRole::Relay => false,
        }
    }

    /// The session and its settings as they are now.
    pub(super) fn asked_about(&self) -> AskedAbout {
        let filter = Some(self.search_box.text.as_str());
        let filter = filter.filter(|text| self.search_box.only && !text.is_empty());
        AskedAbout::of(&self.session, &self.drafts, filter, self.view.shown)
    }

    /// The question about this tab. `local` and `remote` are those that the next session gets.
    fn inquiry(&self, cx: UiContext<'_>, local: Option<Peer>, remote: Option<Remote>) -> Inquiry {
        let (kind, session) = (self.session_kind(), &self.session);
        let asked = session.question().filter(|_| !session.is_closed());
        let known = asked.and_then(|question| question.to()).map(Endpoint::from);
        let typed = match kind.role() {
            // A target that only stands in its field, and was sent nothing, explains nothing.
            SessionRole::Datagrams | SessionRole::Server => None,
            SessionRole::Client | SessionRole::Relay => remote,
        };
        let typed = typed.and_then(|remote| match remote {
            Remote::Endpoint(endpoint) => Some(endpoint),
            Remote::Named(_) => None,
        });
        let local = session.local().or(local);
        let from = self.panels.doctor.sender.endpoint(cx.interfaces);
        let from = from.ok().flatten().filter(|_| self.waits());
        let to = known.or(typed);
        Inquiry {
            transport: match kind.is_stream() {
                true => Transport::Tcp,
                false => Transport::Udp,
            },
            local: local.and_then(Peer::address),
            // A session of datagrams waits for who is named, whomever it sent to.
            to: to.filter(|_| from.is_none() || kind.role() != SessionRole::Datagrams),
            from,
            facts: session.facts(cx.now, self.settings_in_question(cx)),
        }
    }

    /// The settings that decide what goes and what is shown.
    fn settings_in_question(&self, cx: UiContext<'_>) -> SessionSettings {
        let send = &self.drafts.send;
        let charset = send.charset(cx, &self.session, &self.drafts.receive.read_as);
        SessionSettings {
            // Sessions allow broadcasts by themselves when they send one.
            broadcast: Some(true),
            is_impaired: self.drafts.bad_network.on,
            hidden_rows: self.hidden_rows(),
            encoding: charset.name().to_owned(),
            line_end: send.composition.ending.name().to_owned(),
            ..SessionSettings::default()
        }
    }

    /// The rows that the filter and the switches hide. Rows that are gathered into messages are not
    /// hidden.
    fn hidden_rows(&self) -> u64 {
        let sought = self.search.sought(self.search_box.only);
        let filters = sought.is_some_and(|sought| sought.only);
        let shown = self.view.shown;
        let all = shown.received && shown.sent && shown.events;
        if self.view.is_by_message() || all && !filters {
            return 0;
        }
        let log = &self.session.log;
        let rows = log.count().rows();
        rows.saturating_sub(self.view.count_shown(log, sought))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::SessionKind;
    use crate::settings::TabSettings;

    fn tab(kind: SessionKind) -> Tab {
        Tab::new(0, TabSettings::of_kind(kind), 1 << 20)
    }

    #[test]
    fn files_unix_sockets_and_refused_addresses_cannot_be_asked_about() {
        let interfaces = Interfaces::default();
        let obstacle = |tab: &Tab| tab.no_subject(&interfaces);
        assert_eq!(obstacle(&tab(SessionKind::Udp)), None);
        let unix = tab(SessionKind::UnixDatagram);
        assert_eq!(obstacle(&unix), Some(NoSubject::NoAddresses));
        let mut client = tab(SessionKind::TcpClient);
        client.drafts.network.remote_host = "fe80::1".into();
        assert!(matches!(obstacle(&client), Some(NoSubject::Address(_))));
        let mut file = tab(SessionKind::Udp);
        file.file = Some("a.pcapng".into());
        assert_eq!(obstacle(&file), Some(NoSubject::File));
    }

    #[test]
    fn a_target_that_was_sent_nothing_is_not_asked_about() {
        let palette = theme::palette(&Context::default());
        let interfaces = crate::engine::Interfaces::default();
        let cx = UiContext {
            lang: crate::words::Lang::English,
            palette,
            interfaces: &interfaces,
            zone: &jiff::tz::TimeZone::UTC,
            second: 0,
            now: 0,
        };
        let mut datagrams = tab(SessionKind::Udp);
        datagrams.drafts.send.target_host = "127.0.0.1".into();
        datagrams.drafts.send.target_port = "8888".into();
        assert_eq!(datagrams.inquiry(cx, None, None).to, None);
        // Who connects asks about the address to connect to.
        let to = Endpoint::from(std::net::SocketAddr::from(([127, 0, 0, 1], 8888)));
        let remote = Some(Remote::Endpoint(to.clone()));
        let client = tab(SessionKind::TcpClient);
        assert_eq!(client.inquiry(cx, None, remote).to, Some(to));
    }
}
