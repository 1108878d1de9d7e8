//! Saving values as CSV.

use super::path_field::{FileDialogKind, PathField};
use super::{UiContext, controls, grouped, theme};
use crate::capture::points::EXTENSION;
use crate::disk::Existing;
use crate::jobs::{Job, Running};
use crate::settings::tab::WrittenPath;
use crate::{explain, t};
use egui::{Label, RichText, Ui};
use std::io;
use std::path::{Path, PathBuf};

/// The file, and the job that writes it.
#[derive(Debug, Default)]
pub struct CsvFile {
    path: WrittenPath,
    field: PathField,
    replaces: bool,
    job: Option<Job<Option<u64>>>,
    /// The outcome of the last one, and whether it failed.
    message: Option<(String, bool)>,
}

/// The keys of its words.
#[derive(Clone, Copy, Debug)]
pub struct CsvWords {
    pub path: &'static str,
    pub save: &'static str,
    pub saving: &'static str,
    /// With the number of lines.
    pub saved: &'static str,
}

impl CsvFile {
    /// Shows the file and the button. `values` gives what writes the file, on a thread of its own,
    /// and returns the number of lines; `None` if it was cancelled.
    pub fn ui<W>(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        words: CsvWords,
        values: impl FnOnce() -> W,
    ) where
        W: FnOnce((&Path, Existing), &Running) -> io::Result<Option<u64>> + Send + 'static,
    {
        self.follow(cx, words);
        let name = t!(cx.lang, words.path);
        let is_wrong = self.message.as_ref().is_some_and(|(_, failed)| *failed);
        self.field.mark(is_wrong);
        let kind = FileDialogKind::Save;
        let entered = self.field.ui(ui, cx, &mut self.path, (&name, kind));
        let (text, font) = (t!(cx.lang, "export.replaces"), theme::body());
        controls::check(ui, &mut self.replaces, &text, "", font, cx.palette);
        let save = t!(cx.lang, words.save);
        let ready = self.path.path().is_some() && self.job.is_none();
        let button = controls::small_if(ui, ready, &save, &save);
        let why = match self.job {
            Some(_) => t!(cx.lang, words.saving),
            None => t!(cx.lang, "path.needed"),
        };
        let button = controls::unusable(ui, button, &why);
        let asked = ready && (button.clicked() || entered);
        let path = asked.then(|| self.path.path_to_write(EXTENSION));
        if let Some(path) = path.flatten() {
            self.start(ui, cx, path, values());
        }
        match &self.message {
            Some((text, true)) => controls::error_line(ui, text, cx.palette),
            Some((text, false)) => {
                let text = RichText::new(text).color(cx.palette.ok);
                ui.add(Label::new(text).wrap());
            }
            None => {}
        }
    }

    fn start<W>(&mut self, ui: &Ui, cx: UiContext<'_>, path: PathBuf, write: W)
    where
        W: FnOnce((&Path, Existing), &Running) -> io::Result<Option<u64>> + Send + 'static,
    {
        let existing = match self.replaces {
            true => Existing::Replace,
            false => Existing::Keep,
        };
        let ctx = ui.ctx().clone();
        let wake = move || ctx.request_repaint();
        let work = move |job: &Running| write((path.as_path(), existing), job);
        // The permission to replace is for one file.
        (self.replaces, self.message) = (false, None);
        match Job::start("values", wake, work) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.failed(cx, &error),
        }
    }

    fn follow(&mut self, cx: UiContext<'_>, words: CsvWords) {
        let Some(outcome) = self.job.as_ref().and_then(Job::poll) else {
            return;
        };
        self.job = None;
        match outcome.into_result() {
            Ok(Some(count)) => {
                let text = t!(cx.lang, words.saved, count = grouped(count));
                self.message = Some((text, false));
            }
            // Nothing cancels it but the end of the tab.
            Ok(None) => {}
            Err(error) => self.failed(cx, &error),
        }
    }

    fn failed(&mut self, cx: UiContext<'_>, error: &io::Error) {
        self.message = Some((explain::unwritten(cx.lang, error), true));
    }
}
