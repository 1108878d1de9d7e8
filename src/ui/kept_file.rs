//! A file of what a person keeps and passes on: importing it, exporting to it, and the outcome.

use super::path_field::{FileDialogKind, PathField};
use super::{UiContext, controls};
use crate::jobs::{Died, Job};
use crate::settings::kept_file::{LONGEST, Mistake};
use crate::settings::tab::WrittenPath;
use crate::{explain, t};
use egui::{Context, Label, RichText, Ui};
use std::io;
use std::path::Path;

/// The path of a file of `T`, and the job that reads or writes it.
#[derive(Debug, Default)]
pub struct KeptFile<T> {
    path: WrittenPath,
    field: PathField,
    /// The outcome of the last import or export, and whether it failed.
    wording: Option<(String, bool)>,
    job: Option<Job<FileOutcome<T>>>,
}

/// The keys of its words, and the name of its thread.
#[derive(Clone, Copy, Debug)]
pub struct KeptFileWords {
    pub thread: &'static str,
    pub file: &'static str,
    pub import: &'static str,
    pub export: &'static str,
    /// A file of this name has something else.
    pub other_file: &'static str,
    pub too_long: &'static str,
    /// With the limit.
    pub too_much: &'static str,
    /// With the reason.
    pub syntax: &'static str,
}

/// The result of reading or writing a file.
#[derive(Debug)]
enum FileOutcome<T> {
    Imported(Result<T, Mistake>),
    Exported(Result<(), Mistake>),
}

impl<T: Send + 'static> KeptFile<T> {
    /// Takes the outcome of the job. Returns an imported value once: [`Self::say`] then says what
    /// became of it.
    pub fn follow(&mut self, cx: UiContext<'_>, words: KeptFileWords) -> Option<T> {
        let ended = self.job.as_ref().and_then(Job::poll)?;
        self.job = None;
        let died = |error| FileOutcome::Exported(Err(Mistake::Io(error)));
        match ended.into_result().unwrap_or_else(died) {
            FileOutcome::Imported(Ok(value)) => return Some(value),
            FileOutcome::Exported(Ok(())) => self.say(t!(cx.lang, "snippets.exported")),
            FileOutcome::Imported(Err(mistake)) | FileOutcome::Exported(Err(mistake)) => {
                self.wording = Some((explained(cx, words, &mistake), true));
            }
        }
        None
    }

    /// Shows this below the buttons, as the outcome of the last import.
    pub fn say(&mut self, wording: String) {
        self.wording = Some((wording, false));
    }

    /// Shows the path, the buttons and the last outcome. `export` gives what writes the file, on a
    /// thread of its own.
    pub fn ui<W>(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        words: KeptFileWords,
        import: fn(&Path) -> Result<T, Mistake>,
        export: impl FnOnce() -> W,
    ) where
        W: FnOnce(&Path) -> Result<(), Mistake> + Send + 'static,
    {
        let name = t!(cx.lang, words.file);
        self.field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Save));
        let path = self.path.path();
        let ready = path.is_some() && self.job.is_none();
        ui.horizontal(|ui| {
            let needed = t!(cx.lang, "path.needed");
            let [imports, exports] = [words.import, words.export].map(|key| {
                let name = t!(cx.lang, key);
                let button = controls::small_if(ui, ready, &name, &name);
                controls::unusable(ui, button, &needed).clicked()
            });
            let Some(path) = path else { return };
            if imports {
                let work = move || FileOutcome::Imported(import(&path));
                self.begin(ui.ctx(), cx, words.thread, work);
            } else if exports {
                let write = export();
                let work = move || FileOutcome::Exported(write(&path));
                self.begin(ui.ctx(), cx, words.thread, work);
            }
        });
        if let Some((text, failed)) = &self.wording {
            let colour = match failed {
                true => cx.palette.error,
                false => cx.palette.dim,
            };
            ui.add(Label::new(RichText::new(text).color(colour)).wrap());
        }
    }

    /// Does it on a thread of its own: a disk may take its time. It is not cancelled: a file is
    /// there whole or as it was.
    fn begin(
        &mut self,
        ctx: &Context,
        cx: UiContext<'_>,
        thread: &'static str,
        work: impl FnOnce() -> FileOutcome<T> + Send + 'static,
    ) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match Job::start(thread, wake, move |_| Ok(work())) {
            Ok(job) => self.job = Some(job),
            Err(error) => {
                let reason = explain::reason(cx.lang, &error);
                let wording = t!(cx.lang, "journal.not_opened", reason = reason);
                self.wording = Some((wording, true));
            }
        }
    }
}

fn explained(cx: UiContext<'_>, words: KeptFileWords, mistake: &Mistake) -> String {
    match mistake {
        // That is no fault of the file.
        Mistake::Io(error) if Died::of(error).is_some() => explain::reason(cx.lang, error),
        Mistake::Io(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            t!(cx.lang, words.other_file)
        }
        Mistake::Io(error) => {
            let reason = explain::reason(cx.lang, error);
            t!(cx.lang, "snippets.unreadable", reason = reason)
        }
        Mistake::TooLong => t!(cx.lang, words.too_long),
        Mistake::TooMuch => {
            let limit = super::size(LONGEST);
            t!(cx.lang, words.too_much, limit = limit)
        }
        Mistake::Syntax(reason) => t!(cx.lang, words.syntax, reason = reason),
    }
}
