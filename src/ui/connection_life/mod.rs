//! The page of a connection's life: a time line from the SYN to TIME_WAIT, the kernel's numbers,
//! the reads beside the messages in them, and switches that make them differ.

mod numbers;
mod sampler;
mod strip;
mod switches;
mod timeline;
mod words;

use super::log_view::OnShow;
use super::{Action, UiContext, controls};
use crate::connection_id::FarSide;
use crate::engine::SessionCommand;
use crate::kind::Addresses;
use crate::session::life::{ConnectionLife, KernelWatch, Lives, MOST};
use crate::session::{Session, SessionKind};
use crate::settings::columns::TimeFormat;
use crate::settings::tab::{ImpairmentDraft, NetworkDraft};
use crate::t;
use crate::traffic::framing::Framing;
use crate::traffic::{LogUnit, Micros};
use egui::{ComboBox, Label, RichText, Ui};
use sampler::Sampler;
use strip::ReadChoice;
use switches::Switches;

/// The settings of the tab that the page shows and changes.
pub struct LifeAbout<'a> {
    pub network: &'a mut NetworkDraft,
    pub bad: &'a mut ImpairmentDraft,
    /// The lines of the log.
    pub unit: &'a mut LogUnit,
    /// How received bytes are cut into messages.
    pub framing: Option<Framing>,
    /// The kind of the session, or of the next one.
    pub kind: SessionKind,
    /// Whether the tab shows a file: the kernel has none of its connections.
    pub is_file: bool,
}

/// The state of the page.
#[derive(Debug, Default)]
pub struct LifePanel {
    lives: Lives,
    kernel: KernelWatch,
    sampler: Sampler,
    reads: ReadChoice,
    /// The connection on show; `None` is the newest one.
    chosen: Option<LifeKey>,
    /// What the sockets of the open session have as TCP_NODELAY.
    nodelay: Option<bool>,
}

/// A connection without a number is told apart by its beginning.
type LifeKey = (FarSide, Micros);

fn key(life: &ConnectionLife) -> LifeKey {
    (life.far(), life.began())
}

impl LifePanel {
    /// The command that gives the open session the chosen TCP_NODELAY, if it changed.
    pub fn sync(&mut self, draft: &NetworkDraft, session: &Session) -> Option<SessionCommand> {
        if session.is_closed() {
            self.nodelay = None;
            return None;
        }
        // It was opened with that of the draft.
        let before = self.nodelay.replace(draft.nodelay);
        let has_changed = before.is_some_and(|before| before != draft.nodelay);
        has_changed.then_some(SessionCommand::NoDelay(draft.nodelay))
    }

    /// The rows have other numbers now: the log was cleared, or had back.
    pub fn forget_rows(&mut self) {
        self.lives.forget();
        self.chosen = None;
    }

    /// The page. A click on an event or a read goes to its row.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        about: LifeAbout<'_>,
        shown: &mut OnShow<'_>,
    ) -> Option<Action> {
        let session = shown.session;
        let is_tcp = about.kind.is_stream() && about.kind.addresses() == Addresses::Internet;
        let is_there = match about.is_file {
            true => session.is_stream(),
            false => is_tcp,
        };
        if !is_there {
            dim(ui, cx, t!(cx.lang, "life.only_tcp"));
            return None;
        }
        self.follow(ui, cx, &about, session);
        let id = self.shown().and_then(|life| life.far().connection);
        let row = match self.shown().is_some() {
            true => self.life_ui(ui, cx, about.unit),
            false => {
                dim(ui, cx, t!(cx.lang, "life.none"));
                None
            }
        };
        if let Some(row) = row {
            shown.go_to_row(row);
            ui.ctx().request_repaint();
        }
        if about.is_file {
            return None;
        }
        let switches = Switches {
            network: about.network,
            bad: about.bad,
            kind: about.kind,
        };
        switches.ui(ui, cx, shown.session, id)
    }

    fn follow(&mut self, ui: &Ui, cx: UiContext<'_>, about: &LifeAbout<'_>, session: &Session) {
        if self.lives.follow(&session.log, about.framing.as_ref()) {
            ui.ctx().request_repaint();
        }
        if about.is_file {
            return;
        }
        self.sampler.follow(&mut self.kernel, cx);
        let known = (session.log.rows().end, self.kernel.next());
        self.sampler.ask(ui.ctx(), cx, &self.lives, known);
    }

    /// The connection on show.
    fn shown(&self) -> Option<&ConnectionLife> {
        let chosen = self
            .chosen
            .and_then(|chosen| self.lives.all().find(|life| key(life) == chosen));
        chosen.or(self.lives.all().next_back())
    }

    /// The connection on show. Returns the row to go to.
    fn life_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, unit: &mut LogUnit) -> Option<u64> {
        self.choice_ui(ui, cx);
        let mut reads = std::mem::take(&mut self.reads);
        let row = self.shown().and_then(|life| {
            let view = self.kernel.of(life);
            let unknown = (self.kernel.unseen(), self.sampler.failure());
            numbers::ui(ui, cx, view, unknown);
            let at_event = timeline::ui(ui, cx, life, view);
            let at_read = reads.ui(ui, cx, life.reads(), unit);
            at_event.or(at_read)
        });
        self.reads = reads;
        row
    }

    /// Which connection is on show, where there are several.
    fn choice_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let Some(life) = self.shown() else {
            return;
        };
        let (present, title) = (key(life), words::title(cx, life));
        let mut now = present;
        let name = t!(cx.lang, "life.connection");
        let combo = ComboBox::from_id_salt("connection of the life")
            .icon(controls::combo_arrow)
            .selected_text(&title)
            .truncate()
            .width(ui.available_width())
            .height(300.0)
            .show_ui(ui, |ui| {
                for life in self.lives.all().rev() {
                    let began = cx.time(life.began(), TimeFormat::Millis);
                    let text = format!("{} · {began}", words::title(cx, life));
                    controls::item_of(ui, &mut now, key(life), text);
                }
                controls::close_when_chosen(ui);
            });
        controls::drop_down(ui, combo.response, &name);
        if now != present {
            self.chosen = Some(now);
            ui.ctx().request_repaint();
        }
        if self.lives.is_crowded() {
            dim(ui, cx, t!(cx.lang, "life.crowded", most = MOST));
        }
    }
}

fn dim(ui: &mut Ui, cx: UiContext<'_>, text: String) {
    let words = RichText::new(text).color(cx.palette.dim);
    ui.add(Label::new(words).wrap());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Event, Setup};
    use crate::peer::Peer;
    use crate::traffic::{ChunkBuilder, Notice};
    use std::sync::Arc;

    #[test]
    fn nodelay_is_sent_to_an_open_session_when_it_changes() {
        let mut panel = LifePanel::default();
        let mut draft = NetworkDraft::default();
        let mut session = Session::default();
        draft.nodelay = false;
        assert!(panel.sync(&draft, &session).is_none(), "it is closed");
        let local = Peer::from(([127, 0, 0, 1], 9));
        session.opening(&Setup::bound(SessionKind::TcpServer, local));
        let mut chunk = ChunkBuilder::default();
        chunk.notice(0, Notice::Listening { local });
        session.apply(Event::Rows(Arc::new(chunk.finish())));
        assert!(panel.sync(&draft, &session).is_none(), "it opened so");
        draft.nodelay = true;
        let sent = panel.sync(&draft, &session);
        assert!(matches!(sent, Some(SessionCommand::NoDelay(true))));
        assert!(panel.sync(&draft, &session).is_none());
    }
}
