//! The menus beside the message: what was sent, and snippets.

use super::{SnippetWindow, title};
use crate::payload::composition::Composition;
use crate::say;
use crate::settings::library::{History, Snippets};
use crate::ui::{Look, controls, theme};
use egui::{Popup, RichText, ScrollArea, Ui};

/// What was chosen in the menu of snippets.
pub enum Chosen {
    Message(Composition),
    /// The page with all of them.
    Page,
}

/// Room a menu may take.
const HEIGHT: f32 = 320.0;

impl History {
    /// What was sent; returns what was chosen.
    pub fn menu_ui(&mut self, ui: &mut Ui, look: Look<'_>) -> Option<Composition> {
        let name = say!(look.lang, "history.name");
        let button = controls::small(ui, &format!("{name} ▾"), &name);
        let mut chosen = None;
        Popup::menu(&button).show(|ui| {
            if self.entries().is_empty() {
                ui.label(RichText::new(say!(look.lang, "history.empty")).color(look.palette.dim));
                return;
            }
            ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
                for entry in self.entries() {
                    let text = RichText::new(title(entry)).font(theme::mono());
                    if ui.button(text).clicked() {
                        chosen = Some(entry.clone());
                    }
                }
            });
            ui.separator();
            if ui.button(say!(look.lang, "history.clear")).clicked() {
                self.clear();
            }
            controls::close_when_chosen(ui);
        });
        controls::regain_focus(ui, &button);
        chosen
    }
}

impl SnippetWindow {
    /// Snippets by group; `present` is what may be kept.
    pub fn menu_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        snippets: &Snippets,
        present: &Composition,
    ) -> Option<Chosen> {
        let name = say!(look.lang, "snippets.name");
        let button = controls::small(ui, &format!("{name} ▾"), &name);
        let mut chosen = None;
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
                        if button.on_hover_text(title(&snippet.composition)).clicked() {
                            chosen = Some(Chosen::Message(snippet.composition.clone()));
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
                self.keep(present.clone());
                chosen = Some(Chosen::Page);
            }
            if ui.button(say!(look.lang, "snippets.edit")).clicked() {
                chosen = Some(Chosen::Page);
            }
            controls::close_when_chosen(ui);
        });
        controls::regain_focus(ui, &button);
        chosen
    }
}
