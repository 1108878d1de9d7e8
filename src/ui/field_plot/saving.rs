//! Saving the points of the curves.

use crate::capture::points::{self, SavedCurves};
use crate::disk::Existing;
use crate::jobs::Job;
use crate::settings::tab::WrittenPath;
use crate::ui::path_field::{FileDialogKind, PathField};
use crate::ui::{UiContext, controls, grouped, theme};
use crate::{explain, t};
use egui::{Label, RichText, Ui};
use std::io;
use std::path::PathBuf;

/// The file, and the job that writes it.
#[derive(Debug, Default)]
pub(super) struct Saving {
    path: WrittenPath,
    field: PathField,
    replaces: bool,
    job: Option<Job<Option<u64>>>,
    /// The outcome of the last one, and whether it failed.
    message: Option<(String, bool)>,
}

impl Saving {
    /// Shows the file and the button; `curves` has the points.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        curves: impl FnOnce() -> SavedCurves,
    ) {
        self.follow(cx);
        let name = t!(cx.lang, "plot.path");
        let is_wrong = self.message.as_ref().is_some_and(|(_, failed)| *failed);
        self.field.mark(is_wrong);
        let kind = FileDialogKind::Save;
        let entered = self.field.ui(ui, cx, &mut self.path, (&name, kind));
        let (text, font) = (t!(cx.lang, "export.replaces"), theme::body());
        controls::check(ui, &mut self.replaces, &text, "", font, cx.palette);
        let save = t!(cx.lang, "plot.save");
        let ready = self.path.path().is_some() && self.job.is_none();
        let button = controls::small_if(ui, ready, &save, &save);
        let why = match self.job {
            Some(_) => t!(cx.lang, "plot.saving"),
            None => t!(cx.lang, "path.needed"),
        };
        let button = controls::unusable(ui, button, &why);
        let asked = ready && (button.clicked() || entered);
        let path = asked.then(|| self.path.path_to_write(points::EXTENSION));
        if let Some(path) = path.flatten() {
            self.start(ui, cx, path, curves());
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

    fn start(&mut self, ui: &Ui, cx: UiContext<'_>, path: PathBuf, curves: SavedCurves) {
        let existing = match self.replaces {
            true => Existing::Replace,
            false => Existing::Keep,
        };
        let ctx = ui.ctx().clone();
        let wake = move || ctx.request_repaint();
        let work = move |job: &crate::jobs::Running| points::save(&curves, (&path, existing), job);
        // The permission to replace is for one file.
        (self.replaces, self.message) = (false, None);
        match Job::start("points", wake, work) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.failed(cx, &error),
        }
    }

    fn follow(&mut self, cx: UiContext<'_>) {
        let Some(outcome) = self.job.as_ref().and_then(Job::poll) else {
            return;
        };
        self.job = None;
        match outcome.into_result() {
            Ok(Some(count)) => {
                let text = t!(cx.lang, "plot.saved", count = grouped(count));
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
