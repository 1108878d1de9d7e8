//! When settings are saved.

use super::{App, Banner};
use crate::settings::{Problem, Store};
use egui::Context;
use std::time::Duration;

/// How long after the last input changed settings are saved, in seconds.
const SAVE_AFTER: f64 = 1.0;

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
            // The disk answers later; look for a problem then.
            ctx.request_repaint_after(Duration::from_millis(500));
        }
        if active {
            self.save_due.get_or_insert(now + SAVE_AFTER);
        }
        // Asked for in every frame until then: a frame that comes for another reason
        // takes the place of the one asked for.
        if let Some(due) = self.save_due {
            ctx.request_repaint_after(Duration::from_secs_f64((due - now).max(0.0) + 0.05));
        }
        match self.store.as_ref().and_then(Store::problem) {
            Some(Problem::NotSaved(error)) => {
                self.banner = Some(Banner::NotSaved(error));
                // The next save is tried whether or not anything changed.
                self.unsaved = true;
            }
            Some(Problem::SetAside(aside)) => self.banner = Some(Banner::SetAside(aside)),
            None => {}
        }
    }
}
