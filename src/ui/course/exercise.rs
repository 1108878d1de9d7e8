//! The chosen exercise: its task, the user's program and its check.

use super::run::CheckRun;
use super::task;
use crate::book::file_url;
use crate::course::{ReadyExercise, ReportedExercise};
use crate::disk::{Existing, Replacement};
use crate::jobs::Job;
use crate::payload::{json, printable};
use crate::scenario::exercise_check::ExerciseSource;
use crate::settings::course::CourseProgress;
use crate::settings::tab::WrittenPath;
use crate::ui::controls::TextField;
use crate::ui::path_field::{FileDialogKind, PathField};
use crate::ui::text_file::{TextFile, TextFileWords};
use crate::ui::{UiContext, controls, theme};
use crate::words::Lang;
use crate::{explain, t};
use egui::{Context, Hyperlink, Label, RichText, Ui, vec2};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf, absolute};

/// The height of the button that checks, and its room beside the words.
const BUTTON: f32 = 30.0;
const BESIDE: f32 = 32.0;

/// The user's request to the page around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ViewAction {
    /// Back to the list.
    Leave,
}

#[derive(Debug)]
pub(super) struct ExerciseView {
    /// The name of a ready-made one, or the path of a file.
    source: PathBuf,
    is_file: bool,
    reading: Option<Job<ReportedExercise>>,
    content: Option<io::Result<ReportedExercise>>,
    /// The user's program.
    learner: WrittenPath,
    field: PathField,
    saving: Option<Job<()>>,
    saved: Option<io::Result<()>>,
    run: CheckRun,
    result: TextFile,
}

impl ExerciseView {
    pub fn of_ready(ready: ReadyExercise) -> Self {
        let content = ReportedExercise {
            name: ready.name.to_owned(),
            title: ready.title(),
            task: ready.task(),
            start: ready.start.to_owned(),
            others: Vec::new(),
        };
        Self::new(ready.name.into(), Some(Ok(content)))
    }

    /// The exercise of a file, which `program` reads.
    pub fn of_file(ctx: &Context, program: &Path, file: &Path, lang: Lang) -> Self {
        let file = absolute(file).unwrap_or_else(|_| file.to_owned());
        let mut view = Self::new(file, None);
        view.is_file = true;
        let (ctx, source) = (ctx.clone(), view.source(program, lang));
        let wake = move || ctx.request_repaint();
        // Not cancelled: reading a file of a few pages takes no time.
        match Job::start("exercise-file", wake, move |_| source.read()) {
            Ok(job) => view.reading = Some(job),
            Err(error) => view.content = Some(Err(error)),
        }
        view
    }

    fn new(source: PathBuf, content: Option<io::Result<ReportedExercise>>) -> Self {
        Self {
            source,
            is_file: false,
            reading: None,
            content,
            learner: WrittenPath::default(),
            field: PathField::default(),
            saving: None,
            saved: None,
            run: CheckRun::default(),
            result: TextFile::default(),
        }
    }

    fn source(&self, program: &Path, lang: Lang) -> ExerciseSource {
        ExerciseSource {
            program: program.to_owned(),
            exercise: self.source.clone(),
            lang: lang.tag(),
        }
    }

    pub fn is_checking(&self) -> bool {
        self.run.is_running()
    }

    /// Makes a file the user's program, unless a check runs; returns whether it was taken.
    pub fn take_program(&mut self, file: &Path) -> bool {
        let is_idle = !self.is_checking();
        if is_idle {
            self.learner.set(file);
        }
        is_idle
    }

    pub fn follow(&mut self, progress: &mut CourseProgress) {
        if let Some(ended) = self.reading.as_ref().and_then(Job::poll) {
            self.reading = None;
            self.content = Some(ended.into_result());
        }
        if let Some(ended) = self.saving.as_ref().and_then(Job::poll) {
            self.saving = None;
            self.saved = Some(ended.into_result());
        }
        let ended = self.run.follow();
        // Files of the same name are different exercises.
        if let (Some(mistake), Some(Ok(content)), false) = (ended, &self.content, self.is_file) {
            progress.add(&content.name, mistake);
        }
    }

    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        program: &Path,
        name: &mut String,
    ) -> Option<ViewAction> {
        let back = t!(cx.lang, "lesson.back");
        let leaves = controls::small(ui, &back, &back).clicked();
        let start = match &self.content {
            None => {
                ui.label(t!(cx.lang, "scenario.is_read"));
                None
            }
            Some(Err(error)) => {
                controls::error_line(ui, &explain::reason(cx.lang, error), cx.palette);
                None
            }
            Some(Ok(content)) => {
                task::ui(ui, cx, explain::in_language(&content.task, cx.lang));
                if self.is_file {
                    trust_ui(ui, cx, &content.others);
                }
                Some(content.start.clone())
            }
        };
        if let Some(start) = start {
            self.program_ui(ui, cx, &start);
            self.check_ui(ui, cx, program);
            self.run.ui(ui, cx);
            self.result_ui(ui, cx, name);
        }
        leaves.then_some(ViewAction::Leave)
    }

    /// Asks for the user's program, and offers one to begin with.
    fn program_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, start: &str) {
        controls::heading(ui, &t!(cx.lang, "lesson.program"), cx.palette);
        let name = t!(cx.lang, "lesson.path");
        let locked = self
            .is_checking()
            .then(|| t!(cx.lang, "lesson.is_checking"));
        controls::unless(ui, locked.as_deref(), |ui| {
            let kind = FileDialogKind::Save;
            self.field.ui(ui, cx, &mut self.learner, (&name, kind));
        });
        let hint = RichText::new(t!(cx.lang, "lesson.hint")).font(theme::small());
        ui.add(Label::new(hint.color(cx.palette.dim)).wrap());
        ui.horizontal_wrapped(|ui| {
            let path = self.learner.path_to_write("py");
            let save = t!(cx.lang, "lesson.save");
            let ready = path.is_some() && self.saving.is_none() && !self.is_checking();
            let button = controls::small_if(ui, ready, &save, &save);
            let button = controls::unusable(ui, button, &t!(cx.lang, "path.needed"));
            if let Some(path) = path.filter(|_| button.clicked()) {
                self.learner.set(&path);
                self.save(ui.ctx(), path, start.to_owned());
            }
            let path = self.learner.path().and_then(|path| absolute(path).ok());
            if let Some(folder) = path.as_deref().and_then(Path::parent) {
                let text = t!(cx.lang, "lesson.folder");
                ui.add(Hyperlink::from_label_and_url(text, file_url(folder)));
            }
        });
        match &self.saved {
            None => {}
            Some(Ok(())) => {
                let text = RichText::new(t!(cx.lang, "lesson.saved")).color(cx.palette.ok);
                ui.add(Label::new(text).wrap());
            }
            Some(Err(error)) => {
                let text = explain::unwritten(cx.lang, error);
                controls::error_line(ui, &text, cx.palette);
            }
        }
    }

    /// Writes the program to begin with, on a thread of its own: a disk may be slow. It replaces no
    /// file, and is not cancelled: the file is there whole or not at all.
    fn save(&mut self, ctx: &Context, path: PathBuf, text: String) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        self.saved = None;
        let saving = Job::start("exercise-start", wake, move |_| {
            let mut file = Replacement::create(&path, Existing::Keep)?;
            file.write_all(text.as_bytes())?;
            file.finish()
        });
        match saving {
            Ok(job) => self.saving = Some(job),
            Err(error) => self.saved = Some(Err(error)),
        }
    }

    fn check_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, program: &Path) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            let path = self.learner.path().and_then(|path| absolute(path).ok());
            let text = t!(cx.lang, "lesson.check");
            let size = vec2(controls::small_width(ui, &text) + BESIDE, BUTTON);
            let ready = path.is_some() && !self.is_checking();
            let why = match self.is_checking() {
                true => t!(cx.lang, "lesson.is_checking"),
                false => t!(cx.lang, "path.needed"),
            };
            let button = ui
                .add_enabled_ui(ready, |ui| controls::primary(ui, size, &text, cx.palette))
                .inner;
            let clicked = controls::unusable(ui, button, &why).clicked();
            if self.is_checking() {
                let stop = t!(cx.lang, "lesson.stop");
                if controls::small(ui, &stop, &stop).clicked() {
                    self.run.stop();
                }
            }
            if let Some(path) = path.filter(|_| clicked) {
                let source = self.source(program, cx.lang);
                self.run.start(ui.ctx(), &source, &path);
            }
        });
    }

    /// Offers the result as a file for the teacher.
    fn result_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, name: &mut String) {
        let Some(verdict) = self.run.verdict() else {
            return;
        };
        let mut result = verdict.result.clone();
        controls::heading(ui, &t!(cx.lang, "lesson.result"), cx.palette);
        let caption = t!(cx.lang, "lesson.name");
        controls::labelled_row(ui, &caption, 0.0, cx.palette, |ui| {
            let width = ui.available_width();
            TextField::new(name, &caption, "", width).show(ui, cx.palette)
        });
        let own = name.trim();
        result.name = (!own.is_empty()).then(|| own.to_owned());
        let (path, save) = (
            t!(cx.lang, "lesson.result_path"),
            t!(cx.lang, "lesson.result_save"),
        );
        let saved = t!(cx.lang, "lesson.result_saved");
        let words = TextFileWords {
            path: &path,
            save: &save,
            saved: &saved,
            extension: "json",
        };
        self.result.ui(ui, cx, words, || {
            let mut text = Vec::new();
            // Plain data can always be serialised, as UTF-8.
            json::push(&mut text, &result).ok();
            text.push(b'\n');
            String::from_utf8_lossy(&text).into_owned()
        });
    }
}

/// Says what a file of somebody else starts, before it does.
fn trust_ui(ui: &mut Ui, cx: UiContext<'_>, others: &[String]) {
    if others.is_empty() {
        return;
    }
    let trust = RichText::new(t!(cx.lang, "lesson.others")).font(theme::small());
    ui.add(Label::new(trust.color(cx.palette.dim)).wrap());
    for line in others {
        let line = RichText::new(printable::line(line.as_bytes()));
        let line = Label::new(line.font(theme::small_mono()));
        ui.add(line.wrap().selectable(true));
    }
}
