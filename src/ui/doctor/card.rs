//! The findings as cards: the cause, what was seen, what to do, and the button that does it.

use super::cured::{AfterCure, Cured};
use super::{command_line, entry_link, sentence_in};
use crate::explain::doctor::words::{self, AskedFrom, FindingText};
use crate::explain::doctor::{Cure, Diagnosis, Finding, NextStep};
use crate::t;
use crate::ui::{Action, UiContext, controls, theme};
use egui::accesskit::Live;
use egui::{Color32, Frame, Label, Margin, RichText, Ui};

/// Around the words of a card.
const MARGIN: i8 = 8;

/// How the findings are shown.
pub struct Cards<'a> {
    /// Whether nothing has changed since they were found.
    pub is_current: bool,
    /// The cure that was carried out, and the session since then.
    pub cured: Option<(&'a Cured, AfterCure<'a>)>,
}

impl Cards<'_> {
    /// Shows the verdict, and the other findings below it.
    pub fn ui(&self, ui: &mut Ui, cx: UiContext<'_>, diagnosis: &Diagnosis) -> Option<Action> {
        let Some((verdict, others)) = diagnosis.findings.split_first() else {
            return self.nothing_ui(ui, cx, diagnosis);
        };
        let ground = match self.is_current {
            true => cx.palette.error_soft,
            false => cx.palette.field,
        };
        let mut action = self.card_ui(ui, cx, verdict, ground);
        if !others.is_empty() {
            let text = t!(cx.lang, "diagnose.also", count = others.len());
            controls::heading(ui, &text, cx.palette);
        }
        for other in others {
            action = action.or(self.card_ui(ui, cx, other, cx.palette.field));
        }
        action
    }

    /// No verdict. Only where nothing is waited for, or all is known, it looks like an all-clear.
    fn nothing_ui(&self, ui: &mut Ui, cx: UiContext<'_>, diagnosis: &Diagnosis) -> Option<Action> {
        let is_open = diagnosis.is_silent && !diagnosis.unknown.is_empty();
        let ink = match is_open {
            _ if !self.is_current || diagnosis.ruled_out.is_empty() => cx.palette.dim,
            true => cx.palette.text,
            false => cx.palette.ok,
        };
        let shown = frame(cx.palette.field).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            title_ui(ui, &words::nothing(cx.lang, diagnosis), ink);
            let step = diagnosis.next.as_ref()?;
            self.step_ui(ui, cx, step)
        });
        shown.inner
    }

    /// What to do next, with the button that does it or copies its command.
    fn step_ui(&self, ui: &mut Ui, cx: UiContext<'_>, step: &NextStep) -> Option<Action> {
        let ink = match self.is_current {
            true => cx.palette.text,
            false => cx.palette.dim,
        };
        let next = words::next_step(cx.lang, step, AskedFrom::Window);
        sentence_in(ui, &next, ink);
        command_ui(ui, step.cure.as_ref(), ink);
        let done = self.done(step.cure.as_ref());
        let is_copy = step.cure.as_ref().and_then(Cure::command).is_some();
        match done {
            Some(_) if is_copy => {
                sentence_in(ui, &t!(cx.lang, "diagnose.copied"), cx.palette.text);
            }
            Some((cured, after)) => cured.ui(ui, cx, after),
            None => {}
        }
        let row = ui.horizontal_wrapped(|ui| {
            let resent = done.filter(|_| !is_copy);
            let resent = resent.and_then(|(cured, after)| cured.resend_ui(ui, cx, after));
            let cured = match done.is_none() || is_copy {
                true => cure_ui(ui, cx, step.cure.as_ref()),
                false => None,
            };
            let action = resent.or(cured);
            action.or(entry_link(ui, cx, step.situation, Action::ShowEntry))
        });
        row.inner
    }

    /// The cure that was carried out, if it is this one.
    fn done(&self, cure: Option<&Cure>) -> Option<(&Cured, AfterCure<'_>)> {
        self.cured.filter(|(cured, _)| cure == Some(cured.cure()))
    }

    fn card_ui(
        &self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        finding: &Finding,
        ground: Color32,
    ) -> Option<Action> {
        let FindingText { what, seen, cure } = words::finding(cx.lang, finding);
        let (strong, ink) = match self.is_current {
            true => (cx.palette.error, cx.palette.text),
            false => (cx.palette.dim, cx.palette.dim),
        };
        let shown = frame(ground).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            title_ui(ui, &what, strong);
            for fact in seen {
                sentence_in(ui, &t!(cx.lang, "diagnose.seen", fact = fact), ink);
            }
            sentence_in(ui, &t!(cx.lang, "diagnose.advice", cure = cure), ink);
            command_ui(ui, finding.cure.as_ref(), ink);
            let done = self.done(finding.cure.as_ref());
            if let Some((cured, after)) = done {
                cured.ui(ui, cx, after);
            }
            ui.horizontal_wrapped(|ui| {
                let resent = done.and_then(|(cured, after)| cured.resend_ui(ui, cx, after));
                let again = done.is_none_or(|(cured, after)| cured.may_repeat(after.session));
                let cured = match again {
                    true => cure_ui(ui, cx, finding.cure.as_ref()),
                    false => None,
                };
                let action = resent.or(cured);
                action.or(entry_link(ui, cx, finding.situation, Action::ShowFinding))
            })
            .inner
        });
        shown.inner
    }
}

/// The command to run, where there is one.
fn command_ui(ui: &mut Ui, cure: Option<&Cure>, ink: Color32) {
    if let Some(command) = cure.and_then(Cure::command) {
        command_line(ui, command, ink);
    }
}

/// The button that carries out the cure, where there is one.
fn cure_ui(ui: &mut Ui, cx: UiContext<'_>, cure: Option<&Cure>) -> Option<Action> {
    let cure = cure?;
    let name = words::cure_name(cx.lang, cure)?;
    let clicked = controls::small(ui, &name, &name).clicked();
    clicked.then(|| Action::Cure(cure.clone()))
}

fn title_ui(ui: &mut Ui, text: &str, ink: Color32) {
    let words = RichText::new(text).font(theme::bold(13.0)).color(ink);
    let label = ui.add(Label::new(words).wrap().selectable(true));
    controls::announced(ui, label, Live::Polite);
}

fn frame(ground: Color32) -> Frame {
    Frame::new()
        .fill(ground)
        .corner_radius(theme::ROUND)
        .inner_margin(Margin::same(MARGIN))
}
