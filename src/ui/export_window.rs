//! Exporting the log, or the rows that a search shows, to a file.

use super::as_command::AsCommand;
use super::format_choice::FileUse;
use super::path_field::{FileDialogKind, PathField};
use super::peer_code::PeerCode;
use super::{UiContext, controls, format_choice, grouped, size, theme};
use crate::capture::CaptureFormat;
use crate::capture::export::ExportOutcome;
use crate::config::SessionConfig;
use crate::engine::NoSuchInterface;
use crate::peer::Peer;
use crate::settings::tab::WrittenPath;
use crate::words::Lang;
use crate::{explain, t};
use egui::{ProgressBar, RichText, Ui};
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// The widest list of formats.
const WIDEST: f32 = 300.0;

/// The rows and the format of an export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    pub path: PathBuf,
    pub format: CaptureFormat,
    /// Only the rows that pass the search and the switches.
    pub shown_only: bool,
    /// The numbers of the only rows to export, in order.
    pub selected: Option<Vec<RangeInclusive<u64>>>,
    pub replaces: bool,
}

#[derive(Debug, Default)]
pub struct ExportWindow {
    path: WrittenPath,
    field: PathField,
    format: CaptureFormat,
    shown_only: bool,
    /// The rows that were selected when the page was asked for by their menu.
    selected: Option<Vec<RangeInclusive<u64>>>,
    replaces: bool,
    /// The outcome of the last export, and whether it failed.
    message: Option<(String, bool)>,
    /// Whether it failed because of the path.
    path_is_wrong: bool,
    /// The file and format that was said of.
    described: Option<(PathBuf, CaptureFormat)>,
    as_command: AsCommand,
    peer_code: PeerCode,
}

/// The request of the window.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportAction {
    Start(ExportOptions),
    Cancel,
}

impl ExportWindow {
    pub fn show(&mut self, shown_only: bool) {
        // The permission to replace is for one file.
        self.replaces = false;
        self.shown_only = shown_only;
        self.selected = None;
        self.message = None;
        self.field.focus();
    }

    /// Prepares a scenario of these rows, once the page is shown.
    pub fn make_scenario(&mut self, rows: Vec<RangeInclusive<u64>>) {
        self.selected = Some(rows);
        self.format = CaptureFormat::Scenario;
        // Otherwise the name says another format.
        if self.path.extension().is_some() {
            self.path.set_extension(self.format.extension());
        }
    }

    /// Says how one ended.
    pub fn ended(&mut self, lang: Lang, outcome: &ExportOutcome) {
        self.path_is_wrong = matches!(outcome, ExportOutcome::Failed(error) if is_of_path(error));
        self.message = Some(match outcome {
            ExportOutcome::Done {
                rows,
                bytes,
                gone,
                left_out,
            } => {
                let (rows, bytes) = (grouped(*rows), size(*bytes));
                let mut text = t!(lang, "export.done", rows = rows, bytes = bytes);
                if *left_out > 0 {
                    let count = grouped(*left_out);
                    let of_scenario =
                        |(_, format): &(PathBuf, CaptureFormat)| *format == CaptureFormat::Scenario;
                    text.push_str(&match self.described.as_ref().is_some_and(of_scenario) {
                        true => t!(lang, "export.no_steps", count = count),
                        false => t!(lang, "export.left_out", count = count),
                    });
                }
                if *gone > 0 {
                    text.push_str(&t!(lang, "export.gone", count = grouped(*gone)));
                }
                (text, *gone > 0)
            }
            ExportOutcome::Cancelled => (t!(lang, "export.cancelled"), false),
            ExportOutcome::Failed(error) => (explain::unwritten(lang, error), true),
        });
        self.replaces = false;
    }

    /// Says why one could not begin.
    pub fn failed(&mut self, lang: Lang, error: &io::Error) {
        self.path_is_wrong = is_of_path(error);
        self.message = Some((explain::unwritten(lang, error), true));
    }

    /// Moves the view to the program for the other side, once the page is shown; it sends the
    /// bytes of `row`.
    pub fn seek_peer_code(&mut self, row: Option<Vec<u8>>) {
        self.peer_code.seek(row);
    }

    /// The page; `config` is the session as a command line, or the missing interface of
    /// one of its groups, and `bound` its address; `progress` that of an export under way,
    /// `partial` whether the search has not come to its end.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        progress: Option<f32>,
        partial: bool,
        (config, bound): (
            Option<Result<&SessionConfig, &NoSuchInterface>>,
            Option<Peer>,
        ),
    ) -> Option<ExportAction> {
        let asked = self.inner_ui(ui, cx, progress, partial);
        if let Some(config) = config {
            ui.separator();
            match config {
                Ok(config) => {
                    self.as_command.ui(ui, cx, config);
                    ui.separator();
                    self.peer_code.ui(ui, cx, config, bound);
                }
                Err(missing) => {
                    let words = explain::no_such_interface(cx.lang, missing);
                    controls::error_line(ui, &words, cx.palette);
                }
            }
        }
        asked
    }

    fn inner_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        progress: Option<f32>,
        partial: bool,
    ) -> Option<ExportAction> {
        let width = WIDEST.min(ui.available_width());
        let used = FileUse::Export;
        format_choice::ui(ui, cx, used, &mut self.format, &mut self.path, width);
        let name = t!(cx.lang, "export.path");
        let is_shown = self.message.is_some() && self.described == self.present();
        self.field.mark(self.path_is_wrong && is_shown);
        let entered = self
            .field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Save));
        // Enter may come in the same frame as the last of the path.
        format_choice::follow(used, &mut self.format, &self.path);
        let (text, font) = (t!(cx.lang, "export.shown_only"), theme::body());
        controls::check(ui, &mut self.shown_only, &text, "", font, cx.palette);
        self.selected_ui(ui, cx);
        let (text, font) = (t!(cx.lang, "export.replaces"), theme::body());
        controls::check(ui, &mut self.replaces, &text, "", font, cx.palette);
        if let Some(progress) = progress {
            let mut asked = None;
            ui.horizontal(|ui| {
                let bar = ui.add(ProgressBar::new(progress).desired_width(width - 90.0));
                controls::named(ui, bar, &t!(cx.lang, "export.progress"));
                let cancel = t!(cx.lang, "export.cancel");
                if controls::small(ui, &cancel, &cancel).clicked() {
                    asked = Some(ExportAction::Cancel);
                }
            });
            return asked;
        }
        let waits = self.shown_only && partial;
        if waits {
            let text = RichText::new(t!(cx.lang, "export.partial"));
            ui.label(text.color(cx.palette.dim));
        }
        let ready = self.path.path().is_some() && !waits;
        let start = t!(cx.lang, "export.start");
        let button = controls::small_if(ui, ready, &start, &start);
        let why = match waits {
            true => t!(cx.lang, "export.partial"),
            false => t!(cx.lang, "path.needed"),
        };
        let button = controls::unusable(ui, button, &why);
        let asked = ready && (button.clicked() || entered);
        if !asked {
            self.message_ui(ui, cx);
            return None;
        }
        let path = self.path.path_to_write(self.format.extension())?;
        self.message = None;
        self.described = self.path.path().map(|path| (path, self.format));
        Some(ExportAction::Start(ExportOptions {
            path,
            format: self.format,
            shown_only: self.shown_only,
            selected: self.selected.clone(),
            replaces: self.replaces,
        }))
    }

    /// The selected rows, which may give way to all.
    fn selected_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let Some(spans) = &self.selected else {
            return;
        };
        let count: u64 = spans.iter().map(|span| span.end() - span.start() + 1).sum();
        let text = t!(cx.lang, "export.selected_only", count = grouped(count));
        let mut on = true;
        controls::check(ui, &mut on, &text, "", theme::body(), cx.palette);
        if !on {
            self.selected = None;
        }
    }

    /// The file and format that are chosen now.
    fn present(&self) -> Option<(PathBuf, CaptureFormat)> {
        self.path.path().map(|path| (path, self.format))
    }

    /// The outcome of the last export, while it belongs to the settings above.
    fn message_ui(&self, ui: &mut Ui, cx: UiContext<'_>) {
        let same = self.described == self.present();
        if let Some((text, bad)) = self.message.as_ref().filter(|_| same) {
            if *bad {
                controls::error_line(ui, text, cx.palette);
            } else {
                let text = RichText::new(text).color(cx.palette.ok);
                ui.add(egui::Label::new(text).wrap());
            }
        }
    }
}

/// Whether another path may do.
fn is_of_path(error: &io::Error) -> bool {
    use io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::InvalidInput
            | ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
    )
}
