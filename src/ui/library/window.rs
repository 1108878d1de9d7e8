//! The page on which snippets are named, sorted and shared, and sent messages are listed.

use super::destination::{SnippetRefusal, SnippetTarget};
use super::table::{composed, in_turn_ui, table_ui};
use crate::jobs::{Died, Job};
use crate::payload::composition::Composition;
use crate::settings::kept_file::{LONGEST, Mistake};
use crate::settings::library::{History, Library, Snippet, Snippets};
use crate::settings::tab::WrittenPath;
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::path_field::{FileDialogKind, PathField};
use crate::ui::{Action, UiContext, theme};
use egui::{Key, RichText, Ui};
use std::io;

#[derive(Debug, Default)]
pub struct SnippetWindow {
    /// The message to keep under a name.
    new: Option<Composition>,
    name: String,
    /// Whether its name waits for the keys.
    asks: bool,
    group: String,
    path: WrittenPath,
    field: PathField,
    /// The outcome of the last import or export, and whether it failed.
    wording: Option<(String, bool)>,
    /// Why the last snippet was not sent.
    refused: Option<SnippetRefusal>,
    /// The job that reads or writes a file.
    asked: Option<Job<Done>>,
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
        } = library;
        self.new_ui(ui, cx, snippets);
        let refused = &mut self.refused;
        let asked = table_ui(ui, cx, snippets, to, refused);
        let asked = asked.or(in_turn_ui(ui, cx, snippets, in_turn, to, refused));
        ui.separator();
        self.files_ui(ui, cx, snippets);
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

    fn files_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, snippets: &mut Snippets) {
        let name = t!(cx.lang, "snippets.file");
        controls::heading(ui, &name, cx.palette);
        self.field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Save));
        if let Some(ended) = self.asked.as_ref().and_then(Job::poll) {
            self.asked = None;
            let died = |error| Done::Exported(Err(Mistake::Io(error)));
            self.wording = Some(match ended.into_result().unwrap_or_else(died) {
                Done::Imported(Ok(others)) => {
                    let count = snippets.merge(others);
                    (t!(cx.lang, "snippets.imported", count = count), false)
                }
                Done::Exported(Ok(())) => (t!(cx.lang, "snippets.exported"), false),
                Done::Imported(Err(mistake)) | Done::Exported(Err(mistake)) => {
                    (explain(cx, &mistake), true)
                }
            });
        }
        let path = self.path.path();
        let ready = path.is_some() && self.asked.is_none();
        ui.add_enabled_ui(ready, |ui| {
            ui.horizontal(|ui| {
                let import = t!(cx.lang, "snippets.import");
                let needed = t!(cx.lang, "path.needed");
                let button = controls::small(ui, &import, &import);
                let imports = controls::unusable(ui, button, &needed).clicked();
                let export = t!(cx.lang, "snippets.export");
                let button = controls::small(ui, &export, &export);
                let exports = controls::unusable(ui, button, &needed).clicked();
                let Some(path) = path else { return };
                if imports {
                    let import = move || Done::Imported(Snippets::import(&path));
                    self.begin(ui.ctx(), cx, import);
                } else if exports {
                    let all = snippets.clone();
                    let export = move || Done::Exported(all.export(&path));
                    self.begin(ui.ctx(), cx, export);
                }
            });
        });
        if let Some((text, bad)) = &self.wording {
            let colour = if *bad {
                cx.palette.error
            } else {
                cx.palette.dim
            };
            ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
        }
    }
}

impl SnippetWindow {
    /// Does it on a thread of its own: a disk may take its time. It is not cancelled: a file
    /// is there whole or as it was.
    fn begin(
        &mut self,
        ctx: &egui::Context,
        cx: UiContext<'_>,
        work: impl FnOnce() -> Done + Send + 'static,
    ) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match Job::start("snippets", wake, move |_| Ok(work())) {
            Ok(job) => self.asked = Some(job),
            Err(error) => {
                let reason = crate::explain::reason(cx.lang, &error);
                let wording = t!(cx.lang, "journal.not_opened", reason = reason);
                self.wording = Some((wording, true));
            }
        }
    }
}

/// The result of reading or writing a file of snippets.
#[derive(Debug)]
enum Done {
    Imported(Result<Snippets, Mistake>),
    Exported(Result<(), Mistake>),
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

fn explain(cx: UiContext<'_>, mistake: &Mistake) -> String {
    match mistake {
        // That is no fault of the file.
        Mistake::Io(error) if Died::of(error).is_some() => crate::explain::reason(cx.lang, error),
        Mistake::Io(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            t!(cx.lang, "snippets.other_file")
        }
        Mistake::Io(error) => t!(
            cx.lang,
            "snippets.unreadable",
            reason = crate::explain::reason(cx.lang, error)
        ),
        Mistake::TooLong => t!(cx.lang, "snippets.too_long"),
        Mistake::TooMuch => {
            let limit = crate::ui::size(LONGEST);
            t!(cx.lang, "snippets.too_much", limit = limit)
        }
        Mistake::Syntax(reason) => t!(cx.lang, "snippets.syntax", reason = reason),
    }
}
