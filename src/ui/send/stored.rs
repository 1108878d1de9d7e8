//! The menus beside the message: what was sent, and snippets.

use crate::payload::composition::Composition;
use crate::say;
use crate::settings::Library;
use crate::settings::dock::Page;
use crate::settings::library::{History, Snippets};
use crate::ui::{Action, Look, controls, theme};
use egui::{Popup, RichText, ScrollArea, Ui};

/// Room a menu may take.
const HEIGHT: f32 = 320.0;

/// Both menus: what is chosen in them replaces the `present` message.
pub fn ui(
    ui: &mut Ui,
    look: Look<'_>,
    library: &mut Library,
    present: &mut Composition,
) -> Option<Action> {
    history_ui(ui, look, &mut library.history, present);
    snippets_ui(ui, look, &library.snippets, present)
}

fn history_ui(ui: &mut Ui, look: Look<'_>, history: &mut History, present: &mut Composition) {
    let name = say!(look.lang, "history.name");
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    Popup::menu(&button).show(|ui| {
        if history.entries().is_empty() {
            ui.label(RichText::new(say!(look.lang, "history.empty")).color(look.palette.dim));
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
        if ui.button(say!(look.lang, "history.clear")).clicked() {
            history.clear();
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
}

/// Snippets by group, keeping the present message as one, and the page with all of them.
fn snippets_ui(
    ui: &mut Ui,
    look: Look<'_>,
    snippets: &Snippets,
    present: &mut Composition,
) -> Option<Action> {
    let name = say!(look.lang, "snippets.name");
    let button = controls::small(ui, &format!("{name} ▾"), &name);
    let mut action = None;
    Popup::menu(&button).show(|ui| {
        ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
            for group in &snippets.groups {
                ui.label(
                    RichText::new(&group.name)
                        .font(theme::small())
                        .color(look.palette.dim),
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
            ui.button(say!(look.lang, "snippets.keep"))
        });
        if keep.inner.clicked() {
            action = Some(Action::KeepSnippet(present.clone()));
        }
        if ui.button(say!(look.lang, "snippets.edit")).clicked() {
            action = Some(Action::ShowPage(Page::Library));
        }
        controls::close_when_chosen(ui);
    });
    controls::regain_focus(ui, &button);
    action
}
