//! Questions to the doctor about the active tab, and the cures that it offers.

use super::App;
use super::tab::Tab;
use crate::connection_id::FarSide;
use crate::engine::evidence::{Permission, SessionSettings, Transport};
use crate::engine::{Endpoint, GroupCommand, Interfaces, Remote};
use crate::explain::doctor::{Cure, Situation};
use crate::kind::Addresses;
use crate::payload::charset::Charset;
use crate::payload::message::LineEnding;
use crate::peer::Peer;
use crate::session::SessionRole;
use crate::settings::dock::Page;
use crate::traffic::ViewOptions;
use crate::ui::doctor::{Inquiry, NoSubject};
use crate::ui::{UiContext, theme};
use egui::Context;
use std::net::{IpAddr, SocketAddr};

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
        if tab.no_subject().is_some() {
            return;
        }
        let setup = tab.drafts.network.setup(cx.interfaces, terms).ok();
        let local = setup.as_ref().and_then(|setup| setup.local);
        let remote = setup.and_then(|setup| setup.remote);
        let inquiry = tab.inquiry(cx, local, remote);
        tab.panels.doctor.ask(ctx, inquiry, permission);
    }

    /// Shows an entry of the catalogue.
    pub(super) fn show_entry(&mut self, situation: Situation) {
        self.show_page(Page::Diagnose);
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.panels.doctor.show_entry(situation);
        }
    }

    /// Carries out a cure in the active tab.
    pub(super) fn cure(&mut self, ctx: &Context, cure: Cure) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        match cure {
            Cure::BindTo(address) => {
                tab.bind_to(address, &self.interfaces);
                self.open_again(ctx);
            }
            Cure::SendTo(address) => {
                if tab.send_to(address, &self.interfaces) {
                    self.open_again(ctx);
                }
            }
            Cure::JoinGroup(group) => tab.join(group, &self.interfaces),
            Cure::ClearFilter => {
                tab.search_box.text.clear();
                tab.view.shown = ViewOptions {
                    received: true,
                    sent: true,
                    events: true,
                    ..tab.view.shown
                };
            }
            Cure::StopSimulation => tab.drafts.bad_network.on = false,
            Cure::Encoding(name) => {
                let known = Charset::ALL.into_iter().find(|known| known.name() == name);
                tab.drafts.send.charset = known.or(tab.drafts.send.charset);
            }
            Cure::LineEnd(name) => {
                let known = LineEnding::named(&name);
                let ending = &mut tab.drafts.send.composition.ending;
                *ending = known.unwrap_or(*ending);
            }
            Cure::CopyCommand(command) => ctx.copy_text(command),
            // They have no button: sessions allow broadcasts by themselves, and have no setting of
            // the time to live.
            Cure::AllowBroadcast | Cure::SetTtl(_) => {}
        }
    }

    /// Opens the active tab with its changed addresses, after it has closed.
    fn open_again(&mut self, ctx: &Context) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        if tab.session.is_closed() {
            self.open(ctx);
        } else {
            tab.panels.doctor.reopens = true;
            tab.close();
        }
    }

    /// Opens the active tab again if a cure closed it, and it has closed by now.
    pub(super) fn follow_cure(&mut self, ctx: &Context) {
        let tab = self.tabs.get_mut(self.active);
        let due = tab.filter(|tab| tab.panels.doctor.reopens && tab.session.is_closed());
        if let Some(tab) = due {
            tab.panels.doctor.reopens = false;
            self.open(ctx);
        }
    }
}

impl Tab {
    /// Why there is nothing to ask about this tab.
    pub(super) fn no_subject(&self) -> Option<NoSubject> {
        match self.session_kind().addresses() {
            _ if self.file.is_some() => Some(NoSubject::File),
            Addresses::Named => Some(NoSubject::NoAddresses),
            Addresses::Internet => None,
        }
    }

    /// The question about this tab. `local` and `remote` are those that the next session gets.
    fn inquiry(&self, cx: UiContext<'_>, local: Option<Peer>, remote: Option<Remote>) -> Inquiry {
        let (kind, session) = (self.session_kind(), &self.session);
        let asked = session.question().filter(|_| !session.is_closed());
        let known = asked.and_then(|question| question.to()).map(Endpoint::from);
        let typed = match kind.role() {
            // An open session that sent nothing asks why nothing arrives: a target that only
            // stands in its field explains nothing.
            SessionRole::Datagrams if !session.is_closed() => None,
            SessionRole::Datagrams => self.drafts.send.destination(cx.interfaces, kind).ok(),
            SessionRole::Client | SessionRole::Relay => remote,
            SessionRole::Server => None,
        };
        let typed = typed.and_then(|remote| match remote {
            Remote::Endpoint(endpoint) => Some(endpoint),
            Remote::Named(_) => None,
        });
        let local = session.local().or(local);
        Inquiry {
            transport: match kind.is_stream() {
                true => Transport::Tcp,
                false => Transport::Udp,
            },
            local: local.and_then(Peer::address),
            to: known.or(typed),
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

    fn bind_to(&mut self, address: SocketAddr, interfaces: &Interfaces) {
        let network = &mut self.drafts.network;
        let (host, port) = typed(address, interfaces);
        match network.kind.role() {
            SessionRole::Client => (network.client_host, network.client_port) = (host, port),
            SessionRole::Datagrams | SessionRole::Server | SessionRole::Relay => {
                (network.local_host, network.local_port) = (host, port);
            }
        }
    }

    /// Makes an address the target. Returns whether the session has to be opened again for it.
    fn send_to(&mut self, address: SocketAddr, interfaces: &Interfaces) -> bool {
        match self.drafts.network.kind.role() {
            SessionRole::Datagrams => {
                self.drafts.send.set_target(address.into(), interfaces);
                false
            }
            SessionRole::Client | SessionRole::Relay => {
                let network = &mut self.drafts.network;
                (network.remote_host, network.remote_port) = typed(address, interfaces);
                true
            }
            SessionRole::Server => {
                let peer = Peer::from(address);
                let connection = None;
                self.set_target(FarSide { peer, connection }, interfaces);
                false
            }
        }
    }

    /// Joins a multicast group on the chosen interface.
    fn join(&mut self, group: IpAddr, interfaces: &Interfaces) {
        let groups = &mut self.drafts.groups;
        groups.address = group.to_string();
        let local = self.session.local().and_then(Peer::address);
        if let Ok(joined) = groups.group(interfaces, local) {
            self.command(GroupCommand::Join {
                group: joined.group,
                interface: joined.interface,
            });
        }
    }
}

/// The host and the port of an address, as they are typed.
fn typed(address: SocketAddr, interfaces: &Interfaces) -> (String, String) {
    let shown = interfaces.show(address);
    let host = shown
        .rsplit_once(':')
        .map_or(shown.as_str(), |(host, _)| host);
    let host = host.trim_matches(['[', ']']).to_owned();
    (host, address.port().to_string())
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
    fn an_address_is_typed_into_the_fields_of_its_kind() {
        let interfaces = Interfaces::default();
        let address: SocketAddr = "[::1]:7".parse().unwrap();
        let mut server = tab(SessionKind::TcpServer);
        server.bind_to(address, &interfaces);
        let network = &server.drafts.network;
        assert_eq!(
            (network.local_host.as_str(), network.local_port.as_str()),
            ("::1", "7")
        );
        let mut client = tab(SessionKind::TcpClient);
        assert!(client.send_to(address, &interfaces), "it connects again");
        assert_eq!(client.drafts.network.remote_host, "::1");
        let mut udp = tab(SessionKind::Udp);
        assert!(!udp.send_to(address, &interfaces));
        assert_eq!(udp.drafts.send.target_host, "::1");
    }

    #[test]
    fn files_and_unix_sockets_cannot_be_asked_about() {
        assert_eq!(tab(SessionKind::Udp).no_subject(), None);
        let unix = tab(SessionKind::UnixDatagram);
        assert_eq!(unix.no_subject(), Some(NoSubject::NoAddresses));
        let mut file = tab(SessionKind::Udp);
        file.file = Some("a.pcapng".into());
        assert_eq!(file.no_subject(), Some(NoSubject::File));
    }
}
