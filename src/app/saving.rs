//! When settings are saved.

use super::{App, Banner};
use crate::settings::{SaveProblem, Store};
use egui::Context;
use std::time::Duration;

/// How long after the last input changed settings are saved, in seconds.
const SAVE_AFTER: f64 = 1.0;
/// How often it is looked whether a save is over.
const LOOK: Duration = Duration::from_millis(100);

impl App {
    pub(super) fn save(&mut self) {
        let settings = self.settings();
        if (settings != self.saved || self.unsaved)
            && let Some(store) = &self.store
        {
            store.save(settings.clone());
            self.saved = settings;
            self.unsaved = false;
        }
    }

    /// Saves a while after the last input that may have changed something.
    pub(super) fn save_when_due(&mut self, ctx: &Context) {
        let (now, active) = ctx.input(|input| (input.time, !input.events.is_empty()));
        if self.save_due.is_some_and(|due| now >= due) {
            self.save_due = None;
            self.save();
        }
        if active {
            self.save_due.get_or_insert(now + SAVE_AFTER);
        }
        // Asked for in every frame until then: a frame that comes for another reason
        // takes the place of the one asked for.
        if let Some(due) = self.save_due {
            ctx.request_repaint_after(Duration::from_secs_f64((due - now).max(0.0) + 0.05));
        }
        // The disk answers later. Asked for in every frame until then, as above.
        if self.store.as_ref().is_some_and(Store::is_saving) {
            ctx.request_repaint_after(LOOK);
        }
        match self.store.as_ref().and_then(Store::problem) {
            Some(SaveProblem::NotSaved(error)) => {
                self.banner = Some(Banner::NotSaved(error));
                // The frame is drawn already.
                ctx.request_repaint();
                // The next save is tried whether or not anything changed.
                self.unsaved = true;
            }
            Some(SaveProblem::SetAside(aside)) => {
                self.banner = Some(Banner::SetAside(aside));
                ctx.request_repaint();
            }
            None => {}
        }
    }

    /// Waits for the last save. No window is left to tell of what it came to: the terminal
    /// that the program was started from may be.
    pub(super) fn end_saving(&mut self) {
        let Some(store) = self.store.take() else {
            return;
        };
        let file = store.file().to_owned();
        let said = match store.end() {
            Some(SaveProblem::NotSaved(error)) => self.not_saved_text(&file, &error),
            Some(SaveProblem::SetAside(aside)) => crate::explain::set_aside(self.lang, &aside),
            None => return,
        };
        crate::stderr::line(&format!("netpeer: {said}"));
    }
}
