//! The saving of settings: when it happens, and how its failure is shown.

use super::{App, Banner, Tab};
use crate::settings::{SaveProblem, Settings, Store};
use egui::Context;
use std::time::Duration;

/// The delay between the first input since the last save and the next save, in seconds.
const SAVE_AFTER: f64 = 1.0;
/// The interval at which a running save is polled.
const LOOK: Duration = Duration::from_millis(100);

impl App {
    /// The current settings, to be saved.
    fn settings(&self) -> Settings {
        // A file is not reopened at the next start.
        let is_kept = |tab: &&Tab| tab.file.is_none();
        let kept = self.tabs.iter().filter(is_kept);
        let active = self.tabs.iter().take(self.active).filter(is_kept);
        Settings {
            lang: self.lang_chosen.then_some(self.lang),
            theme: self.theme,
            window: self.window,
            place: self.place,
            preferences: self.preferences.clone(),
            active: active.count(),
            tabs: kept.map(|tab| tab.drafts.clone()).collect(),
            library: self.library.clone(),
            dock: self.dock,
            columns: self.columns,
            course: self.progress.clone(),
            ..self.saved.clone()
        }
    }

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

    /// Saves [`SAVE_AFTER`] seconds after an input that may have changed a setting.
    pub(super) fn save_when_due(&mut self, ctx: &Context) {
        let (now, active) = ctx.input(|input| (input.time, !input.events.is_empty()));
        if self.save_due.is_some_and(|due| now >= due) {
            self.save_due = None;
            self.save();
        }
        if active {
            self.save_due.get_or_insert(now + SAVE_AFTER);
        }
        // Requested in every frame until then: a frame for another reason replaces the requested
        // one.
        if let Some(due) = self.save_due {
            ctx.request_repaint_after(Duration::from_secs_f64((due - now).max(0.0) + 0.05));
        }
        // The save runs on a thread. Requested in every frame until it ends, as above.
        if self.store.as_ref().is_some_and(Store::is_saving) {
            ctx.request_repaint_after(LOOK);
        }
        match self.store.as_ref().and_then(Store::problem) {
            Some(SaveProblem::NotSaved(error)) => {
                self.banner = Some(Banner::NotSaved(error));
                // This frame is already drawn.
                ctx.request_repaint();
                // The next save is tried even without a change.
                self.unsaved = true;
            }
            Some(SaveProblem::SetAside(aside)) => {
                self.banner = Some(Banner::SetAsideMeanwhile(aside));
                ctx.request_repaint();
            }
            None => {}
        }
    }

    /// Waits for the last save. A failure is printed to the standard error, because the window is
    /// gone.
    pub(super) fn end_saving(&mut self) {
        let Some(store) = self.store.take() else {
            return;
        };
        let file = store.file().to_owned();
        let message = match store.end() {
            Some(SaveProblem::NotSaved(error)) => self.not_saved_text(&file, &error),
            Some(SaveProblem::SetAside(aside)) => {
                crate::explain::set_aside_meanwhile(self.lang, &aside)
            }
            None => return,
        };
        crate::stderr::line(&format!("netpeer: {message}"));
    }
}

#[cfg(test)]
pub(super) mod tests;
