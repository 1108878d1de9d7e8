//! The findings as cards: the cause, what was seen, what to do, and the button that does it.

use super::cured::{AfterCure, Cured};
use super::{entry_link, sentence_in};
use crate::explain::doctor::words::{self, FindingText};
use crate::explain::doctor::{Cure, Diagnosis, Finding};
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
            let key = match (diagnosis.ruled_out.is_empty(), diagnosis.unknown.is_empty()) {
                (true, _) => "diagnose.nothing_known",
                (false, true) => "diagnose.nothing",
                (false, false) => "diagnose.nothing_so_far",
            };
            let ink = match diagnosis.ruled_out.is_empty() || !self.is_current {
                true => cx.palette.dim,
                false => cx.palette.ok,
            };
            frame(cx.palette.field).show(ui, |ui| {
                ui.set_min_width(ui.available_width());
                title_ui(ui, &t!(cx.lang, key), ink);
            });
            return None;
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
            if let Some(Cure::CopyCommand(command)) = &finding.cure {
                let command = crate::payload::printable::line(command.as_bytes());
                let text = RichText::new(command).font(theme::mono()).color(ink);
                ui.add(Label::new(text).wrap().selectable(true));
            }
            let is_cured =
                |(cured, _): &(&Cured, AfterCure<'_>)| finding.cure.as_ref() == Some(cured.cure());
            let done = self.cured.filter(is_cured);
            if let Some((cured, after)) = done {
                cured.ui(ui, cx, after);
            }
            ui.horizontal_wrapped(|ui| {
                let resent = done.and_then(|(cured, after)| cured.resend_ui(ui, cx, after));
                let again = done.is_none_or(|(cured, after)| cured.may_repeat(after.session));
                let cured = match again {
                    true => cure_ui(ui, cx, finding),
                    false => None,
                };
                let action = resent.or(cured);
                action.or(entry_link(ui, cx, finding.situation))
            })
            .inner
        });
        shown.inner
    }
}

/// The button that carries out the cure, where there is one.
fn cure_ui(ui: &mut Ui, cx: UiContext<'_>, finding: &Finding) -> Option<Action> {
    let cure = finding.cure.as_ref()?;
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
