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
use std::path::{Path, PathBuf};

/// Why a file is not opened, or not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRefusal {
    /// It is a folder, or not a regular file.
    NoFile,
    /// It cannot be read.
    Unreadable,
    /// The session is a relay, which sends no data of its own.
    Relay,
    /// Another scenario is played, and continues.
    ScenarioPlays,
    /// A check runs, and continues.
    ExerciseRuns,
    /// Its page shows another file that was given with it.
    OneAtATime,
}

/// Files that are opened together.
#[derive(Default)]
pub(super) struct OpenedTogether {
    /// The pages that show one of them.
    pages: Vec<Page>,
    pub(super) refused: Vec<(PathBuf, FileRefusal)>,
}

impl App {
    /// Opens files that were given together: every capture, the first scenario and the first
    /// exercise. The banner names the others.
    pub fn open_files(&mut self, ctx: &Context, paths: Vec<PathBuf>) {
        let mut together = OpenedTogether::default();
        for path in paths {
            self.open_next(ctx, path, &mut together);
        }
        self.report_not_taken(together.refused, 0);
    }

    /// Shows an exercise of the course, or the steps of a scenario, or opens a capture file in a
    /// new tab.
    pub(super) fn open_next(
        &mut self,
        ctx: &Context,
        path: PathBuf,
        together: &mut OpenedTogether,
    ) {
        let Some(page) = page_of(&path) else {
            // The page closes so that the content of the file has its space.
            let closes = |page: &Page| *page == Page::Open && !together.pages.contains(page);
            self.dock.open = self.dock.open.filter(|page| !closes(page));
            let events = importer::open(path.clone(), self.waker(ctx));
            if let Some(tab) = self.read_into_tab(ctx, events) {
                tab.file = Some(path);
            }
            return;
        };
        self.dock.open = Some(page);
        let shown = match together.pages.contains(&page) {
            true => Err(FileRefusal::OneAtATime),
            false => self.show_on(ctx, page, &path),
        };
        match shown {
            Ok(()) => together.pages.push(page),
            Err(refusal) => together.refused.push((path, refusal)),
        }
    }

    /// Shows an exercise or a scenario on its page, unless the one there runs: it would end with
    /// its programs.
    fn show_on(&mut self, ctx: &Context, page: Page, path: &Path) -> Result<(), FileRefusal> {
        if page == Page::Course {
            return match self.course.open_file(ctx, path, self.lang) {
                true => Ok(()),
                false => Err(FileRefusal::ExerciseRuns),
            };
        }
        if self.scenario.is_playing() {
            return Err(FileRefusal::ScenarioPlays);
        }
        self.scenario.show(ctx, path, self.lang);
        Ok(())
    }

    /// Names the files that were not taken, and counts usable ones that were `left` out.
    pub(super) fn report_not_taken(&mut self, refused: Vec<(PathBuf, FileRefusal)>, left: usize) {
        if !refused.is_empty() || left > 0 {
            self.banner = Some(Banner::NotTaken { refused, left });
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

/// The page that shows this file; `None` for a capture file, which is a tab.
fn page_of(path: &Path) -> Option<Page> {
    if scenario::is_exercise(path) {
        return Some(Page::Course);
    }
    scenario::opens(path).then_some(Page::Open)
}

#[cfg(test)]
mod tests;
