//! A field for the path of a file, and a button that asks the desktop for one.
//!
//! The desktop's dialog may be missing, or never answer: it runs on a thread of its own,
//! and the field can be written in all the while. A dialog that is open cannot be cancelled.

use super::controls::{self, Field};
use super::{Look, theme};
use crate::disk::path_of;
use crate::jobs::{Died, Job, Outcome};
use crate::{explain, say};
use egui::Ui;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    asked: Option<Arc<Job<Option<PathBuf>>>>,
    /// When it was opened, in the toolkit's seconds, and whether there was none.
    #[serde(skip)]
    asked_at: f64,
    #[serde(skip)]
    no_dialog: bool,
    /// A fault of the program lost the answer.
    #[serde(skip)]
    died: Option<Died>,
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
        let ended = self.asked.as_ref().and_then(|asked| asked.poll());
        if let Some(ended) = ended {
            self.asked = None;
            let answer = match ended {
                Outcome::Done(answer) => answer,
                Outcome::Failed(_) => None,
                Outcome::Died(died) => {
                    self.died = Some(died);
                    None
                }
            };
            // Nobody gives up that fast: there is no dialog.
            let now = ui.input(|input| input.time);
            let at_once = answer.is_none() && now < self.asked_at + 0.4;
            self.no_dialog = at_once && self.died.is_none();
            if let Some(path) = answer {
                self.set(&path);
            }
        }
        if self.no_dialog {
            controls::error_line(ui, &say!(look.lang, "path.no_dialog"), look.palette);
        }
        if let Some(died) = &self.died {
            let reason = explain::died(look.lang, died);
            let said = say!(look.lang, "path.died", reason = reason);
            controls::error_line(ui, &said, look.palette);
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
                self.died = None;
                self.asked = ask(ui.ctx(), way, self.path());
                // Without a thread there is none either.
                self.no_dialog = self.asked.is_none();
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
) -> Option<Arc<Job<Option<PathBuf>>>> {
    let ctx = ctx.clone();
    let wake = move || ctx.request_repaint();
    let job = Job::start("file dialog", wake, move |_| {
        let mut dialog = rfd::FileDialog::new();
        if let Some(folder) = present.as_deref().and_then(Path::parent) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = present.as_deref().and_then(Path::file_name) {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        Ok(match way {
            Way::Open => dialog.pick_file(),
            Way::Save => dialog.save_file(),
        })
    });
    job.ok().map(Arc::new)
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
