//! The menus beside the message: what was sent, and snippets.

use crate::payload::composition::Composition;
use crate::settings::Library;
use crate::settings::dock::Page;
use crate::settings::library::{History, Snippets};
use crate::t;
use crate::ui::{Action, UiContext, controls, theme};
use egui::{Popup, RichText, ScrollArea, Ui};

/// Room a menu may take.
const HEIGHT: f32 = 320.0;

/// Both menus: what is chosen in them replaces the `present` message.
pub fn ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    library: &mut Library,
    present: &mut Composition,
) -> Option<Action> {
    history_ui(ui, cx, &mut library.history, present);
    snippets_ui(ui, cx, &library.snippets, present)
}

fn history_ui(ui: &mut Ui, cx: UiContext<'_>, history: &mut History, present: &mut Composition) {
    let name = t!(cx.lang, "history.name");
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    Popup::menu(&button).show(|ui| {
        if history.entries().is_empty() {
            ui.label(RichText::new(t!(cx.lang, "history.empty")).color(cx.palette.dim));
            return;
        }
        ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
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
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
}

/// Snippets by group, keeping the present message as one, and the page with all of them.
fn snippets_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    snippets: &Snippets,
    present: &mut Composition,
) -> Option<Action> {
    let name = t!(cx.lang, "snippets.name");
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    let mut action = None;
    Popup::menu(&button).show(|ui| {
        ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
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
        let keep = ui.add_enabled_ui(!present.text.is_empty(), |ui| {
            ui.button(t!(cx.lang, "snippets.keep"))
        });
        if keep.inner.clicked() {
            action = Some(Action::KeepSnippet(present.clone()));
        }
        if ui.button(t!(cx.lang, "snippets.edit")).clicked() {
            action = Some(Action::ShowPage(Page::Library));
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    action
}
