//! Closing the window: by its close button, its keys, or a signal.

use super::{App, Banner};
use crate::signals::Requests;
use crate::t;
use crate::ui::controls;
use egui::{Context, ViewportCommand};

/// The state of closing the window.
pub struct WindowClose {
    /// Requests of the system to end (signals).
    requests: Option<Requests>,
    /// Whether the question is open.
    asks: bool,
    /// Whether the question is drawn for the first time, to give its button the focus.
    opens: bool,
    /// Whether the window closes without a question.
    sure: bool,
}

impl WindowClose {
    pub fn new(requests: Option<Requests>) -> Self {
        Self {
            requests,
            asks: false,
            opens: false,
            sure: false,
        }
    }
}

impl App {
    /// Closes the window when a signal asks for it, as its close button does. There is no
    /// question, because no user may be present.
    pub(super) fn end_if_asked(&mut self, ctx: &Context) {
        let Some(requests) = &self.window_close.requests else {
            return;
        };
        if let Some(died) = requests.died() {
            self.banner = Some(Banner::NoSignals(died));
        }
        if requests.asked().try_recv().is_ok() {
            self.window_close.sure = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Asks before the window closes with live sessions, exports, a scenario that is played, or a
    /// description that was edited and not saved.
    pub(super) fn ask_before_end(&mut self, ctx: &Context) {
        let live = self.tabs.iter().filter(|tab| !tab.session.is_closed());
        let (live, plays) = (live.count(), self.scenario.is_playing());
        let exports = self.tabs.iter().filter(|tab| tab.export.is_some()).count();
        let records = self
            .tabs
            .iter()
            .filter(|tab| tab.session.recording().is_some());
        let records = records.count();
        let edits = self.editor.is_changed();
        let closes = ctx.input(|input| input.viewport().close_requested());
        if closes && !self.window_close.sure && (live > 0 || plays || exports > 0 || edits) {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            (self.window_close.asks, self.window_close.opens) = (true, true);
        }
        let mut open = self.window_close.asks;
        let title = t!(self.lang, "ending.title");
        let answer = controls::window(ctx, "ending", (&title, true), &mut open, 340.0, |ui| {
            if live > 0 {
                ui.label(t!(self.lang, "ending.live", count = live));
            }
            if plays {
                ui.label(t!(self.lang, "ending.plays"));
            }
            if exports > 0 {
                ui.label(t!(self.lang, "ending.exports", count = exports));
            }
            if edits {
                ui.label(t!(self.lang, "ending.edits"));
            }
            if records > 0 {
                ui.label(t!(self.lang, "ending.records", count = records));
            }
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let (end, stay) = (t!(self.lang, "ending.end"), t!(self.lang, "ending.stay"));
                let ends = controls::small(ui, &end, &end).clicked();
                let stay = controls::small(ui, &stay, &stay);
                if std::mem::take(&mut self.window_close.opens) {
                    stay.request_focus();
                }
                (ends, stay.clicked())
            })
            .inner
        });
        let (ends, stays) = answer.unwrap_or_default();
        let asked = std::mem::replace(&mut self.window_close.asks, open && !stays && !ends);
        if asked && !self.window_close.asks {
            // A closed question is no longer in front once it was not drawn.
            ctx.request_repaint();
        }
        if ends {
            self.window_close.sure = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }
}
