//! The page on which snippets are named, sorted and shared, and sent messages are listed.

use super::destination::{SnippetRefusal, SnippetTarget};
use super::table::{composed, in_turn_ui, table_ui};
use crate::payload::composition::Composition;
use crate::settings::library::{History, Library, Snippet, Snippets};
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::kept_file::{KeptFile, KeptFileWords};
use crate::ui::{Action, UiContext, theme};
use egui::{Key, RichText, Ui};
use std::path::Path;

/// The words for the file of snippets.
const FILE: KeptFileWords = KeptFileWords {
    thread: "snippets",
    file: "snippets.file",
    import: "snippets.import",
    export: "snippets.export",
    other_file: "snippets.other_file",
    too_long: "snippets.too_long",
    too_much: "snippets.too_much",
    syntax: "snippets.syntax",
};

#[derive(Debug, Default)]
pub struct SnippetWindow {
    /// The message to keep under a name.
    new: Option<Composition>,
    name: String,
    /// Whether its name waits for the keys.
    asks: bool,
    group: String,
    file: KeptFile<Snippets>,
    /// Why the last snippet was not sent.
    refused: Option<SnippetRefusal>,
}

impl SnippetWindow {
    /// Asks for a name to keep it under.
    pub fn keep(&mut self, composition: Composition) {
        self.name = composition.title();
        self.new = Some(composition);
        self.asks = true;
    }

    /// The page: the table of snippets, which are sent to `to`, and the history.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        library: &mut Library,
        to: SnippetTarget<'_>,
    ) -> Option<Action> {
        let Library {
            history,
            snippets,
            in_turn,
            descriptions: _,
        } = library;
        self.new_ui(ui, cx, snippets);
        let refused = &mut self.refused;
        let asked = table_ui(ui, cx, snippets, to, refused);
        let asked = asked.or(in_turn_ui(ui, cx, snippets, in_turn, to, refused));
        ui.separator();
        self.file_ui(ui, cx, snippets);
        ui.separator();
        let chosen = history_ui(ui, cx, history);
        asked.or(chosen.map(|chosen| composed(&chosen)))
    }

    fn new_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, snippets: &mut Snippets) {
        let Some(composition) = &self.new else {
            return;
        };
        let line = RichText::new(composition.title()).font(theme::mono());
        ui.add(egui::Label::new(line).truncate());
        ui.horizontal_wrapped(|ui| {
            let mut entered = false;
            for (text, caption, width, is_first) in [
                (&mut self.name, t!(cx.lang, "snippets.item"), 150.0, true),
                (&mut self.group, t!(cx.lang, "snippets.group"), 90.0, false),
            ] {
                let field = TextField::new(&mut *text, &caption, "", width);
                let field = controls::captioned(ui, &caption, width, cx.palette, |ui| {
                    field.show(ui, cx.palette)
                });
                entered |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                if is_first && self.asks {
                    // The menu that asked for it gives the keys back to its button first.
                    self.asks = !field.has_focus();
                    controls::select_all(ui.ctx(), field.id, text);
                    ui.ctx().request_repaint();
                }
            }
            let save = t!(cx.lang, "snippets.save");
            let named = !self.name.trim().is_empty();
            let button = controls::small_if(ui, named, &save, &save);
            let why = t!(cx.lang, "snippets.no_name");
            let saves = controls::unusable(ui, button, &why).clicked();
            if (saves || entered && named)
                && let Some(composition) = self.new.take()
            {
                let name = self.name.trim().to_owned();
                let group = match self.group.trim() {
                    "" => t!(cx.lang, "snippets.default_group"),
                    group => group.to_owned(),
                };
                snippets.add(&group, Snippet { name, composition });
            }
            let cancel = t!(cx.lang, "export.cancel");
            if controls::small(ui, &cancel, &cancel).clicked() {
                self.new = None;
            }
        });
        ui.separator();
    }

    fn file_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, snippets: &mut Snippets) {
        controls::heading(ui, &t!(cx.lang, "snippets.file"), cx.palette);
        if let Some(others) = self.file.follow(cx, FILE) {
            let count = snippets.merge(others);
            self.file
                .say(t!(cx.lang, "snippets.imported", count = count));
        }
        let export = || {
            let all = snippets.clone();
            move |path: &Path| all.export(path)
        };
        self.file.ui(ui, cx, FILE, Snippets::import, export);
    }
}

/// The history; returns the chosen message.
fn history_ui(ui: &mut Ui, cx: UiContext<'_>, history: &mut History) -> Option<Composition> {
    controls::heading(ui, &t!(cx.lang, "history.heading"), cx.palette);
    if history.entries().is_empty() {
        ui.label(RichText::new(t!(cx.lang, "history.empty")).color(cx.palette.dim));
        return None;
    }
    let mut chosen = None;
    for entry in history.entries() {
        let text = RichText::new(entry.title()).font(theme::mono());
        let button = egui::Button::new(text).frame_when_inactive(false);
        if ui.add(button.truncate()).clicked() {
            chosen = Some(entry.clone());
        }
    }
    let clear = t!(cx.lang, "history.clear");
    if controls::small(ui, &clear, &clear).clicked() {
        history.clear();
    }
    chosen
}
