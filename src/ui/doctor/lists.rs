//! What the probes brought, and, folded, what was ruled out and what is not known.

use super::{dim, entry_link, sentence};
use crate::explain::doctor::words::{self, AskedFrom};
use crate::explain::doctor::{Diagnosis, Situation};
use crate::t;
use crate::ui::{Action, UiContext};
use egui::{CollapsingHeader, TextWrapMode, Ui};

/// Shows the line of the probes, and both lists.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, diagnosis: &Diagnosis) -> Option<Action> {
    let mut action = None;
    if let Some(probed) = words::probed(cx.lang, diagnosis) {
        sentence(ui, cx, &probed);
    }
    if !diagnosis.ruled_out.is_empty() {
        let count = diagnosis.ruled_out.len();
        let title = t!(cx.lang, "diagnose.ruled_out", count = count);
        let folded = CollapsingHeader::new(title).id_salt("ruled out");
        folded.show(ui, |ui| {
            for (subject, situations) in diagnosis.ruled_out_by_subject() {
                sentence(ui, cx, &words::subject(cx.lang, subject));
                action = action.take().or(links_ui(ui, cx, &situations));
            }
        });
    }
    if !diagnosis.unknown.is_empty() {
        let count = diagnosis.unknown.len();
        let title = t!(cx.lang, "diagnose.unknown", count = count);
        let folded = CollapsingHeader::new(title).id_salt("not known");
        folded.show(ui, |ui| {
            for (reason, situations) in diagnosis.unknown_by_reason() {
                let text = words::unseen(cx.lang, reason, AskedFrom::Window);
                sentence(ui, cx, &text.why);
                if !text.how.is_empty() {
                    dim(ui, cx, text.how);
                }
                action = action.take().or(links_ui(ui, cx, &situations));
            }
        });
    }
    action
}

fn links_ui(ui: &mut Ui, cx: UiContext<'_>, situations: &[Situation]) -> Option<Action> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        // An id stands in one line, not broken at its hyphens.
        ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
        for situation in situations {
            action = action
                .take()
                .or(entry_link(ui, cx, *situation, Action::ShowEntry));
        }
    });
    action
}
