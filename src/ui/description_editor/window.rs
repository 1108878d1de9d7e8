//! The window of the editor.

use super::cell::CellPlace;
use super::fields::{Fields, MOST};
use super::message::{SampleReader, SelectedBytes};
use super::part::{Part, head_ui};
use super::values::Values;
use super::{Asks, DescriptionEditor, EditorView, FileFailure, OpenDescription, text};
use crate::config::description_table::{Column, PlacedMistake};
use crate::payload::printable;
use crate::ui::{UiContext, controls, theme};
use crate::{explain, t};
use egui::{Context, Label, RichText, ScrollArea, Ui};

/// The id of the window, its width, and the room that its frame takes of the height.
const WINDOW: &str = "description editor";
const WIDTH: f32 = 1_120.0;
const FRAME: f32 = 70.0;
/// The part of the height of the program's window that is below the upper edge of this one.
const BELOW: f32 = 0.85;
/// The width of the switch between table and text.
const SWITCH: f32 = 230.0;
/// The room of a scroll bar.
const BAR: f32 = 8.0;
/// Where the content is this wide, the message stands beside the rest of the selected field, which
/// has this width, in points.
const WIDE: f32 = 960.0;
const DETAILS: f32 = 460.0;
const BESIDE: f32 = 16.0;

impl DescriptionEditor {
    /// Shows the window while a description is open. `selected` is the selected message of
    /// the log.
    pub fn ui(&mut self, ctx: &Context, cx: UiContext<'_>, selected: Option<SelectedBytes<'_>>) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        if opened.follow(ctx) {
            self.saved = Some(opened.path.clone());
        }
        opened.sample.fill(selected);
        let name = opened.path.file_name().unwrap_or_default();
        let name = printable::line(name.to_string_lossy().as_bytes());
        let title = match opened.is_changed() {
            true => t!(cx.lang, "editor.title_changed", name = name),
            false => t!(cx.lang, "editor.title", name = name),
        };
        let height = (ctx.content_rect().height() * BELOW - FRAME).max(120.0);
        let mut open = true;
        let closes = controls::window(ctx, WINDOW, (&title, true), &mut open, WIDTH, |ui| {
            let scroll = ScrollArea::vertical()
                .id_salt("description editor")
                .max_height(height)
                .min_scrolled_height(height)
                .auto_shrink([false, true]);
            let shown = scroll.show(ui, |ui| {
                ui.set_max_width(ui.available_width() - BAR);
                let closes = opened.ui(ui, cx, selected);
                controls::scroll_by_keys(ui);
                closes
            });
            shown.inner
        });
        if closes == Some(true) || !open && !opened.is_changed() {
            self.opened = None;
            // Its window is no longer the one in front.
            let title = (title.as_str(), true);
            controls::window(ctx, WINDOW, title, &mut false, WIDTH, |_| ());
            ctx.request_repaint();
        } else if !open {
            opened.asks = Asks::Close;
            ctx.request_repaint();
        } else if !opened.is_checked {
            ctx.request_repaint();
        }
    }
}

impl OpenDescription {
    /// The content of the window; returns whether it is to be closed.
    fn ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, selected: Option<SelectedBytes<'_>>) -> bool {
        let closes = self.asks_ui(ui, cx);
        match &self.failure {
            Some(FileFailure::Io(error)) => {
                controls::error_line(ui, &explain::reason(cx.lang, error), cx.palette);
            }
            Some(FileFailure::Died(died)) => {
                controls::error_line(ui, &explain::died(cx.lang, died), cx.palette);
            }
            None => {}
        }
        if self.known.is_none() {
            if self.failure.is_none() {
                ui.label(RichText::new(t!(cx.lang, "description.reading")).color(cx.palette.dim));
            }
            return closes;
        }
        self.buttons_ui(ui, cx);
        match self.view {
            EditorView::Table => {
                self.table_ui(ui, cx);
                self.below_ui(ui, cx, selected);
            }
            EditorView::Text => {
                let mut text = self.text.clone();
                let mistake = self.mistake.as_ref().map(|placed| &placed.mistake);
                if text::ui(ui, cx, &mut text, mistake) {
                    self.typed(text);
                }
                self.sample_ui(ui, cx, selected);
            }
        }
        closes
    }

    /// The rest of the selected field, the mistake and the message: beside each other where there is
    /// room, so that the table and what it reads are seen together.
    fn below_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, selected: Option<SelectedBytes<'_>>) {
        let has_details = self.table.is_some() && matches!(self.part, Part::Type(_));
        if !has_details || ui.available_width() < WIDE {
            self.details_ui(ui, cx);
            // Below the table it moves nothing that is being typed.
            self.mistake_ui(ui, cx);
            self.sample_ui(ui, cx, selected);
            return;
        }
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(DETAILS);
                self.details_ui(ui, cx);
                self.mistake_ui(ui, cx);
            });
            ui.add_space(BESIDE);
            ui.vertical(|ui| self.sample_ui(ui, cx, selected));
        });
    }

    /// What the table does not show of the selected field.
    fn details_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let (Some(table), Part::Type(of)) = (&self.table, &self.part) else {
            return;
        };
        let fields = Fields {
            table,
            of,
            row: &mut self.row,
            drafts: &mut self.drafts,
            mistake: self.mistake.as_deref(),
        };
        if let Some(change) = fields.details_ui(ui, cx) {
            self.change(change);
            ui.ctx().request_repaint();
        }
    }

    fn sample_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, selected: Option<SelectedBytes<'_>>) {
        let row = match (&self.part, self.view) {
            (Part::Type(of), EditorView::Table) => Some((of.as_str(), self.row)),
            _ => None,
        };
        let reader = SampleReader {
            schema: self.schema.as_ref(),
            is_stale: self.mistake.is_some(),
            row,
        };
        self.sample.ui(ui, cx, reader, selected);
    }

    /// The question about the file, and its answers.
    fn asks_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) -> bool {
        let (text, answers) = match &self.asks {
            Asks::Nothing => return false,
            Asks::Close => (
                "editor.unsaved",
                ["editor.save", "editor.discard", "editor.go_on"],
            ),
            Asks::Changed(_) => (
                "editor.changed",
                ["editor.overwrite", "editor.take_theirs", "editor.go_on"],
            ),
        };
        controls::error_line(ui, &t!(cx.lang, text), cx.palette);
        let mut answer = None;
        ui.horizontal_wrapped(|ui| {
            for key in answers {
                let text = t!(cx.lang, key);
                // Another button has the name that saves.
                let name = t!(cx.lang, "editor.answer", answer = text);
                if controls::small(ui, &text, &name).clicked() {
                    answer = Some(key);
                }
            }
        });
        ui.separator();
        let Some(answer) = answer else { return false };
        let asks = std::mem::take(&mut self.asks);
        match (answer, asks) {
            ("editor.save", _) => self.save(ui.ctx(), false),
            ("editor.overwrite", _) => self.save(ui.ctx(), true),
            ("editor.take_theirs", Asks::Changed(now)) => {
                self.history.keep(&self.text, None);
                self.drafts.clear();
                self.take(now);
            }
            ("editor.discard", _) => return true,
            _ => {}
        }
        false
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        ui.horizontal_wrapped(|ui| {
            if !self.is_ksy() {
                let views = [
                    (EditorView::Table, t!(cx.lang, "editor.table")),
                    (EditorView::Text, t!(cx.lang, "editor.text")),
                ];
                let name = t!(cx.lang, "editor.view");
                ui.allocate_ui(egui::vec2(SWITCH, theme::FIELD), |ui| {
                    controls::segmented(ui, &name, &mut self.view, &views, cx.palette);
                });
            }
            let save = t!(cx.lang, "editor.save");
            let is_bad = self.drafts.has_bad();
            let ready = self.is_changed() && self.file.is_none() && !is_bad;
            let button = controls::small_if(ui, ready, &save, &save);
            let why = match is_bad {
                true => t!(cx.lang, "editor.bad_cell"),
                false => t!(cx.lang, "editor.no_changes"),
            };
            if controls::unusable(ui, button, &why).clicked() {
                self.save(ui.ctx(), false);
            }
            for (key, is_back, can) in [
                ("editor.undo", true, self.history.can_undo()),
                ("editor.redo", false, self.history.can_redo()),
            ] {
                let text = t!(cx.lang, key);
                if controls::small_if(ui, can, &text, &text).clicked() {
                    self.step(is_back);
                }
            }
        });
    }

    /// The first mistake in the description, if it has one, and the way to it.
    fn mistake_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let Some(placed) = &self.mistake else { return };
        let mistake = explain::file_mistake(cx.lang, &placed.mistake);
        let cell = self.mistaken_cell(placed);
        let go = match &cell {
            Some((_, cell)) => t!(cx.lang, "editor.go_to_field", number = cell.row + 1),
            None => t!(cx.lang, "editor.go_to_line", line = placed.mistake.line),
        };
        controls::error_line(ui, &mistake, cx.palette);
        if !controls::small(ui, &go, &go).clicked() {
            return;
        }
        match cell {
            Some((part, cell)) => {
                (self.part, self.row) = (part, cell.row);
                self.drafts.go_to(cell);
            }
            None => {
                text::go_to(ui.ctx(), &self.text, &placed.mistake);
                self.view = EditorView::Text;
            }
        }
        ui.ctx().request_repaint();
    }

    /// The cell of a mistake, and the part that has it; `None` where only the text shows it.
    fn mistaken_cell(&self, placed: &PlacedMistake) -> Option<(Part, CellPlace)> {
        let (table, place) = (self.table.as_ref()?, placed.place.as_ref()?);
        let part = Part::Type(place.of.clone());
        let row = place.row.filter(|row| *row < MOST)?;
        let column = place.column.unwrap_or(Column::Name);
        let is_there = Part::all(table).contains(&part) && row < table.rows(&place.of);
        let is_shown = is_there && !table.cell(&place.of, row, column).is_locked;
        let cell = CellPlace {
            part: place.of.clone(),
            row,
            key: column.key(),
        };
        is_shown.then_some((part, cell))
    }

    fn table_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>) {
        let Some(table) = &self.table else {
            let text = RichText::new(t!(cx.lang, "editor.no_table"));
            ui.add(Label::new(text.color(cx.palette.dim)).wrap());
            return;
        };
        let before = self.part.clone();
        let mut change = head_ui(ui, cx, table, &mut self.drafts);
        let changed = self.part.ui(ui, cx, table, &mut self.new_name);
        let is_new = changed.is_some();
        change = change.or(changed);
        if self.part != before {
            self.row = 0;
        }
        // A part that was just made is in the next text.
        let shown = match is_new {
            true => None,
            false => Some(&self.part),
        };
        let changed = match shown {
            None => None,
            Some(Part::Type(of)) => {
                let fields = Fields {
                    table,
                    of,
                    row: &mut self.row,
                    drafts: &mut self.drafts,
                    mistake: self.mistake.as_deref(),
                };
                fields.ui(ui, cx)
            }
            Some(Part::Enum { of, name }) => {
                let values = Values {
                    table,
                    of,
                    name,
                    drafts: &mut self.drafts,
                };
                values.ui(ui, cx)
            }
        };
        if let Some(change) = change.or(changed) {
            self.change(change);
            ui.ctx().request_repaint();
        }
    }
}
