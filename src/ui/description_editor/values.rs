//! The table of an enumeration: numbers and their names.

use super::cell::{CellDrafts, CellLook, CellPlace, Change, title_ui};
use crate::config::description_table::{CellText, DescriptionTable};
use crate::t;
use crate::ui::{UiContext, controls};
use egui::Ui;

const VALUE: f32 = 100.0;
const NAME: f32 = 220.0;

/// The values of an enumeration of a type.
pub(super) struct Values<'a> {
    pub table: &'a DescriptionTable,
    pub of: &'a str,
    pub name: &'a str,
    pub drafts: &'a mut CellDrafts,
}

impl Values<'_> {
    pub fn ui(self, ui: &mut Ui, cx: UiContext<'_>) -> Option<Change> {
        let Self {
            table,
            of,
            name,
            drafts,
        } = self;
        let mut change = None;
        ui.horizontal(|ui| {
            title_ui(ui, cx, &t!(cx.lang, "editor.value"), VALUE);
            title_ui(ui, cx, &t!(cx.lang, "editor.value_name"), NAME);
        });
        for (row, known) in table.values(of, name).into_iter().enumerate() {
            ui.push_id(row, |ui| {
                ui.horizontal(|ui| {
                    let number = row + 1;
                    let cells = [
                        ("value", "editor.value", known.value.as_str(), VALUE),
                        ("name", "editor.value_name", known.name.as_str(), NAME),
                    ];
                    for (key, title, text, width) in cells {
                        let title = t!(cx.lang, title);
                        let label = t!(
                            cx.lang,
                            "editor.value_cell",
                            column = title,
                            number = number
                        );
                        let cell = CellText {
                            text: text.to_owned(),
                            is_locked: known.is_locked,
                        };
                        let place = CellPlace {
                            part: format!("{of}::{name}"),
                            row,
                            key,
                        };
                        let look = CellLook {
                            name: &label,
                            hint: "",
                            width,
                            fault: None,
                        };
                        let write = |text: &str| {
                            let pair = match key {
                                "value" => (text, known.name.as_str()),
                                _ => (known.value.as_str(), text),
                            };
                            table.with_named(of, name, row, pair)
                        };
                        let (_, changed) = drafts.ui(ui, cx, (place, &cell), look, write);
                        change = change.take().or(changed);
                    }
                    let remove = t!(cx.lang, "editor.remove_value", number = number);
                    if controls::small(ui, "×", &remove).clicked() {
                        let text = table.without_value(of, name, row);
                        change = change.take().or(text.map(Change::of_rows));
                    }
                });
            });
        }
        let add = t!(cx.lang, "editor.add_value");
        if controls::small(ui, &add, &add).clicked() {
            let text = table.with_value(of, name);
            change = change.take().or(text.map(Change::of_rows));
        }
        change
    }
}
