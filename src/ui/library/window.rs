//! The page on which snippets are named, sorted, and handed on, and what was sent is.

use super::table::{Destination, composed};
use crate::jobs::{Died, Job};
use crate::payload::composition::Composition;
use crate::say;
use crate::settings::library::{History, LONGEST, Library, Mistake, Snippet, Snippets};
use crate::settings::tab::WrittenPath;
use crate::ui::controls::{self, Field};
use crate::ui::path_field::{PathField, Way};
use crate::ui::{Action, Look, theme};
use egui::{RichText, Ui};
use std::io;

#[derive(Debug, Default)]
pub struct SnippetWindow {
    /// What is to be kept under a name.
    new: Option<Composition>,
    name: String,
    group: String,
    path: WrittenPath,
    field: PathField,
    /// What importing or exporting last came to, and whether that was bad.
    said: Option<(String, bool)>,
    /// Why the last snippet was not sent.
    pub(super) refused: Option<String>,
    /// What a file came to, while it is read or written.
    asked: Option<Job<Done>>,
}

impl SnippetWindow {
    /// Asks for a name to keep it under.
    pub fn keep(&mut self, composition: Composition) {
        self.name = composition.title();
        self.new = Some(composition);
    }

    /// The page: the table of snippets, which go to `to`, and what was sent before.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        library: &mut Library,
        to: Destination<'_>,
    ) -> Option<Action> {
        let Library {
            history,
            snippets,
            in_turn,
        } = library;
        self.new_ui(ui, look, snippets);
        let asked = self.table_ui(ui, look, snippets, to);
        let asked = asked.or(self.in_turn_ui(ui, look, snippets, in_turn, to));
        ui.separator();
        self.files_ui(ui, look, snippets);
        ui.separator();
        let chosen = history_ui(ui, look, history);
        asked.or(chosen.map(|chosen| composed(&chosen)))
    }

    fn new_ui(&mut self, ui: &mut Ui, look: Look<'_>, snippets: &mut Snippets) {
        let Some(composition) = &self.new else {
            return;
        };
        let line = RichText::new(composition.title()).font(theme::mono());
        ui.add(egui::Label::new(line).truncate());
        ui.horizontal_wrapped(|ui| {
            for (text, caption, width) in [
                (&mut self.name, say!(look.lang, "snippets.item"), 150.0),
                (&mut self.group, say!(look.lang, "snippets.group"), 90.0),
            ] {
                controls::caption(ui, &caption, 0.0, look.palette);
                Field::new(text, &caption, "", width).show(ui, look.palette);
            }
            let save = say!(look.lang, "snippets.save");
            let named = !self.name.trim().is_empty();
            if controls::small_if(ui, named, &save, &save).clicked()
                && let Some(composition) = self.new.take()
            {
                let name = self.name.trim().to_owned();
                let group = match self.group.trim() {
                    "" => say!(look.lang, "snippets.default_group"),
                    group => group.to_owned(),
                };
                snippets.add(&group, Snippet { name, composition });
            }
            let cancel = say!(look.lang, "export.cancel");
            if controls::small(ui, &cancel, &cancel).clicked() {
                self.new = None;
            }
        });
        ui.separator();
    }

    fn files_ui(&mut self, ui: &mut Ui, look: Look<'_>, snippets: &mut Snippets) {
        let name = say!(look.lang, "snippets.file");
        self.field.ui(ui, look, &mut self.path, (&name, Way::Save));
        if let Some(ended) = self.asked.as_ref().and_then(Job::poll) {
            self.asked = None;
            let died = |error| Done::Exported(Err(Mistake::Io(error)));
            self.said = Some(match ended.into_result().unwrap_or_else(died) {
                Done::Imported(Ok(others)) => {
                    let count = snippets.merge(others);
                    (say!(look.lang, "snippets.imported", count = count), false)
                }
                Done::Exported(Ok(())) => (say!(look.lang, "snippets.exported"), false),
                Done::Imported(Err(mistake)) | Done::Exported(Err(mistake)) => {
                    (explain(look, &mistake), true)
                }
            });
        }
        let path = self.path.path();
        let ready = path.is_some() && self.asked.is_none();
        ui.add_enabled_ui(ready, |ui| {
            ui.horizontal(|ui| {
                let import = say!(look.lang, "snippets.import");
                let imports = controls::small(ui, &import, &import).clicked();
                let export = say!(look.lang, "snippets.export");
                let exports = controls::small(ui, &export, &export).clicked();
                let Some(path) = path else { return };
                if imports {
                    let import = move || Done::Imported(Snippets::import(&path));
                    self.begin(ui.ctx(), look, import);
                } else if exports {
                    let all = snippets.clone();
                    let export = move || Done::Exported(all.export(&path));
                    self.begin(ui.ctx(), look, export);
                }
            });
        });
        if let Some((text, bad)) = &self.said {
            let colour = if *bad {
                look.palette.error
            } else {
                look.palette.dim
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
        look: Look<'_>,
        work: impl FnOnce() -> Done + Send + 'static,
    ) {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        match Job::start("snippets", wake, move |_| Ok(work())) {
            Ok(job) => self.asked = Some(job),
            Err(error) => {
                let reason = crate::explain::reason(look.lang, &error);
                let said = say!(look.lang, "journal.not_opened", reason = reason);
                self.said = Some((said, true));
            }
        }
    }
}

/// What a file of snippets came to.
#[derive(Debug)]
enum Done {
    Imported(Result<Snippets, Mistake>),
    Exported(Result<(), Mistake>),
}

/// What was sent; returns what was chosen.
fn history_ui(ui: &mut Ui, look: Look<'_>, history: &mut History) -> Option<Composition> {
    controls::heading(ui, &say!(look.lang, "history.heading"), look.palette);
    if history.entries().is_empty() {
        ui.label(RichText::new(say!(look.lang, "history.empty")).color(look.palette.dim));
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
    let clear = say!(look.lang, "history.clear");
    if controls::small(ui, &clear, &clear).clicked() {
        history.clear();
    }
    chosen
}

fn explain(look: Look<'_>, mistake: &Mistake) -> String {
    match mistake {
        // That is no fault of the file.
        Mistake::Io(error) if Died::of(error).is_some() => crate::explain::reason(look.lang, error),
        Mistake::Io(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            say!(look.lang, "snippets.other_file")
        }
        Mistake::Io(error) => say!(
            look.lang,
            "snippets.unreadable",
            reason = crate::explain::reason(look.lang, error)
        ),
        Mistake::TooLong => say!(look.lang, "snippets.too_long"),
        Mistake::TooMuch => {
            let limit = crate::ui::size(LONGEST);
            say!(look.lang, "snippets.too_much", limit = limit)
        }
        Mistake::Syntax(reason) => say!(look.lang, "snippets.syntax", reason = reason),
    }
}
