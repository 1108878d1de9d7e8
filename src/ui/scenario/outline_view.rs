//! What a scenario is to do: its sessions, its programs as they are started, and its steps.

use crate::kind::Kind;
use crate::payload::printable;
use crate::say;
use crate::scenario::report::Outline;
use crate::ui::{Look, controls, grouped, theme};
use crate::words::Lang;
use egui::{Label, RichText, Ui};

pub fn ui(ui: &mut Ui, look: Look<'_>, outline: &Outline) {
    let lang = look.lang;
    controls::heading(ui, &say!(lang, "scenario.programs"), look.palette);
    if outline.programs.is_empty() {
        let none = say!(lang, "scenario.no_programs");
        ui.label(RichText::new(none).color(look.palette.dim));
    }
    for program in &outline.programs {
        line_ui(ui, &format!("{}: {}", program.name, program.line()));
    }
    controls::heading(ui, &say!(lang, "scenario.sessions"), look.palette);
    for session in &outline.sessions {
        let (name, kind) = (&session.name, kind(lang, session.kind));
        let addresses = session.addresses();
        line_ui(ui, format!("{name}: {kind} {addresses}").trim_end());
    }
    let count = grouped(outline.steps.len() as u64);
    let time = &outline.within;
    let steps = say!(lang, "scenario.steps", count = count, time = time);
    controls::heading(ui, &steps, look.palette);
    for (number, step) in (1..).zip(&outline.steps) {
        line_ui(ui, &format!("{number} {step}"));
    }
}

/// What a file says, which may deceive, as one line.
fn line_ui(ui: &mut Ui, text: &str) {
    let text = RichText::new(printable::line(text.as_bytes()));
    let label = Label::new(text.font(theme::small_mono()));
    ui.add(label.wrap().selectable(true));
}

fn kind(lang: Lang, kind: Kind) -> String {
    let name = say!(lang, kind.traits().name);
    match kind.traits().variant {
        Some(variant) => format!("{name} {}", say!(lang, variant)),
        None => name,
    }
}
