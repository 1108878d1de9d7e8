//! The ready-made exercises, each with how far the user is.

use crate::course::{Mistake, READY_MADE, ReadyExercise};
use crate::settings::course::{CourseProgress, ExerciseProgress};
use crate::ui::{UiContext, controls, theme};
use crate::{explain, t};
use egui::{Color32, Label, RichText, Ui};

/// The width of the sign and the number before a title, in points.
const BEFORE: f32 = 44.0;

/// Shows them; returns the one that was clicked.
pub(super) fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    progress: &CourseProgress,
) -> Option<ReadyExercise> {
    let (passed, of) = (progress.passed(), READY_MADE.len());
    let text = t!(cx.lang, "lesson.passed", passed = passed, of = of);
    ui.label(RichText::new(text).color(cx.palette.dim));
    let mut clicked = None;
    for (number, ready) in (1_usize..).zip(READY_MADE) {
        if row_ui(ui, cx, number, ready, progress.of(ready.name)) {
            clicked = Some(ready);
        }
    }
    clicked
}

/// One exercise; says whether it was clicked.
fn row_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    number: usize,
    ready: ReadyExercise,
    progress: Option<ExerciseProgress>,
) -> bool {
    let title = ready.title();
    let title = explain::in_language(&title, cx.lang);
    let mistake = progress.and_then(|progress| progress.mistake);
    let mistake = mistake.map(|name| explain::course_mistake(cx.lang, &Mistake::from(name)).what);
    let (sign, ink, state) = match (progress, &mistake) {
        (None, _) => ("·", cx.palette.faint, t!(cx.lang, "lesson.not_begun")),
        (Some(ExerciseProgress { passed: true, .. }), _) => {
            ("✓", cx.palette.ok, t!(cx.lang, "lesson.is_passed"))
        }
        (Some(_), Some(mistake)) => ("✗", cx.palette.error, mistake.clone()),
        (Some(_), None) => ("✗", cx.palette.error, String::new()),
    };
    let name = t!(
        cx.lang,
        "lesson.row",
        number = number,
        title = title,
        state = state
    );
    let mut is_clicked = false;
    ui.horizontal_wrapped(|ui| {
        sign_ui(ui, cx, number, (sign, ink));
        let link = ui.link(title);
        is_clicked = controls::named(ui, link, &name).clicked();
    });
    // The mistake of the last check; what was passed stays so.
    if let Some(mistake) = mistake {
        ui.horizontal(|ui| {
            ui.add_space(BEFORE);
            let words = RichText::new(mistake).font(theme::small());
            ui.add(Label::new(words.color(cx.palette.dim)).wrap());
        });
    }
    is_clicked
}

fn sign_ui(ui: &mut Ui, cx: UiContext<'_>, number: usize, (sign, ink): (&str, Color32)) {
    let left = ui.cursor().left();
    ui.label(RichText::new(sign).color(ink));
    ui.label(RichText::new(number.to_string()).color(cx.palette.dim));
    let used = ui.cursor().left() - left;
    ui.add_space((BEFORE - used).max(0.0));
}
