//! Which type or enumeration the table shows, the head of the description, and new parts.

use super::cell::{CellDrafts, CellLook, CellPlace, Change};
use crate::config::description_table::{BadCell, CellText, DescriptionTable, META};
use crate::t;
use crate::ui::UiContext;
use crate::ui::controls::{self, TextField};
use egui::{ComboBox, Ui};

/// The width of the list, and of a new name.
const LIST: f32 = 180.0;
const NAME: f32 = 110.0;

/// A part of a description that has a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The message, `""`, or a type in it.
    Type(String),
    /// An enumeration of a type.
    Enum { of: String, name: String },
}

impl Default for Part {
    fn default() -> Self {
        Self::Type(String::new())
    }
}

impl Part {
    /// The type that it is or stands in.
    pub fn of(&self) -> &str {
        match self {
            Self::Type(of) | Self::Enum { of, .. } => of,
        }
    }

    fn title(&self, cx: UiContext<'_>) -> String {
        match self {
            Self::Type(of) if of.is_empty() => t!(cx.lang, "editor.message"),
            Self::Type(of) => of.clone(),
            Self::Enum { of, name } if of.is_empty() => {
                t!(cx.lang, "editor.of_enum", name = name)
            }
            Self::Enum { of, name } => {
                t!(cx.lang, "editor.of_enum", name = format!("{of}::{name}"))
            }
        }
    }

    /// All parts of a description.
    pub fn all(table: &DescriptionTable) -> Vec<Self> {
        let mut parts = Vec::new();
        for of in table.types() {
            parts.push(Self::Type(of.clone()));
            parts.extend(table.enums(&of).into_iter().map(|name| Self::Enum {
                of: of.clone(),
                name,
            }));
        }
        parts
    }

    /// Chooses the part; adds and removes types and enumerations.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        table: &DescriptionTable,
        new: &mut String,
    ) -> Option<Change> {
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            let name = t!(cx.lang, "editor.part");
            let combo = ComboBox::from_id_salt("part of a description")
                .icon(controls::combo_arrow)
                .selected_text(self.title(cx))
                .truncate()
                .width(LIST)
                .height(300.0)
                .show_ui(ui, |ui| {
                    for part in Self::all(table) {
                        let title = part.title(cx);
                        controls::item_of(ui, self, part, title);
                    }
                    controls::close_when_chosen(ui);
                });
            controls::drop_down(ui, combo.response, &name);
            let caption = t!(cx.lang, "editor.new_name");
            TextField::new(new, &caption, &caption, NAME).show(ui, cx.palette);
            let is_named = !new.trim().is_empty();
            for (key, enabled) in [
                ("editor.add_type", is_named),
                ("editor.add_enum", is_named),
                ("editor.remove_part", *self != Self::default()),
            ] {
                let text = t!(cx.lang, key);
                let button = controls::small_if(ui, enabled, &text, &text);
                let why = match key {
                    "editor.remove_part" => t!(cx.lang, "editor.message_stays"),
                    _ => t!(cx.lang, "editor.name_needed"),
                };
                if controls::unusable(ui, button, &why).clicked() {
                    asked = Some(key);
                }
            }
        });
        let of = self.of().to_owned();
        let name = new.trim().to_owned();
        let (part, text) = match (asked?, &*self) {
            ("editor.add_type", _) => {
                let path = match of.as_str() {
                    "" => name.clone(),
                    of => format!("{of}::{name}"),
                };
                (Self::Type(path), table.with_type(&of, &name))
            }
            ("editor.add_enum", _) => {
                let text = table.with_enum(&of, &name);
                (Self::Enum { of, name }, text)
            }
            (_, Self::Type(path)) => (Self::default(), table.without_type(path)),
            (_, Self::Enum { of, name }) => (Self::Type(of.clone()), table.without_enum(of, name)),
        };
        let text = text?;
        *self = part;
        new.clear();
        Some(Change::of_rows(text))
    }
}

/// The name, the byte order and the framing of the description.
pub(super) fn head_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    table: &DescriptionTable,
    drafts: &mut CellDrafts,
) -> Option<Change> {
    let mut change = None;
    ui.horizontal_wrapped(|ui| {
        for key in META {
            let (caption, hint, width) = match key {
                "id" => ("editor.protocol", "sensor", 130.0),
                "endian" => ("editor.endian", "be, le", 60.0),
                _ => ("editor.framing", "length:2", 150.0),
            };
            let caption = t!(cx.lang, caption);
            let place = CellPlace {
                part: "meta".to_owned(),
                row: 0,
                key,
            };
            let cell = CellText {
                text: table.meta(key),
                is_locked: false,
            };
            let look = CellLook {
                name: &caption,
                hint,
                width,
                fault: None,
            };
            let write = |text: &str| table.with_meta(key, text).ok_or(BadCell);
            let changed = controls::captioned(ui, &caption, width, cx.palette, |ui| {
                drafts.ui(ui, cx, (place, &cell), look, write).1
            });
            change = change.take().or(changed);
        }
    });
    change
}
