//! A check of the user's program: running, or its outcome.

use super::verdict;
use crate::course::{CheckProgress, CheckVerdict, MistakeName};
use crate::scenario::exercise_check::{CheckExit, ExerciseCheck, ExerciseSource};
use crate::ui::{UiContext, controls};
use crate::{explain, t};
use egui::{Context, Label, ProgressBar, Ui};
use std::io;
use std::path::Path;

#[derive(Debug, Default)]
pub(super) struct CheckRun {
    running: Option<ExerciseCheck>,
    progress: Option<CheckProgress>,
    /// Whether the user ended the check.
    stopped: bool,
    exit: Option<CheckExit>,
    /// Why it could not be started.
    error: Option<io::Error>,
}

impl CheckRun {
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub fn start(&mut self, ctx: &Context, source: &ExerciseSource, learner: &Path) {
        *self = Self::default();
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match source.check(learner, wake) {
            Ok(running) => self.running = Some(running),
            Err(error) => self.error = Some(error),
        }
    }

    pub fn stop(&mut self) {
        if let Some(running) = &mut self.running {
            self.stopped = true;
            running.cancel();
        }
    }

    /// The verdict; `None` before there is one.
    pub fn verdict(&self) -> Option<&CheckVerdict> {
        self.exit.as_ref()?.verdict.as_ref().ok()?.as_ref()
    }

    /// Takes in what came since the last frame. Returns the mistake, `None` if the program passed,
    /// once the check has ended with a verdict.
    pub fn follow(&mut self) -> Option<Option<MistakeName>> {
        let running = self.running.as_mut()?;
        self.progress = running.steps().last().or(self.progress);
        self.exit = Some(running.ended()?.into());
        self.running = None;
        Some(self.verdict()?.result.mistake)
    }

    /// Shows its progress, or its outcome.
    pub fn ui(&self, ui: &mut Ui, cx: UiContext<'_>) {
        if let Some(error) = &self.error {
            let reason = explain::reason(cx.lang, error);
            let text = t!(cx.lang, "lesson.not_started", reason = reason);
            controls::error_line(ui, &text, cx.palette);
        }
        if self.running.is_some() {
            self.progress_ui(ui, cx);
        }
        if let Some(exit) = &self.exit {
            verdict::ui(ui, cx, exit, self.stopped);
        }
    }

    fn progress_ui(&self, ui: &mut Ui, cx: UiContext<'_>) {
        let (text, part) = match self.progress {
            None => (t!(cx.lang, "lesson.starting"), 0.0),
            Some(CheckProgress { passed, of }) => {
                let text = t!(cx.lang, "lesson.progress", passed = passed, of = of);
                (text, passed as f32 / of.max(1) as f32)
            }
        };
        ui.add(Label::new(text).truncate());
        let bar = ui.add(ProgressBar::new(part));
        controls::named(ui, bar, &t!(cx.lang, "lesson.progress_name"));
    }
}
