//! The table of the fields of a type, and the rest of the selected one.

use super::cell::{CellDrafts, CellLook, CellPlace, Change, title_ui};
use super::columns::{cell_name, hint, title, width};
use crate::config::description_table::{Column, DescriptionTable, PlacedMistake};
use crate::ui::controls;
use crate::ui::{UiContext, theme};
use crate::{explain, t};
use egui::{Button, Label, RichText, ScrollArea, Ui, vec2};

/// The most fields that are shown: more are edited in the text.
pub(super) const MOST: usize = 200;
/// The width of the number of a field, and of the list of types.
const NUMBER: f32 = 28.0;
const LIST: f32 = 24.0;
const GAP: f32 = 4.0;
/// The greatest height of the table, in points. In a window lower than this the table has no scroll
/// bar of its own beside that of the window.
const TALLEST: f32 = 250.0;
const LOW: f32 = 600.0;
/// The room of a scroll bar.
const BAR: f32 = 8.0;

/// The fields of a type.
pub(super) struct Fields<'a> {
    pub table: &'a DescriptionTable,
    pub of: &'a str,
    pub row: &'a mut usize,
    pub drafts: &'a mut CellDrafts,
    pub mistake: Option<&'a PlacedMistake>,
}

impl Fields<'_> {
    /// The table.
    pub fn ui(mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Change> {
        let rows = self.table.rows(self.of);
        let mut change = self.buttons_ui(ui, cx, rows);
        let around = ui.ctx().content_rect().height();
        let is_low = around < LOW;
        let height = match is_low {
            true => f32::INFINITY,
            false => (around * 0.35).min(TALLEST),
        };
        ScrollArea::new([true, !is_low])
            .id_salt("fields of a description")
            .max_height(height)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(GAP, 3.0);
                ui.horizontal(|ui| {
                    ui.add_space(NUMBER + GAP);
                    for column in Column::TABLE {
                        let more = if column == Column::Type {
                            LIST + GAP
                        } else {
                            0.0
                        };
                        title_ui(ui, cx, &title(cx, column), width(column) + more);
                    }
                });
                for row in 0..rows.min(MOST) {
                    let changed = ui.push_id(row, |ui| self.row_ui(ui, cx, row)).inner;
                    change = change.take().or(changed);
                }
                controls::scroll_by_keys(ui);
            });
        if rows > MOST {
            hint_ui(ui, cx, &t!(cx.lang, "editor.more_rows", count = MOST));
        }
        let hidden = self.table.hidden(self.of);
        if !hidden.is_empty() {
            let keys = hidden.join(", ");
            hint_ui(ui, cx, &t!(cx.lang, "editor.hidden", keys = keys));
        }
        change
    }

    /// Adds, removes and moves rows.
    fn buttons_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, rows: usize) -> Option<Change> {
        let row = (*self.row).min(rows.saturating_sub(1));
        *self.row = row;
        let (table, of) = (self.table, self.of);
        let behind = row + usize::from(rows > 0);
        let buttons = [
            ("editor.add", true),
            ("editor.remove", rows > 0),
            ("editor.up", row > 0),
            ("editor.down", row + 1 < rows),
        ];
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            for (key, enabled) in buttons {
                let text = t!(cx.lang, key);
                if controls::small_if(ui, enabled, &text, &text).clicked() {
                    asked = Some(key);
                }
            }
        });
        let (next, text) = match asked? {
            "editor.add" => (behind, table.with_row(of, behind)),
            "editor.remove" => (row, table.without_row(of, row)),
            "editor.up" => {
                let before = row.checked_sub(1)?;
                (before, table.swapped(of, before))
            }
            _ => (row + 1, table.swapped(of, row)),
        };
        *self.row = next;
        Some(Change::of_rows(text?))
    }

    fn row_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, row: usize) -> Option<Change> {
        let mut change = None;
        ui.horizontal(|ui| {
            let name = t!(cx.lang, "editor.select", number = row + 1);
            let number = RichText::new((row + 1).to_string()).font(theme::small());
            let button = Button::selectable(*self.row == row, number);
            let button = ui.add_sized([NUMBER, theme::FIELD], button);
            if controls::named(ui, button, &name).clicked() {
                *self.row = row;
            }
            for column in Column::TABLE {
                let changed = self.cell_ui(ui, cx, row, column);
                change = change.take().or(changed);
                if column == Column::Type {
                    let chosen = self.types_ui(ui, cx, row);
                    change = change.take().or(chosen);
                }
            }
            ui.add_space(BAR);
        });
        change
    }

    fn cell_ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        row: usize,
        column: Column,
    ) -> Option<Change> {
        let (table, of) = (self.table, self.of);
        let cell = table.cell(of, row, column);
        let place = CellPlace {
            part: of.to_owned(),
            row,
            key: column.key(),
        };
        let fault = self.fault(cx, row, column);
        let name = cell_name(cx, column, row);
        let look = CellLook {
            name: &name,
            hint: if row == *self.row { hint(column) } else { "" },
            width: width(column),
            fault: fault.as_deref(),
        };
        let write = |text: &str| table.with_cell(of, row, column, text);
        let (response, change) = self.drafts.ui(ui, cx, (place, &cell), look, write);
        if response.has_focus() {
            *self.row = row;
        }
        change
    }

    /// The mistake, if it is in this cell, or in this field and in none of its cells.
    fn fault(&self, cx: UiContext<'_>, row: usize, column: Column) -> Option<String> {
        let mistake = self.mistake?;
        let place = mistake.place.as_ref()?;
        let is_row = place.of == self.of && place.row == Some(row);
        let is_it = is_row && place.column.unwrap_or(Column::Name) == column;
        is_it.then(|| explain::file_mistake(cx.lang, &mistake.mistake))
    }

    /// The list of types of a field.
    fn types_ui(&mut self, ui: &mut Ui, cx: UiContext<'_>, row: usize) -> Option<Change> {
        let cell = self.table.cell(self.of, row, Column::Type);
        let button = ui.add_enabled_ui(!cell.is_locked, |ui| {
            ui.add_sized([LIST, theme::FIELD], Button::new("▾"))
        });
        let name = t!(cx.lang, "editor.types_of", number = row + 1);
        let button = controls::named(ui, button.inner, &name);
        let mut chosen = None;
        controls::menu(&button).show(|ui| {
            ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
                let mut names = self.table.type_names(self.of);
                // Those that begin as what is written come first.
                names.sort_by_key(|name| !name.starts_with(cell.text.as_str()));
                for name in names {
                    if controls::item(ui, name == cell.text, name.as_str()).clicked() {
                        chosen = Some(name);
                    }
                }
                controls::close_when_chosen(ui);
            });
        });
        controls::regain_focus(ui, &button);
        let text = self.table.with_cell(self.of, row, Column::Type, &chosen?);
        Some(Change::of_rows(text.ok()?))
    }

    /// What else is said of the selected field.
    pub fn details_ui(mut self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Change> {
        let row = *self.row;
        if row >= self.table.rows(self.of) {
            return None;
        }
        let heading = t!(cx.lang, "editor.details", number = row + 1);
        controls::heading(ui, &heading, cx.palette);
        let mut change = None;
        ui.push_id(("details", row), |ui| {
            ui.horizontal_wrapped(|ui| {
                for column in Column::DETAILS {
                    let caption = title(cx, column);
                    let changed =
                        controls::captioned(ui, &caption, width(column), cx.palette, |ui| {
                            self.cell_ui(ui, cx, row, column)
                        });
                    change = change.take().or(changed);
                }
            });
        });
        change
    }
}

fn hint_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str) {
    let text = RichText::new(text).font(theme::small());
    ui.add(Label::new(text.color(cx.palette.dim)).wrap());
}
