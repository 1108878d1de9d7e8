//! The page of the course: the exercises with how far the user is, or the chosen one: its task, the
//! user's program, and the verdict of its check.

mod exercise;
mod list;
mod run;
mod task;
mod verdict;

use super::path_field::{FileDialogKind, PathField};
use super::{UiContext, controls};
use crate::course::ReadyExercise;
use crate::settings::course::CourseProgress;
use crate::settings::tab::WrittenPath;
use crate::t;
use crate::words::Lang;
use egui::{Context, Ui};
use exercise::{ExerciseView, ViewAction};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct CoursePage {
    /// The executable that reads and checks exercises: this program's own.
    program: PathBuf,
    chosen: Option<ExerciseView>,
    /// The file of a teacher's exercise.
    file: WrittenPath,
    field: PathField,
    /// The name of the user in results.
    name: String,
}

impl CoursePage {
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            chosen: None,
            file: WrittenPath::default(),
            field: PathField::default(),
            name: String::new(),
        }
    }

    /// Shows the exercise of a file, unless a check runs; returns whether it is shown.
    pub fn open_file(&mut self, ctx: &Context, file: &Path, lang: Lang) -> bool {
        if self.is_checking() {
            return false;
        }
        self.chosen = Some(ExerciseView::of_file(ctx, &self.program, file, lang));
        true
    }

    /// Makes a file the user's program, if an exercise is on show and no check runs; returns
    /// whether it was taken.
    pub fn take_program(&mut self, file: &Path) -> bool {
        let chosen = self.chosen.as_mut();
        chosen.is_some_and(|chosen| chosen.take_program(file))
    }

    fn is_checking(&self) -> bool {
        self.chosen.as_ref().is_some_and(ExerciseView::is_checking)
    }

    /// Takes in what a check has shown since the last frame, whether or not the page is open.
    pub fn follow(&mut self, progress: &mut CourseProgress) {
        if let Some(chosen) = &mut self.chosen {
            chosen.follow(progress);
        }
    }

    pub fn page_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, progress: &CourseProgress) {
        if let Some(chosen) = &mut self.chosen {
            let asked = chosen.ui(ui, cx, &self.program, &mut self.name);
            if asked == Some(ViewAction::Leave) {
                // Its check ends.
                self.chosen = None;
                ui.ctx().request_repaint();
            }
            return;
        }
        if let Some(ready) = list::ui(ui, cx, progress) {
            self.choose(ready);
            ui.ctx().request_repaint();
        }
        ui.separator();
        self.file_ui(ui, cx);
    }

    fn choose(&mut self, ready: ReadyExercise) {
        self.chosen = Some(ExerciseView::of_ready(ready));
    }

    /// Asks for the file of a teacher's exercise.
    fn file_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        controls::heading(ui, &t!(cx.lang, "lesson.own"), cx.palette);
        let name = t!(cx.lang, "lesson.own_path");
        let kind = FileDialogKind::Open;
        let entered = self.field.ui(ui, cx, &mut self.file, (&name, kind));
        let path = self.file.path();
        let name = t!(cx.lang, "lesson.own_open");
        let button = controls::small_if(ui, path.is_some(), &name, &name);
        let clicked = controls::unusable(ui, button, &t!(cx.lang, "path.needed")).clicked();
        if let Some(path) = path.filter(|_| entered || clicked) {
            self.open_file(ui.ctx(), &path, cx.lang);
        }
    }
}
