//! The menu beside the message: the history, and snippets.

use crate::payload::composition::Composition;
use crate::settings::Library;
use crate::settings::dock::Page;
use crate::settings::library::{History, Snippets};
use crate::t;
use crate::ui::controls::{self, OptionChip};
use crate::ui::{Action, UiContext, theme};
use egui::{RichText, ScrollArea, Ui};

/// The part of the window's height that each list may take.
const PART: f32 = 0.25;

/// One menu of both: the chosen message replaces the `present` one.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    library: &mut Library,
    present: &mut Composition,
) -> Option<Action> {
    let mut action = None;
    let (text, name) = words(cx);
    let button = chip(&text, &name).menu(ui, cx.palette);
    let height = ui.ctx().content_rect().height() * PART;
    controls::menu(&button).show(|ui| {
        history_ui(ui, cx, &mut library.history, present, height);
        ui.separator();
        action = snippets_ui(ui, cx, &library.snippets, present, height);
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    action
}

/// The width of its button.
pub fn width(ui: &Ui, cx: UiContext<'_>) -> f32 {
    let (text, name) = words(cx);
    chip(&text, &name).width(ui, cx.palette)
}

fn words(cx: UiContext<'_>) -> (String, String) {
    let name = t!(cx.lang, "history.with_snippets");
    (t!(cx.lang, "history.name"), name)
}

fn chip<'a>(text: &'a str, name: &'a str) -> OptionChip<'a> {
    OptionChip {
        enabled: true,
        on: false,
        text,
        name,
    }
}

fn history_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    history: &mut History,
    present: &mut Composition,
    height: f32,
) {
    if history.entries().is_empty() {
        ui.label(RichText::new(t!(cx.lang, "history.empty")).color(cx.palette.dim));
        return;
    }
    let list = ScrollArea::vertical().id_salt("history");
    list.max_height(height).show(ui, |ui| {
        for entry in history.entries() {
            let text = RichText::new(entry.title()).font(theme::mono());
            if ui.button(text).clicked() {
                *present = entry.clone();
            }
        }
    });
    ui.separator();
    if ui.button(t!(cx.lang, "history.clear")).clicked() {
        history.clear();
    }
}

/// Snippets by group, keeping the present message as one, and the page with all of them.
fn snippets_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    snippets: &Snippets,
    present: &mut Composition,
    height: f32,
) -> Option<Action> {
    let list = ScrollArea::vertical().id_salt("snippets");
    list.max_height(height).show(ui, |ui| {
        for group in &snippets.groups {
            ui.label(
                RichText::new(&group.name)
                    .font(theme::small())
                    .color(cx.palette.dim),
            );
            for snippet in &group.snippets {
                let button = ui.button(&snippet.name);
                let title = snippet.composition.title();
                if button.on_hover_text(title).clicked() {
                    *present = snippet.composition.clone();
                }
            }
        }
    });
    if !snippets.is_empty() {
        ui.separator();
    }
    let mut action = None;
    let keep = ui.add_enabled_ui(!present.text.is_empty(), |ui| {
        ui.button(t!(cx.lang, "snippets.keep"))
    });
    let keep = controls::unusable(ui, keep.inner, &t!(cx.lang, "send.message_hint"));
    if keep.clicked() {
        action = Some(Action::KeepSnippet(present.clone()));
    }
    if ui.button(t!(cx.lang, "snippets.edit")).clicked() {
        action = Some(Action::ShowPage(Page::Library));
    }
    action
}
