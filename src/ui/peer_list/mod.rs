//! The peers of a session: the connections of a server or a relay, or who sent datagrams lately.

mod entry;
mod held;
mod menu;
mod row;

use super::peer_sign::PeerSign;
use super::{Action, UiContext, controls, theme};
use crate::connection_id::FarSide;
use crate::engine::{Command, Remote};
use crate::peer::Peer;
use crate::session::{Session, SessionKind, SessionRole};
use crate::settings::tab::SendDraft;
use crate::t;
use egui::{Pos2, Rect, RichText, ScrollArea, Ui, vec2};
use entry::PeerEntry;
use menu::PeerMenuChoice;
use row::PeerRow;

/// The height of a line.
const ROW: f32 = 22.0;
/// The lines that are in sight at least, and at most.
const LEAST: f32 = 3.0 * ROW;
const MAX: f32 = 12.0 * ROW;
/// The room of the scroll bar.
const BAR: f32 = 8.0;

pub struct PeerList<'a> {
    pub session: &'a Session,
    /// The kind of the session, or of the next one.
    pub kind: SessionKind,
    pub send: &'a mut SendDraft,
}

/// Whether sessions of this kind have such a list.
pub fn is_for(kind: SessionKind) -> bool {
    kind.role() != SessionRole::Client
}

/// The height of the lines where there is room for `room` points of them.
pub fn height(session: &Session, room: f32) -> f32 {
    let all = entry::count(session) as f32 * ROW;
    all.min(room.clamp(LEAST, MAX))
}

impl PeerList<'_> {
    /// Shows the list with its lines in `room` points.
    pub fn ui(self, ui: &mut Ui, cx: UiContext<'_>, room: f32) -> Option<Action> {
        let (heading, nobody) = match self.kind.role() {
            SessionRole::Datagrams if self.has_received() => {
                ("peers.senders", "peers.no_new_sender")
            }
            SessionRole::Datagrams => ("peers.senders", "peers.no_sender"),
            // A client of a UDP relay is known by what was relayed.
            SessionRole::Relay if !self.kind.is_stream() => {
                ("peers.connections", "peers.nothing_relayed")
            }
            SessionRole::Client | SessionRole::Server | SessionRole::Relay => {
                ("peers.connections", "peers.no_client")
            }
        };
        let count = entry::count(self.session);
        let heading = t!(cx.lang, heading);
        let heading = match count {
            0 => heading,
            count => format!("{heading}{}", entry::count_words(cx, self.session, count)),
        };
        controls::heading(ui, &heading, cx.palette);
        if count == 0 {
            let nobody = RichText::new(t!(cx.lang, nobody));
            ui.label(nobody.font(theme::small()).color(cx.palette.dim));
            return None;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.kind.role() == SessionRole::Server {
            let name = t!(cx.lang, "peers.all");
            let rect = ui.available_rect_before_wrap();
            let rect = Rect::from_min_size(rect.min, vec2(rect.width(), ROW));
            ui.allocate_rect(rect, egui::Sense::hover());
            if row::all_ui(ui, cx, rect, &name, self.send.connection.is_none()) {
                self.send.connection = None;
            }
        }
        let asked = self.lines_ui(ui, cx, height(self.session, room));
        asked.and_then(|(entry, choice)| act(entry, choice))
    }

    /// Whether anything arrived, in this run or in the one that a restored log is of.
    fn has_received(&self) -> bool {
        let session = self.session;
        session.totals.received.records > 0 || session.log.total().received > 0
    }

    /// The lines in sight; each has one more beside it, which the keys can go to.
    fn lines_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        height: f32,
    ) -> Option<(PeerEntry, PeerMenuChoice)> {
        let count = entry::count(self.session);
        let target = self.target(cx);
        let lines = ScrollArea::vertical()
            .id_salt("peers")
            .max_height(height)
            .min_scrolled_height(height)
            // The next line is drawn before the keys go there.
            .animated(false)
            .auto_shrink([false, true]);
        let shown = lines.show_viewport(ui, |ui, viewport| {
            ui.set_height(ROW * count as f32);
            let area = ui.max_rect();
            let bar = if height < ROW * count as f32 {
                BAR
            } else {
                0.0
            };
            let size = vec2(area.width() - bar, ROW);
            let first = ((viewport.min.y / ROW) as usize).saturating_sub(1);
            let end = (viewport.max.y / ROW).ceil() as usize + 1;
            let mut asked = None;
            for (at, entry) in (first..).zip(held::entries(ui, self.session, first..end)) {
                let place = Pos2::new(area.left(), area.top() + at as f32 * ROW);
                let row = PeerRow {
                    sign: PeerSign::of(self.session, entry.far.peer),
                    entry,
                    kind: self.kind,
                    is_target: target == Some(entry.far),
                };
                let choice = row.ui(ui, cx, Rect::from_min_size(place, size));
                asked = asked.or(choice.map(|choice| (entry, choice)));
            }
            asked
        });
        shown.inner
    }

    /// The current target, if it is in the list.
    fn target(&self, cx: UiContext<'_>) -> Option<FarSide> {
        match self.kind.role() {
            SessionRole::Server => {
                let chosen = self.send.connection?;
                Some((chosen.peer, chosen.id).into())
            }
            SessionRole::Datagrams => {
                let to = self.send.destination(cx.interfaces, self.kind).ok()?;
                Some(match to {
                    Remote::Endpoint(endpoint) => Peer::from(endpoint.address()?).into(),
                    Remote::Named(name) => Peer::Named(name).into(),
                })
            }
            SessionRole::Client | SessionRole::Relay => None,
        }
    }
}

fn act(entry: PeerEntry, choice: PeerMenuChoice) -> Option<Action> {
    match choice {
        PeerMenuChoice::Target => Some(Action::SetTarget(entry.far)),
        PeerMenuChoice::Command(command) => {
            let id = entry.far.connection?;
            Some(Action::Worker(Command::Connection(id, command)))
        }
        PeerMenuChoice::Filter => Some(Action::FilterPeer(entry.far.peer)),
    }
}
