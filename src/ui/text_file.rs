//! Saving a text that the window shows to a new file.

use super::path_field::{FileDialogKind, PathField};
use super::{UiContext, controls};
use crate::disk::{Existing, Replacement};
use crate::jobs::Job;
use crate::settings::tab::WrittenPath;
use crate::{explain, t};
use egui::{RichText, Ui};
use std::io::{self, Write as _};
use std::path::Path;

/// The words of a text that can be saved.
#[derive(Clone, Copy, Debug)]
pub struct TextFileWords<'a> {
    /// The name of the field for the path.
    pub path: &'a str,
    /// The button.
    pub save: &'a str,
    /// What is said once it is saved.
    pub saved: &'a str,
    /// The extension of a path without one.
    pub extension: &'a str,
}

/// The field for the path, and the running save.
#[derive(Debug, Default)]
pub struct TextFile {
    path: WrittenPath,
    field: PathField,
    /// The running save, and its outcome below.
    asked: Option<Job<()>>,
    message: Option<io::Result<()>>,
}

impl TextFile {
    /// Shows the field and the button; `text` is made when it is to be saved.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        words: TextFileWords<'_>,
        text: impl FnOnce() -> String,
    ) {
        let entered = self
            .field
            .ui(ui, cx, &mut self.path, (words.path, FileDialogKind::Save));
        let ready = self.path.path().is_some() && self.asked.is_none();
        let button = controls::small_if(ui, ready, words.save, words.save);
        let button = match self.asked {
            Some(_) => button,
            None => controls::unusable(ui, button, &t!(cx.lang, "path.needed")),
        };
        let clicked = button.clicked();
        if ready
            && (clicked || entered)
            && let Some(path) = self.path.path_to_write(words.extension)
        {
            match begin(ui.ctx(), &path, text()) {
                Ok(job) => (self.asked, self.message) = (Some(job), None),
                Err(error) => self.message = Some(Err(error)),
            }
        }
        if let Some(ended) = self.asked.as_ref().and_then(Job::poll) {
            self.asked = None;
            self.message = Some(ended.into_result());
        }
        match &self.message {
            None => {}
            Some(Ok(())) => {
                ui.label(RichText::new(words.saved).color(cx.palette.ok));
            }
            Some(Err(error)) => {
                let text = explain::unwritten(cx.lang, error);
                controls::error_line(ui, &text, cx.palette);
            }
        }
    }
}

/// Writes the file on a thread of its own: a disk may be slow. It is not cancelled: the file is
/// there whole or as it was.
fn begin(ctx: &egui::Context, path: &Path, text: String) -> io::Result<Job<()>> {
    let (ctx, path) = (ctx.clone(), path.to_owned());
    Job::start(
        "save",
        move || ctx.request_repaint(),
        move |_| {
            let mut file = Replacement::create(&path, Existing::Keep)?;
            file.write_all(text.as_bytes())?;
            file.finish()
        },
    )
}
