//! Opening a file that was recorded or exported.

use super::path_field::{FileDialogKind, PathField};
use super::{Action, UiContext, controls, theme};
use crate::settings::dock::Page;
use crate::settings::tab::WrittenPath;
use crate::traffic::Failure;
use crate::{explain, t};
use egui::{RichText, Ui};
use std::path::Path;

#[derive(Debug, Default)]
pub struct OpenWindow {
    path: WrittenPath,
    field: PathField,
}

impl OpenWindow {
    pub fn show(&mut self) {
        self.field.focus();
    }

    /// The page.
    pub fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Action> {
        let name = t!(cx.lang, "open.path");
        let entered = self
            .field
            .ui(ui, cx, &mut self.path, (&name, FileDialogKind::Open));
        let hint = RichText::new(t!(cx.lang, "open.hint"));
        ui.add(egui::Label::new(hint.font(theme::small()).color(cx.palette.dim)).wrap());
        let path = self.path.path();
        let name = t!(cx.lang, "open.open");
        let button = controls::small_if(ui, path.is_some(), &name, &name);
        let clicked = controls::unusable(ui, button, &t!(cx.lang, "path.needed")).clicked();
        path.filter(|_| entered || clicked).map(Action::OpenFile)
    }
}

/// Shown in place of the connection's settings: the file's name, and that nothing is connected.
pub fn file_ui(ui: &mut Ui, cx: UiContext<'_>, path: &Path) -> Option<Action> {
    controls::heading(ui, &t!(cx.lang, "open.heading"), cx.palette);
    let text = RichText::new(path.display().to_string()).font(theme::small_mono());
    ui.add(egui::Label::new(text).wrap().selectable(true));
    let hint = RichText::new(t!(cx.lang, "open.read_only"));
    ui.add(egui::Label::new(hint.font(theme::small()).color(cx.palette.dim)).wrap());
    let name = t!(cx.lang, "open.replay");
    let button = controls::small(ui, &name, &name);
    let button = button.on_hover_text(t!(cx.lang, "open.replay_hint"));
    button
        .clicked()
        .then(|| Action::ReplayFile(path.to_owned()))
}

/// Shown there if the file could not be read: the reason and the cure.
pub fn unreadable_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    failure: &Failure,
    place: usize,
) -> Option<Action> {
    controls::heading(ui, &t!(cx.lang, "open.heading"), cx.palette);
    let message = explain::failure(cx.lang, failure);
    controls::error_line(ui, &message.what_and_why(cx.lang), cx.palette);
    let cure = RichText::new(message.cure).font(theme::small());
    ui.add(egui::Label::new(cure.color(cx.palette.dim)).wrap());
    let mut action = None;
    let another = t!(cx.lang, "open.another");
    if controls::small(ui, &another, &another).clicked() {
        action = Some(Action::ShowPage(Page::Open));
    }
    let close = t!(cx.lang, "open.close");
    if controls::small(ui, &close, &close).clicked() {
        action = Some(Action::CloseTab(place));
    }
    action
}
