//! Files that are opened: scenarios, and recordings as sessions that are only read.

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
    /// Shows what a scenario is to do, or opens a tab for what was recorded in a file.
    pub(super) fn open_file(&mut self, ctx: &Context, path: PathBuf) {
        if scenario::opens(&path) {
            self.scenario.show(ctx, &path, self.lang);
            self.dock.open = Some(Page::Open);
            return;
        }
        // The page that asked for it makes room for what is in it.
        self.dock.open = self.dock.open.filter(|page| *page != Page::Open);
        let events = importer::open(path.clone(), self.waker(ctx));
        if let Some(tab) = self.read_into_tab(ctx, events) {
            tab.file = Some(path);
        }
    }

    /// Opens a tab from which a file can be replayed.
    pub(super) fn replay_file(&mut self, path: &std::path::Path) {
        self.add_tab();
        if let Some(tab) = self.tabs.get_mut(self.active) {
            tab.drafts.send.drop_file(path);
        }
    }

    /// Opens a tab, and reads into it what comes; `None` if nothing can be read, which is
    /// told.
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
