//! A field for the path of a file, and a button that asks the desktop for one.
//!
//! The desktop's dialog may be missing, or never answer: it runs on a thread of its own,
//! and the field can be written in all the while.

use super::controls::{self, Field};
use super::{Look, theme};
use crate::disk::path_of;
use crate::say;
use crossbeam_channel::Receiver;
use egui::Ui;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A file that is there.
    Open,
    /// A file to write.
    Save,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathField {
    text: String,
    /// The dialog's answer, while one is open.
    #[serde(skip)]
    asked: Option<Receiver<Option<PathBuf>>>,
    /// When it was opened, in the toolkit's seconds, and whether there was none.
    #[serde(skip)]
    asked_at: f64,
    #[serde(skip)]
    no_dialog: bool,
    /// It is to have the keyboard.
    #[serde(skip)]
    wanted: bool,
}

impl PartialEq for PathField {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PathField {
    pub fn set(&mut self, path: &Path) {
        self.text = path.display().to_string();
    }

    /// What was written, with a `~` before it as the home folder; `None` for nothing.
    pub fn path(&self) -> Option<PathBuf> {
        // Pasted from a file manager or a shell.
        let text = self.text.trim().trim_matches('"').trim_matches('\'');
        let home = text.strip_prefix("~/").zip(etcetera::home_dir().ok());
        match home {
            Some((rest, home)) => Some(home.join(rest)),
            None => (!text.is_empty()).then(|| path_of(text)),
        }
    }

    /// The same for a file to be written: with the usual ending, where none was written
    /// and nothing of that name is there.
    pub fn path_to_write(&self, extension: &str) -> Option<PathBuf> {
        let mut path = self.path()?;
        if path.extension().is_none() && !path.exists() {
            path.set_extension(extension);
        }
        Some(path)
    }

    /// The ending of what was written.
    pub fn extension(&self) -> Option<String> {
        let path = self.path()?;
        Some(path.extension()?.to_string_lossy().into_owned())
    }

    /// Replaces the ending of what was written, if it has one.
    pub fn set_extension(&mut self, extension: &str) {
        if let Some(path) = self.path().filter(|path| path.extension().is_some()) {
            self.set(&path.with_extension(extension));
        }
    }

    /// Gives it the keyboard when it is shown next, with all of it selected.
    pub fn focus(&mut self) {
        self.wanted = true;
    }

    /// Shows the field, as wide as there is room; says whether Enter was pressed in it.
    pub fn ui(&mut self, ui: &mut Ui, look: Look<'_>, name: &str, way: Way) -> bool {
        if let Some(answer) = self.asked.as_ref().and_then(|asked| asked.try_recv().ok()) {
            self.asked = None;
            // Nobody gives up that fast: there is no dialog.
            let now = ui.input(|input| input.time);
            self.no_dialog = answer.is_none() && now < self.asked_at + 0.4;
            if let Some(path) = answer {
                self.set(&path);
            }
        }
        if self.no_dialog {
            controls::error_line(ui, &say!(look.lang, "path.no_dialog"), look.palette);
        }
        ui.horizontal(|ui| {
            ui.set_min_height(theme::FIELD);
            let field = Field {
                text: &mut self.text,
                name,
                hint: &say!(look.lang, "path.hint"),
                width: (ui.available_width() - 84.0).max(80.0),
                faulty: false,
                id: None,
            };
            let response = field.show(ui, look.palette);
            if std::mem::take(&mut self.wanted) {
                controls::select_all(ui.ctx(), response.id, &self.text);
            }
            let browse = say!(look.lang, "path.browse");
            let waits = self.asked.is_some();
            let button = ui.add_enabled_ui(!waits, |ui| controls::small(ui, &browse, &browse));
            if button.inner.clicked() {
                self.asked_at = ui.input(|input| input.time);
                self.no_dialog = false;
                self.asked = ask(ui.ctx(), way, self.path());
            }
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
        })
        .inner
    }
}

/// Opens the desktop's dialog; `None` if the system has no thread left.
fn ask(
    ctx: &egui::Context,
    way: Way,
    present: Option<PathBuf>,
) -> Option<Receiver<Option<PathBuf>>> {
    let (answers, answer) = crossbeam_channel::bounded(1);
    let ctx = ctx.clone();
    std::thread::Builder::new()
        .name("file dialog".into())
        .spawn(move || {
            let mut dialog = rfd::FileDialog::new();
            if let Some(folder) = present.as_deref().and_then(Path::parent) {
                dialog = dialog.set_directory(folder);
            }
            if let Some(name) = present.as_deref().and_then(Path::file_name) {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            let path = match way {
                Way::Open => dialog.pick_file(),
                Way::Save => dialog.save_file(),
            };
            // The tab may be gone by now.
            answers.send(path).ok();
            ctx.request_repaint();
        })
        .ok()?;
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<PathBuf> {
        let field = PathField {
            text: text.into(),
            ..PathField::default()
        };
        field.path()
    }

    #[test]
    fn paths_are_taken_as_they_are_pasted() {
        let plain = Some(PathBuf::from("/tmp/a b.bin"));
        for text in [
            "/tmp/a b.bin",
            " '/tmp/a b.bin' ",
            "\"/tmp/a b.bin\"",
            "file:///tmp/a b.bin",
        ] {
            assert_eq!(path(text), plain, "{text}");
        }
        assert_eq!(path("  "), None);
        assert!(path("~/x").is_some_and(|path| path.ends_with("x") && path.is_absolute()));
    }
}
