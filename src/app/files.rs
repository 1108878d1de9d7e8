//! Files that are opened: scenarios, and capture files as read-only sessions.

use super::tab::Tab;
use super::{App, Banner};
use crate::engine::Event;
use crate::importer;
use crate::scenario;
use crate::settings::dock::Page;
use crossbeam_channel::Receiver;
use egui::Context;
use std::io;
use std::path::PathBuf;

impl App {
    /// Shows an exercise of the course, or the steps of a scenario, or opens a capture file in a new tab.
    pub fn open_file(&mut self, ctx: &Context, path: PathBuf) {
        if scenario::is_exercise(&path) {
            self.dock.open = Some(Page::Course);
            if !self.course.open_file(ctx, &path, self.lang) {
                // It would end with its programs.
                self.banner = Some(Banner::ExerciseRuns);
            }
            return;
        }
        if scenario::opens(&path) {
            self.dock.open = Some(Page::Open);
            match self.scenario.is_playing() {
                // It would end with its programs.
                true => self.banner = Some(Banner::ScenarioPlays),
                false => self.scenario.show(ctx, &path, self.lang),
            }
            return;
        }
        // The page closes so that the content of the file has its space.
        self.dock.open = self.dock.open.filter(|page| *page != Page::Open);
        let events = importer::open(path.clone(), self.waker(ctx));
        if let Some(tab) = self.read_into_tab(ctx, events) {
            tab.file = Some(path);
        }
    }

    /// Opens a tab that is ready to replay a file.
    pub(super) fn replay_file(&mut self, path: &std::path::Path) {
        self.add_tab();
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.drafts.send.drop_file(path);
        }
    }

    /// Opens a tab and reads events into it; `None` if the reader could not be started, which the
    /// banner reports.
    pub(super) fn read_into_tab(
        &mut self,
        ctx: &Context,
        events: io::Result<Receiver<Event>>,
    ) -> Option<&mut Tab> {
        match events {
            Ok(events) => {
                self.add_tab();
                self.keep_log(ctx);
                let tab = self.tabs.get_mut(self.active)?;
                tab.replay(events, true);
                Some(tab)
            }
            Err(error) => {
                self.banner = Some(Banner::NotOpened(error));
                None
            }
        }
    }
}
