//! The outline of a scenario: its sessions, its programs with their command lines, and its steps.

use crate::kind::SessionKind;
use crate::payload::printable;
use crate::scenario::report::Outline;
use crate::t;
use crate::ui::{UiContext, controls, grouped, theme};
use crate::words::Lang;
use egui::{Label, RichText, Ui};

pub fn ui(ui: &mut Ui, cx: UiContext<'_>, outline: &Outline) {
    let lang = cx.lang;
    controls::heading(ui, &t!(lang, "scenario.programs"), cx.palette);
    if outline.programs.is_empty() {
        let none = t!(lang, "scenario.no_programs");
        ui.label(RichText::new(none).color(cx.palette.dim));
    }
    for program in &outline.programs {
        line_ui(ui, &format!("{}: {}", program.name, program.line()));
    }
    controls::heading(ui, &t!(lang, "scenario.sessions"), cx.palette);
    for session in &outline.sessions {
        let (name, kind) = (&session.name, kind(lang, session.kind));
        let addresses = session.addresses();
        line_ui(ui, format!("{name}: {kind} {addresses}").trim_end());
    }
    let count = grouped(outline.steps.len() as u64);
    let time = &outline.within;
    let steps = t!(lang, "scenario.steps", count = count, time = time);
    controls::heading(ui, &steps, cx.palette);
    for (number, step) in (1..).zip(&outline.steps) {
        line_ui(ui, &format!("{number} {step}"));
    }
}

/// Text of a file as one line; control characters, which may deceive, are made visible.
fn line_ui(ui: &mut Ui, text: &str) {
    let text = RichText::new(printable::line(text.as_bytes()));
    let label = Label::new(text.font(theme::small_mono()));
    ui.add(label.wrap().selectable(true));
}

fn kind(lang: Lang, kind: SessionKind) -> String {
    let name = t!(lang, kind.traits().name);
    match kind.traits().variant {
        Some(variant) => format!("{name} {}", t!(lang, variant)),
        None => name,
    }
}
