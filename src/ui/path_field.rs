//! A field for the path of a file, and a button that asks the desktop for one.
//!
//! The desktop's dialog may be missing, or never answer: it runs on a thread of its own,
//! and the field can be written in all the while. A dialog that is open cannot be
//! cancelled; see [`file_dialog`](super::file_dialog) for its end with the program.

use super::controls::{self, TextField};
use super::{UiContext, theme};
use crate::jobs::{Died, Job, JobOutcome};
use crate::settings::tab::WrittenPath;
use crate::{explain, t};
use egui::Ui;
use std::path::{Path, PathBuf};

/// The purpose of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileDialogKind {
    /// A file that is there.
    Open,
    /// A file to write.
    Save,
}

/// The field of a path that is kept elsewhere.
#[derive(Debug, Default)]
pub struct PathField {
    /// The dialog's answer, while one is open.
    asked: Option<Job<Option<PathBuf>>>,
    /// When it was opened, in the toolkit's seconds, and whether there was none.
    asked_at: f64,
    no_dialog: bool,
    /// A fault of the program lost the answer.
    died: Option<Died>,
    /// It is to have the keyboard.
    wanted: bool,
    /// No file can be read or written there.
    faulty: bool,
}

impl PathField {
    /// Gives it the keyboard when it is shown next, with all of it selected.
    pub fn focus(&mut self) {
        self.wanted = true;
    }

    /// Marks the path as wrong, or not.
    pub fn mark(&mut self, faulty: bool) {
        self.faulty = faulty;
    }

    /// Shows the field, as wide as there is room; says whether Enter was pressed in it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        path: &mut WrittenPath,
        (name, kind): (&str, FileDialogKind),
    ) -> bool {
        let ended = self.asked.as_ref().and_then(Job::poll);
        if let Some(ended) = ended {
            self.asked = None;
            let answer = match ended {
                JobOutcome::Done(answer) => answer,
                JobOutcome::Failed(_) => None,
                JobOutcome::Died(died) => {
                    self.died = Some(died);
                    None
                }
            };
            // Nobody gives up that fast: there is no dialog.
            let now = ui.input(|input| input.time);
            let at_once = answer.is_none() && now < self.asked_at + 0.4;
            self.no_dialog = at_once && self.died.is_none();
            if let Some(chosen) = answer {
                path.set(&chosen);
            }
        }
        if self.no_dialog {
            controls::error_line(ui, &t!(cx.lang, "path.no_dialog"), cx.palette);
        }
        if let Some(died) = &self.died {
            let reason = explain::died(cx.lang, died);
            let message = t!(cx.lang, "path.died", reason = reason);
            controls::error_line(ui, &message, cx.palette);
        }
        ui.horizontal(|ui| {
            ui.set_min_height(theme::FIELD);
            let browse = t!(cx.lang, "path.browse");
            let beside = controls::small_width(ui, &browse) + ui.spacing().item_spacing.x;
            let width = (ui.available_width() - beside).max(80.0);
            let hint = t!(cx.lang, "path.hint");
            let field = TextField::new(&mut path.text, name, &hint, width);
            let response = field.faulty(self.faulty).show(ui, cx.palette);
            if std::mem::take(&mut self.wanted) {
                controls::select_all(ui.ctx(), response.id, &path.text);
            }
            let waits = self.asked.is_some();
            let button = controls::small_if(ui, !waits, &browse, &browse);
            let why = t!(cx.lang, "path.is_asked");
            if controls::unusable(ui, button, &why).clicked() {
                self.asked_at = ui.input(|input| input.time);
                self.died = None;
                self.asked = ask(ui.ctx(), kind, path.path());
                // Without a thread there is none either.
                self.no_dialog = self.asked.is_none();
            }
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
        })
        .inner
    }
}

/// Opens the desktop's dialog; `None` if the system has no thread left.
fn ask(
    ctx: &egui::Context,
    kind: FileDialogKind,
    present: Option<PathBuf>,
) -> Option<Job<Option<PathBuf>>> {
    let ctx = ctx.clone();
    let wake = move || ctx.request_repaint();
    let job = Job::start("file dialog", wake, move |_| {
        let mut dialog = rfd::FileDialog::new();
        if let Some(folder) = present.as_deref().and_then(Path::parent) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = present.as_deref().and_then(Path::file_name) {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        Ok(match kind {
            FileDialogKind::Open => dialog.pick_file(),
            FileDialogKind::Save => dialog.save_file(),
        })
    });
    job.ok()
}
