//! The actions on one of the peers.

use super::PeerEntry;
use crate::engine::ConnectionCommand;
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::session::{SessionKind, SessionRole};
use crate::t;
use crate::ui::{UiContext, controls};
use egui::{Button, Ui};

#[derive(Clone, Copy)]
pub(super) enum PeerMenuChoice {
    /// Send only to it.
    Target,
    Command(ConnectionCommand),
    /// Show only its rows.
    Filter,
}

impl PeerEntry {
    /// Whether it can be the target.
    pub(super) fn can_be_target(&self, kind: SessionKind) -> bool {
        let has_name = match self.far.peer {
            Peer::Ip(_) | Peer::Named(_) => true,
            Peer::Unnamed(_) => self.far.connection.is_some(),
        };
        !kind.is_relay() && !self.left && has_name
    }

    pub(super) fn menu_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        kind: SessionKind,
    ) -> Option<PeerMenuChoice> {
        let stands = self.far.connection.is_some() && !self.left;
        let is_server = kind.role() == SessionRole::Server;
        let command = PeerMenuChoice::Command;
        let items = [
            (
                !kind.is_relay(),
                self.can_be_target(kind),
                "peers.only_this",
                PeerMenuChoice::Target,
            ),
            (true, true, "peers.filter", PeerMenuChoice::Filter),
            (
                kind.is_stream(),
                stands,
                "peers.disconnect",
                command(ConnectionCommand::Disconnect),
            ),
            // Only TCP has one.
            (
                kind.is_stream() && kind.addresses() == Addresses::Internet,
                stands,
                "peers.reset",
                command(ConnectionCommand::Reset),
            ),
            // A relay forwards the ends of its peers' directions.
            (
                is_server,
                stands && !self.write_closed,
                "peers.half_close",
                command(ConnectionCommand::FinishWriting),
            ),
        ];
        let mut chosen = None;
        for (is_offered, enabled, key, choice) in items {
            let text = || t!(cx.lang, key);
            if !is_offered {
                continue;
            }
            let item = ui.add_enabled(enabled, Button::new(text()));
            let why = match (self.left, self.far.connection) {
                (true, _) => t!(cx.lang, "peers.has_left"),
                (false, Some(_)) => t!(cx.lang, "send.we_finished"),
                (false, None) => t!(cx.lang, "peers.nameless"),
            };
            if controls::unusable(ui, item, &why).clicked() {
                chosen = Some(choice);
            }
        }
        controls::close_when_chosen(ui);
        chosen
    }
}
