//! What came of a check: passed, or the mistake, what shows it, and what to do.

use crate::course::{CheckVerdict, Evidence};
use crate::payload::printable;
use crate::scenario::exercise_check::CheckExit;
use crate::ui::{UiContext, controls, theme};
use crate::{explain, t};
use egui::accesskit::Live;
use egui::{CollapsingHeader, Color32, CornerRadius, Frame, Label, Margin, RichText, Ui};

/// Between the edge of the card and its words.
const MARGIN: i8 = 8;

/// Shows it; `stopped` is whether the user ended the check.
pub(super) fn ui(ui: &mut Ui, cx: UiContext<'_>, exit: &CheckExit, stopped: bool) {
    match &exit.verdict {
        Ok(Some(verdict)) => verdict_ui(ui, cx, verdict),
        Ok(None) if stopped => {
            let text = RichText::new(t!(cx.lang, "lesson.stopped")).color(cx.palette.dim);
            ui.add(Label::new(text).wrap());
        }
        Ok(None) => {
            let text = match exit.printed.is_empty() {
                true => t!(cx.lang, "lesson.no_verdict"),
                false => exit.printed.clone(),
            };
            controls::error_line(ui, &text, cx.palette);
            return;
        }
        Err(error) => {
            controls::error_line(ui, &explain::reason(cx.lang, error), cx.palette);
        }
    }
    if !exit.printed.is_empty() {
        CollapsingHeader::new(t!(cx.lang, "scenario.printed"))
            .id_salt("printed by the program")
            .show(ui, |ui| {
                let text = RichText::new(&exit.printed).font(theme::small_mono());
                ui.add(Label::new(text).wrap().selectable(true));
            });
    }
}

fn verdict_ui(ui: &mut Ui, cx: UiContext<'_>, verdict: &CheckVerdict) {
    let Some(mistake) = &verdict.mistake else {
        let exercise = printable::line(verdict.result.exercise.as_bytes());
        let text = t!(cx.lang, "learn.passed", exercise = exercise);
        card(ui, cx.palette.field, |ui| {
            title_ui(ui, &text, cx.palette.ok);
        });
        return;
    };
    let words = explain::course_mistake(cx.lang, mistake);
    card(ui, cx.palette.error_soft, |ui| {
        title_ui(ui, &format!("✗ {}", words.what), cx.palette.error);
        if mistake.evidence != Evidence::None {
            sentence(ui, cx, &words.detail);
        }
        sentence(ui, cx, &words.cure);
        if !verdict.message.is_empty() {
            let happened = t!(cx.lang, "learn.happened");
            controls::heading(ui, &happened, cx.palette);
            for line in printable::words(&verdict.message).lines() {
                let line = RichText::new(line).font(theme::small_mono());
                ui.add(Label::new(line).wrap().selectable(true));
            }
        }
    });
}

fn card(ui: &mut Ui, ground: Color32, add: impl FnOnce(&mut Ui)) {
    Frame::new()
        .fill(ground)
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::same(MARGIN))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            add(ui);
        });
}

fn title_ui(ui: &mut Ui, text: &str, ink: Color32) {
    let words = RichText::new(text).font(theme::bold(13.0)).color(ink);
    let label = ui.add(Label::new(words).wrap().selectable(true));
    controls::announced(ui, label, Live::Polite);
}

fn sentence(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let words = RichText::new(text).color(cx.palette.text);
    ui.add(Label::new(words).wrap().selectable(true));
}
