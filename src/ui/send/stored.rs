//! The menus beside the message: the history, and snippets.

use crate::payload::composition::Composition;
use crate::settings::Library;
use crate::settings::dock::Page;
use crate::settings::library::{History, Snippets};
use crate::t;
use crate::ui::controls::{self, OptionChip};
use crate::ui::{Action, UiContext, theme};
use egui::{Popup, RichText, ScrollArea, Ui};

/// Room a list may take.
const HEIGHT: f32 = 320.0;
/// The part of the window's height that each list may take in the menu of both.
const FOLDED: f32 = 0.25;

/// Both menus, or one menu of both in a narrow composer: the chosen message replaces the `present`
/// one.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    library: &mut Library,
    present: &mut Composition,
    folds: bool,
) -> Option<Action> {
    let mut action = None;
    let (history, snippets) = (t!(cx.lang, "history.name"), t!(cx.lang, "snippets.name"));
    if folds {
        let both = t!(cx.lang, "history.with_snippets");
        let height = ui.ctx().content_rect().height() * FOLDED;
        menu_ui(ui, cx, (&history, &both), |ui| {
            history_ui(ui, cx, &mut library.history, present, height);
            ui.separator();
            action = snippets_ui(ui, cx, &library.snippets, present, height);
        });
    } else {
        menu_ui(ui, cx, (&history, &history), |ui| {
            history_ui(ui, cx, &mut library.history, present, HEIGHT);
        });
        menu_ui(ui, cx, (&snippets, &snippets), |ui| {
            action = snippets_ui(ui, cx, &library.snippets, present, HEIGHT);
        });
    }
    action
}

/// A menu behind a chip with this text and name.
fn menu_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    (text, name): (&str, &str),
    content: impl FnOnce(&mut Ui),
) {
    let chip = OptionChip {
        enabled: true,
        on: false,
        text,
        name,
    };
    let button = chip.menu(ui, cx.palette);
    Popup::menu(&button).show(|ui| {
        content(ui);
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
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
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
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
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
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
