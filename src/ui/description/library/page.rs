//! The page on which descriptions are kept: the files of the folder, and those used last.

use super::entry::{self, EntryAction};
use super::{Asks, DescriptionLibrary, Done, words};
use crate::book::file_url;
use crate::payload::printable;
use crate::schema::{READY_MADE, ReadyMade};
use crate::settings::descriptions::export;
use crate::settings::library::RecentDescriptions;
use crate::settings::tab::{DescriptionChoice, DescriptionDraft, WrittenPath};
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::description::DescriptionView;
use crate::ui::path_field::FileDialogKind;
use crate::ui::{Action, UiContext, grouped, theme};
use egui::{ComboBox, Hyperlink, Key, Label, RichText, Ui};
use std::path::{Path, PathBuf};

/// The description of the session in front, which the page can change.
pub struct ChosenDescription<'a> {
    pub draft: &'a mut DescriptionDraft,
    pub view: &'a mut DescriptionView,
}

impl ChosenDescription<'_> {
    fn is(&self, path: &Path) -> bool {
        self.draft.choice == DescriptionChoice::File
            && self.draft.path.path().as_deref() == Some(path)
    }
}

impl DescriptionLibrary {
    /// The page.
    pub fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        mut chosen: ChosenDescription<'_>,
        recent: &mut RecentDescriptions,
    ) -> Option<Action> {
        let Some(folder) = self.folder.clone() else {
            hint_ui(ui, cx, &t!(cx.lang, "descriptions.no_folder"));
            return None;
        };
        let is_idle = self.work.is_none();
        ui.add_enabled_ui(is_idle, |ui| self.buttons_ui(ui, cx));
        ui.add_enabled_ui(is_idle, |ui| self.asks_ui(ui, cx));
        self.outcome_ui(ui, cx);
        let heading = t!(cx.lang, "descriptions.own");
        controls::heading(ui, &heading, cx.palette);
        if let Some(problem) = &self.unread {
            controls::error_line(ui, &words::problem(cx, problem), cx.palette);
        }
        if self.known.list.is_empty() && self.reading.is_none() {
            hint_ui(ui, cx, &t!(cx.lang, "descriptions.none"));
        }
        let mut asked = None;
        for own in &self.known.list {
            let is_used = chosen.is(&own.path);
            if let Some(action) = entry::own_ui(ui, cx, own, is_used) {
                asked = Some((own.path.clone(), action));
            }
        }
        if self.known.is_cut {
            let count = grouped(self.known.list.len() as u64);
            hint_ui(ui, cx, &t!(cx.lang, "descriptions.cut", count = count));
        }
        let asked = asked.and_then(|(path, action)| self.act(ui.ctx(), &path, action, &mut chosen));
        let asked = asked.or(self.recent_ui(ui, cx, &mut chosen, recent));
        ui.separator();
        let path = printable::path(folder.path());
        let text = t!(cx.lang, "descriptions.folder", path = path);
        let text = RichText::new(text).font(theme::small());
        let text = Label::new(text.color(cx.palette.dim));
        ui.add(text.wrap().selectable(true));
        if !self.known.list.is_empty() {
            let text = t!(cx.lang, "descriptions.show_folder");
            ui.add(Hyperlink::from_label_and_url(text, file_url(folder.path())));
        }
        asked
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        ui.horizontal_wrapped(|ui| {
            for (key, asks) in [
                ("descriptions.new", Asks::New),
                ("descriptions.import", Asks::Import),
            ] {
                let text = t!(cx.lang, key);
                if controls::small(ui, &text, &text).clicked() {
                    self.ask(asks, String::new());
                }
            }
            let text = t!(cx.lang, "descriptions.read_again");
            if controls::small(ui, &text, &text).clicked() {
                self.read_again();
            }
        });
        let mut ready: Option<ReadyMade> = None;
        let text = t!(cx.lang, "descriptions.copy_ready");
        let combo = ComboBox::from_id_salt("copy a ready-made description")
            .icon(controls::combo_arrow)
            .selected_text(&text)
            .truncate()
            .width(ui.available_width())
            .height(300.0)
            .show_ui(ui, |ui| {
                for known in READY_MADE {
                    if controls::item(ui, false, known.title).clicked() {
                        ready = Some(known);
                    }
                }
                controls::close_when_chosen(ui);
            });
        controls::drop_down(ui, combo.response, &text);
        if let Some(ready) = ready {
            self.begin(ui.ctx(), move |folder| folder.copy(ready).map(Done::Made));
        }
    }

    fn ask(&mut self, asks: Asks, name: String) {
        if asks == Asks::Import {
            self.path = WrittenPath::default();
        }
        (self.asks, self.name, self.is_asked) = (asks, name, false);
        self.outcome = None;
    }

    /// The name or the path that is asked for, and what is done with it.
    fn asks_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let (caption, does) = match &self.asks {
            Asks::Nothing => return,
            Asks::New => ("descriptions.new_name", "descriptions.make"),
            Asks::Name(_) => ("descriptions.new_name", "descriptions.do_rename"),
            Asks::Import => ("descriptions.import_path", "descriptions.do_import"),
            Asks::Export(_) => ("descriptions.export_path", "descriptions.do_export"),
        };
        let caption = t!(cx.lang, caption);
        let is_first = !std::mem::replace(&mut self.is_asked, true);
        let entered = match &self.asks {
            Asks::Import | Asks::Export(_) => {
                if is_first {
                    self.field.focus();
                }
                let kind = match self.asks {
                    Asks::Import => FileDialogKind::Open,
                    _ => FileDialogKind::Save,
                };
                self.field.ui(ui, cx, &mut self.path, (&caption, kind))
            }
            _ => {
                let width = ui.available_width();
                let field = TextField::new(&mut self.name, &caption, &caption, width);
                let field = field.show(ui, cx.palette);
                if is_first {
                    controls::select_all(ui.ctx(), field.id, &self.name);
                }
                field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
            }
        };
        ui.horizontal(|ui| {
            let does = t!(cx.lang, does);
            if controls::small(ui, &does, &does).clicked() || entered {
                self.answer(ui.ctx());
            }
            let cancel = t!(cx.lang, "export.cancel");
            if controls::small(ui, &cancel, &cancel).clicked() {
                self.ask(Asks::Nothing, String::new());
            }
        });
    }

    /// Does what was asked about.
    fn answer(&mut self, ctx: &egui::Context) {
        let name = self.name.trim().to_owned();
        let path = self.path.path();
        match (self.asks.clone(), path) {
            (Asks::New, _) => self.begin(ctx, move |folder| folder.begin(&name).map(Done::Begun)),
            (Asks::Name(from), _) => self.begin(ctx, move |folder| {
                let to = folder.rename(&from, &name)?;
                Ok(Done::Renamed { from, to })
            }),
            (Asks::Import, Some(path)) => {
                self.begin(ctx, move |folder| folder.import(&path).map(Done::Made));
            }
            (Asks::Export(from), Some(to)) => self.begin(ctx, move |_| {
                export(&from, &to)?;
                Ok(Done::Exported)
            }),
            (Asks::Nothing | Asks::Import | Asks::Export(_), _) => {}
        }
    }

    /// What was done last, and the way back.
    fn outcome_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        match &self.outcome {
            Some(Ok(done)) => {
                let text = RichText::new(words::done(cx, done)).font(theme::small());
                let line = ui.add(Label::new(text.color(cx.palette.dim)).wrap());
                controls::announced(ui, line, egui::accesskit::Live::Polite);
            }
            Some(Err(problem)) => {
                controls::error_line(ui, &words::problem(cx, problem), cx.palette);
            }
            None => {}
        }
        let Some(deleted) = self.deleted.clone() else {
            return;
        };
        let name = words::name(deleted.path());
        let text = t!(cx.lang, "descriptions.restore", name = name);
        if controls::small_if(ui, self.work.is_none(), &text, &text).clicked() {
            self.begin(ui.ctx(), move |folder| {
                folder.restore(&deleted).map(Done::Made)
            });
        }
    }

    fn recent_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        chosen: &mut ChosenDescription<'_>,
        recent: &mut RecentDescriptions,
    ) -> Option<Action> {
        let paths: Vec<PathBuf> = recent.paths().map(Path::to_owned).collect();
        let paths: Vec<PathBuf> = paths.into_iter().filter(|path| !self.has(path)).collect();
        if paths.is_empty() {
            return None;
        }
        controls::heading(ui, &t!(cx.lang, "descriptions.recent"), cx.palette);
        let mut asked = None;
        for path in paths {
            match entry::recent_ui(ui, cx, &path, chosen.is(&path)) {
                Some(EntryAction::Delete) => recent.remove(&path),
                Some(action) => asked = self.act(ui.ctx(), &path, action, chosen),
                None => {}
            }
        }
        asked
    }

    fn act(
        &mut self,
        ctx: &egui::Context,
        path: &Path,
        action: EntryAction,
        chosen: &mut ChosenDescription<'_>,
    ) -> Option<Action> {
        let path = path.to_owned();
        match action {
            EntryAction::Edit => return Some(Action::EditDescription(path)),
            EntryAction::Use => chosen.view.choose(chosen.draft, &path),
            EntryAction::Rename => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let name = name.into_owned();
                self.ask(Asks::Name(path), name);
            }
            EntryAction::Copy => {
                self.begin(ctx, move |folder| folder.import(&path).map(Done::Made));
            }
            EntryAction::Export => {
                self.path
                    .set(Path::new(path.file_name().unwrap_or_default()));
                self.ask(Asks::Export(path), String::new());
            }
            EntryAction::Delete => {
                self.begin(ctx, move |folder| folder.delete(&path).map(Done::Deleted));
            }
        }
        None
    }
}

fn hint_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let text = RichText::new(text).color(cx.palette.dim);
    ui.add(Label::new(text).wrap());
}
