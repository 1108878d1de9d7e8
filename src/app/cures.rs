//! The cures that the doctor offers for the active tab.

use super::App;
use super::tab::Tab;
use crate::connection_id::FarSide;
use crate::engine::{Command, GroupCommand, Interfaces};
use crate::explain::doctor::Cure;
use crate::payload::charset::Charset;
use crate::payload::composition::TextFormat;
use crate::payload::message::{LineEnding, Message};
use crate::peer::Peer;
use crate::session::SessionRole;
use crate::settings::tab::{GroupFault, SendSource};
use crate::traffic::{RecordKind, ViewOptions};
use crate::ui::UiContext;
use crate::ui::doctor::Cured;
use egui::Context;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Among how many of the newest rows the last message is looked for, once, when a cure is carried
/// out.
const LOOKED_AT: usize = 4_096;

impl App {
    /// Carries out a cure in the active tab.
    pub(super) fn cure(&mut self, ctx: &Context, cure: Cure) {
        let Some(tab) = self.tabs.get_mut(self.active) else {
            return;
        };
        let before = tab.asked_about();
        let mut fault = None;
        let mut reopens = false;
        match &cure {
            Cure::BindTo(address) => {
                tab.bind_to(*address, &self.interfaces);
                reopens = true;
            }
            Cure::SendTo(address) => reopens = tab.send_to(*address, &self.interfaces),
            Cure::JoinGroup(group) => fault = tab.join(*group, &self.interfaces).err(),
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
                let known = LineEnding::named(name);
                let ending = &mut tab.drafts.send.composition.ending;
                *ending = known.unwrap_or(*ending);
            }
            Cure::Checksum { checksum, wrong } => {
                tab.drafts.send.composition.append(*checksum, wrong);
            }
            Cure::SendAsHex => {
                tab.drafts.send.source = SendSource::Typed;
                tab.drafts.send.composition.format = TextFormat::Hex;
            }
            Cure::Escapes => {
                tab.drafts.send.source = SendSource::Typed;
                tab.drafts.send.composition.format = TextFormat::Text;
                tab.drafts.send.composition.escapes = true;
            }
            Cure::CopyCommand(command) => ctx.copy_text(command.clone()),
            // They have no button: sessions allow broadcasts by themselves, and have no setting of
            // the time to live.
            Cure::AllowBroadcast | Cure::SetTtl(_) => return,
        }
        let cured = Cured::new(cure, before, reopens).refused(fault);
        tab.panels.doctor.cured = Some(cured.after_message(tab.last_sent()));
        if reopens {
            self.open_again(ctx);
        }
    }

    /// Opens the active tab anew after a cure that left it open.
    pub(super) fn open_cured(&mut self, ctx: &Context) {
        let tab = self.tabs.get_mut(self.active);
        if let Some(cured) = tab.and_then(|tab| tab.panels.doctor.cured.as_mut()) {
            cured.set_reopens();
            self.open_again(ctx);
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
    ///
    /// # Errors
    /// Why this socket cannot join it there.
    fn join(&mut self, group: IpAddr, interfaces: &Interfaces) -> Result<(), GroupFault> {
        let groups = &mut self.drafts.groups;
        groups.address = group.to_string();
        let local = self.session.local().and_then(Peer::address);
        let joined = groups.group(interfaces, local)?;
        self.command(GroupCommand::Join {
            group: joined.group,
            interface: joined.interface,
        });
        Ok(())
    }

    /// The bytes of the message that was sent last, if it is among the newest rows.
    fn last_sent(&self) -> Option<Arc<[u8]>> {
        let log = &self.session.log;
        let mut newest = log.rows().rev().take(LOOKED_AT);
        newest.find_map(|row| {
            let record = log.get(row)?;
            (record.kind() == RecordKind::Sent).then(|| Arc::from(record.bytes()))
        })
    }

    /// The command that sends the message before a cure again, as the settings are now; `None`
    /// where that is not possible. It is asked for in every frame, and looks at no rows.
    pub(super) fn resend(&self, cx: UiContext<'_>) -> Option<Command> {
        let sent = self.panels.doctor.cured.as_ref()?.message()?;
        let (session, draft) = (&self.session, &self.drafts.send);
        let message = match self.panels.doctor.has_rewritten() {
            false => Message::from(Arc::clone(sent)),
            true => {
                let composition = &draft.composition;
                let is_typed = draft.source == SendSource::Typed && !composition.text.is_empty();
                let charset = draft.charset(cx, session, &self.drafts.receive.read_as);
                composition.message(charset).ok().filter(|_| is_typed)?
            }
        };
        draft.once(cx, session, message).ok()
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
    use crate::engine::Event;
    use crate::kind::SessionKind;
    use crate::settings::TabSettings;
    use crate::traffic::{Arrival, ChunkBuilder};

    fn tab(kind: SessionKind) -> Tab {
        Tab::new(0, TabSettings::of_kind(kind), 1 << 20)
    }

    #[test]
    fn the_last_message_is_found_behind_what_was_received_after_it() {
        let mut tab = tab(SessionKind::Udp);
        assert_eq!(tab.last_sent(), None);
        let peer = Peer::from(([127, 0, 0, 1], 7));
        let mut chunk = ChunkBuilder::default();
        chunk.sent(0, peer, b"first");
        chunk.sent(1, peer, b"second");
        chunk.received(2, peer, b"answer", Arrival::default());
        tab.session.apply(Event::Rows(Arc::new(chunk.finish())));
        assert_eq!(tab.last_sent().as_deref(), Some(&b"second"[..]));
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
}
