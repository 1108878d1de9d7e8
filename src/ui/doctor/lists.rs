//! What the probes brought, and, folded, what was ruled out and what is not known.

use super::{command_line, dim, entry_link, sentence};
use crate::engine::evidence::Unseen;
use crate::explain::doctor::words::{self, AskedFrom};
use crate::explain::doctor::{Diagnosis, Situation};
use crate::payload::printable;
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
                how_ui(ui, cx, reason, &text.how);
                action = action.take().or(links_ui(ui, cx, &situations));
            }
        });
    }
    action
}

/// How to find out; a command behind it stands in a line of its own.
fn how_ui(ui: &mut Ui, cx: UiContext<'_>, reason: &Unseen, how: &str) {
    let behind = reason.command().and_then(|command| {
        let prose = how.strip_suffix(printable::line(command.as_bytes()).as_str())?;
        Some((prose.trim_end(), command))
    });
    let prose = behind.map_or(how, |(prose, _)| prose);
    if !prose.is_empty() {
        dim(ui, cx, prose.to_owned());
    }
    if let Some((_, command)) = behind {
        command_line(ui, command, cx.palette.text);
    }
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
