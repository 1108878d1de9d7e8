//! Where a message goes.

use super::Blocked;
use crate::connection_id::ConnectionId;
use crate::engine::{Command, ConnectionCommand, Target};
use crate::kind::Addresses;
use crate::session::{ConnectionState, Session, SessionKind, SessionRole};
use crate::settings::tab::{AddressFault, ChosenConnection, SendDraft};
use crate::t;
use crate::ui::address::normalise;
use crate::ui::controls::{self, OptionChip, TextField};
use crate::ui::{Action, UiContext, grouped, narrow, theme};
use egui::{ComboBox, RichText, Ui};

/// The width of the list of connections beside its text, in points.
const ARROW: f32 = 44.0;
/// The width of a port of five digits.
const PORT: f32 = 58.0;
/// The text of the button that ends the sending, where there is little room.
const FINISH: &str = "FIN";

impl SendDraft {
    /// The address it would go to, for a preview.
    pub(super) fn peer_words(&self, cx: UiContext<'_>, session: &Session) -> String {
        match self.target(cx, session) {
            Ok(Target::Endpoint(endpoint)) => endpoint.to_string(),
            Ok(Target::Peer(peer)) => peer.to_string(),
            Ok(Target::Connection(id)) => {
                let known = session.connections().get(&id);
                known.map_or_else(|| id.to_string(), |known| known.peer.to_string())
            }
            Ok(Target::All) | Err(_) => {
                let first = session.peers().next();
                first.map(|peer| peer.to_string()).unwrap_or_default()
            }
        }
    }

    /// Where a datagram goes.
    pub(super) fn target_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (session, addresses): (&Session, Addresses),
        blocked: Option<&Blocked>,
    ) -> Option<Action> {
        to_ui(ui, cx);
        match addresses {
            Addresses::Internet => self.endpoint_ui(ui, cx, blocked),
            Addresses::Named => self.name_ui(ui, cx, blocked),
        }
        self.source_ui(ui, cx, session)
    }

    /// The name of the Unix socket a datagram goes to.
    fn name_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, blocked: Option<&Blocked>) {
        let name = t!(cx.lang, "send.target_name");
        let width = if is_wide(ui) { 220.0 } else { 130.0 };
        let faulty = matches!(blocked, Some(Blocked::Address(AddressFault::Name(_))));
        let field = TextField::new(&mut self.target_name, &name, "/tmp/demo.sock", width);
        let wording = blocked.and_then(|blocked| blocked.explain(cx));
        let field = field.fault(wording.as_deref().filter(|_| faulty));
        let help = t!(cx.lang, "network.name_hint");
        field.show(ui, cx.palette).on_hover_text(help);
    }

    fn endpoint_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, blocked: Option<&Blocked>) {
        let name = t!(cx.lang, "send.target_host");
        let width = match is_wide(ui) {
            true => 130.0,
            false if is_cramped(ui) => 86.0,
            false => 96.0,
        };
        let wording = blocked.and_then(|blocked| blocked.explain(cx));
        let faulty = matches!(blocked, Some(Blocked::Address(AddressFault::Host(_))));
        let host = TextField::new(&mut self.target_host, &name, "", width)
            .fault(wording.as_deref().filter(|_| faulty))
            .show(ui, cx.palette);
        let name = t!(cx.lang, "send.target_port");
        let faulty = matches!(blocked, Some(Blocked::Address(AddressFault::Port(_))));
        let port = TextField::new(&mut self.target_port, &name, "", PORT);
        let port = port.fault(wording.as_deref().filter(|_| faulty));
        let port = controls::captioned(ui, ":", PORT, cx.palette, |ui| port.show(ui, cx.palette));
        if host.lost_focus() {
            normalise(&mut self.target_host, Some(&mut self.target_port));
        }
        if port.lost_focus() {
            normalise(&mut self.target_port, None);
        }
    }

    /// Whoever sent last as the target, once or from now on.
    fn source_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, session: &Session) -> Option<Action> {
        let mut action = None;
        let name = t!(cx.lang, "send.last_source");
        let source = session.last_source();
        let button = controls::small_if(ui, source.is_some(), "↩", &name);
        let button = button.on_hover_text(t!(cx.lang, "send.last_source_hint"));
        let why = t!(cx.lang, "peers.no_sender");
        if controls::unusable(ui, button, &why).clicked() {
            action = source.map(|source| Action::SetTarget(source.into()));
        }
        // Otherwise it stands among the options.
        if !folds_following(ui) {
            self.follows_ui(ui, cx);
        }
        action
    }

    /// Whether the target follows whoever sends.
    pub(super) fn follows_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let (name, short) = (
            t!(cx.lang, "send.follows"),
            t!(cx.lang, "send.follows_short"),
        );
        let chip = OptionChip {
            enabled: true,
            on: self.follows,
            text: &short,
            name: &name,
        };
        let follows = chip.switch(ui, cx.palette);
        if follows.clicked() {
            self.follows = !self.follows;
        }
        follows.on_hover_text(t!(cx.lang, "send.follows_hint"));
    }

    /// Which connection it goes to.
    pub(super) fn peer_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        session: &Session,
        kind: SessionKind,
    ) -> Option<Action> {
        let name = t!(cx.lang, "send.peer");
        to_ui(ui, cx);
        let everybody = match session.connections().len() {
            0 => t!(cx.lang, "send.nobody"),
            count => t!(cx.lang, "send.everybody", count = count),
        };
        let chosen = |(id, known): (&ConnectionId, &ConnectionState)| ChosenConnection {
            id: *id,
            peer: known.peer,
        };
        let first = session.connections().iter().next().map(chosen);
        let only = first.filter(|_| kind.role() == SessionRole::Client);
        let now = only.or(self.connection);
        let text = now.map_or(everybody.clone(), |to| connection_text(cx, session, to));
        let width = if is_wide(ui) { 220.0 } else { 168.0 };
        let (shown, font) = match now {
            Some(_) => narrow::address(ui.painter(), &text, width - ARROW),
            None => (text.clone(), theme::mono()),
        };
        let combo = ComboBox::from_id_salt("peer")
            .icon(controls::combo_arrow)
            .selected_text(RichText::new(&shown).font(font))
            .width(width)
            .truncate()
            .height(320.0)
            .show_ui(ui, |ui| {
                if kind.role() == SessionRole::Server {
                    controls::item_of(ui, &mut self.connection, None, everybody);
                }
                let all: Vec<ChosenConnection> = session.connections().iter().map(chosen).collect();
                egui::ScrollArea::vertical().max_height(300.0).show_rows(
                    ui,
                    theme::SMALL_BUTTON,
                    all.len(),
                    |ui, rows| {
                        for to in all.get(rows).unwrap_or_default() {
                            let text = RichText::new(connection_text(cx, session, *to));
                            let text = text.font(theme::mono());
                            controls::item_of(ui, &mut self.connection, Some(*to), text);
                        }
                    },
                );
                controls::close_when_chosen(ui);
            });
        ui.ctx()
            .accesskit_node_builder(combo.response.id, |node| node.set_value(text.as_str()));
        let combo = controls::drop_down(ui, combo.response, &name);
        if shown != text {
            combo.on_hover_text(text);
        }
        let state = now.and_then(|to| Some((to.id, session.connections().get(&to.id)?)));
        // Before a client connects, and when the connection ends, its buttons stand there too:
        // the controls behind them keep their places.
        if now.is_none() && kind.role() != SessionRole::Client {
            return None;
        }
        connection_ui(ui, cx, state, kind.role() == SessionRole::Server)
    }
}

/// Where the caption would push the last control into a second row.
pub(super) fn is_cramped(ui: &Ui) -> bool {
    ui.max_rect().width() < 620.0
}

/// Where that the target follows whoever sends is one of the folded options.
pub(super) fn folds_following(ui: &Ui) -> bool {
    ui.max_rect().width() < 540.0
}

/// The caption of the target, if there is room.
fn to_ui(ui: &mut Ui, cx: UiContext<'_>) {
    if !is_cramped(ui) {
        controls::caption(ui, &t!(cx.lang, "send.to"), 0.0, cx.palette);
    }
}

fn is_wide(ui: &Ui) -> bool {
    ui.max_rect().width() > 900.0
}

/// The peer of a connection, and a suffix that distinguishes it from others to the same peer.
fn name_of(cx: UiContext<'_>, session: &Session, to: ChosenConnection) -> String {
    let peer = cx.interfaces.show(to.peer);
    let Some(known) = session.connections().get(&to.id) else {
        return peer;
    };
    let others = || {
        let all = session.connections().iter();
        all.filter(move |(id, other)| **id != to.id && other.peer == to.peer)
    };
    match known.local {
        _ if others().next().is_none() => peer,
        Some(local) if others().all(|(_, other)| other.local != Some(local)) => {
            format!("{peer} → {}", cx.interfaces.show(local))
        }
        _ => format!("{peer} {}", to.id),
    }
}

fn connection_text(cx: UiContext<'_>, session: &Session, to: ChosenConnection) -> String {
    let address = name_of(cx, session, to);
    match session.connections().get(&to.id) {
        Some(ConnectionState { unsent, .. }) if *unsent > 0 => format!(
            "{address}  {}",
            t!(cx.lang, "send.unsent", bytes = grouped(*unsent as u64))
        ),
        Some(known) if known.write_closed => {
            format!("{address}  {}", t!(cx.lang, "send.we_finished"))
        }
        Some(known) if known.peer_finished => {
            format!("{address}  {}", t!(cx.lang, "send.peer_finished"))
        }
        _ => address,
    }
}

/// The actions on one connection besides sending, of no use while there is none: a client's
/// connection ends with its session.
fn connection_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    connection: Option<(ConnectionId, &ConnectionState)>,
    is_server: bool,
) -> Option<Action> {
    let command = |command| {
        let (id, _) = connection?;
        Some(Action::Worker(Command::Connection(id, command)))
    };
    let nobody = t!(cx.lang, "send.nobody");
    let finish = t!(cx.lang, "send.finish_writing");
    let is_open = connection.is_some_and(|(_, state)| !state.write_closed);
    let why = match connection {
        Some(_) => t!(cx.lang, "send.we_finished"),
        None => nobody.clone(),
    };
    let text = if is_wide(ui) { finish.as_str() } else { FINISH };
    let button = controls::small_if(ui, is_open, text, &finish);
    let button = controls::unusable(ui, button, &why);
    let button = button.on_hover_text(t!(cx.lang, "send.finish_writing_hint"));
    let finishes = button.clicked();
    let mut disconnects = false;
    if is_server {
        let disconnect = t!(cx.lang, "send.disconnect_peer");
        let button = controls::small_if(ui, connection.is_some(), &disconnect, &disconnect);
        disconnects = controls::unusable(ui, button, &nobody).clicked();
    }
    match (finishes, disconnects) {
        (true, _) => command(ConnectionCommand::FinishWriting),
        (false, true) => command(ConnectionCommand::Disconnect),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event;
    use crate::peer::Peer;
    use crate::traffic::ChunkBuilder;
    use std::sync::Arc;

    #[test]
    fn connections_to_the_same_peer_are_distinguished() {
        let cx = UiContext::for_tests();
        let peer = |port| Peer::from(([10, 0, 0, 9], port));
        let local = |last| Some(Peer::from(([10, 0, 0, last], 80)));
        let all = [
            (1, peer(5), local(1), "10.0.0.9:5 → 10.0.0.1:80"),
            (2, peer(5), local(2), "10.0.0.9:5 → 10.0.0.2:80"),
            (3, peer(6), local(1), "10.0.0.9:6"),
            (4, peer(7), None, "10.0.0.9:7 #4"),
            (5, peer(7), None, "10.0.0.9:7 #5"),
        ];
        let mut chunk = ChunkBuilder::default();
        for (number, peer, local, _) in all {
            chunk.joined(0, ConnectionId::read(number).unwrap(), peer, local);
        }
        let mut session = Session::default();
        session.apply(Event::Rows(Arc::new(chunk.finish())));
        for (number, peer, _, name) in all {
            let id = ConnectionId::read(number).unwrap();
            assert_eq!(name_of(cx, &session, ChosenConnection { id, peer }), name);
        }
    }
}
