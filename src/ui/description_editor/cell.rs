//! A cell of a table: a text field whose text is written into the description as it is typed.

use crate::config::description_table::{BadCell, CellText};
use crate::t;
use crate::ui::controls::{self, TextField};
use crate::ui::{UiContext, theme};
use egui::{Align, Color32, Label, Layout, Response, RichText, Ui, vec2};
use std::collections::BTreeMap;

/// The height of the title of a column.
const TITLE: f32 = 18.0;
/// The room of a cell that its text does not have.
const EDGES: f32 = 18.0;

/// Where a cell stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellPlace {
    /// The type or the enumeration.
    pub part: String,
    pub row: usize,
    /// The key that it is written by.
    pub key: &'static str,
}

/// A text that is being typed, or that could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CellDraft {
    text: String,
    is_bad: bool,
}

/// The texts of cells that differ from the description.
#[derive(Debug, Default)]
pub(super) struct CellDrafts {
    texts: BTreeMap<CellPlace, CellDraft>,
    /// The cell that gets the keys when it is shown next.
    wanted: Option<CellPlace>,
}

/// How a cell is shown.
pub(super) struct CellLook<'a> {
    /// Its accessible name.
    pub name: &'a str,
    pub hint: &'a str,
    pub width: f32,
    /// The mistake in it.
    pub fault: Option<&'a str>,
}

/// A change of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub text: String,
    /// The cell that was changed; none if rows were.
    pub cell: Option<CellPlace>,
}

impl Change {
    /// A change of rows.
    pub fn of_rows(text: String) -> Self {
        Self { text, cell: None }
    }
}

impl CellDrafts {
    pub fn clear(&mut self) {
        self.texts.clear();
    }

    /// Gives a cell the keys when it is shown next.
    pub fn go_to(&mut self, place: CellPlace) {
        self.wanted = Some(place);
    }

    /// Whether a text could not be written.
    pub fn has_bad(&self) -> bool {
        self.texts.values().any(|draft| draft.is_bad)
    }

    /// Shows a cell; `write` says what the description is with another text in it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: UiContext<'_>,
        (place, cell): (CellPlace, &CellText),
        look: CellLook<'_>,
        write: impl FnOnce(&str) -> Result<String, BadCell>,
    ) -> (Response, Option<Change>) {
        let draft = self.texts.get(&place);
        let mut text = draft.map_or_else(|| cell.text.clone(), |draft| draft.text.clone());
        let is_bad = draft.is_some_and(|draft| draft.is_bad);
        let bad = is_bad.then(|| t!(cx.lang, "editor.bad_cell"));
        let fault = bad.as_deref().or(look.fault);
        let response = ui.add_enabled_ui(!cell.is_locked, |ui| {
            let field = TextField::new(&mut text, look.name, look.hint, look.width);
            field.fault(fault).show(ui, cx.palette)
        });
        let response = response.inner;
        // The rest of a text that is longer than its cell.
        let is_cut = !text.is_empty() && text_width(ui, &text) > look.width - EDGES;
        let response = match is_cut {
            true => response.on_hover_text(&text),
            false => response,
        };
        if self.wanted.as_ref() == Some(&place) {
            self.wanted = None;
            response.request_focus();
        }
        let response = match cell.is_locked {
            true => controls::unusable(ui, response, &t!(cx.lang, "editor.locked")),
            false => response,
        };
        if response.changed() {
            let written = write(&text);
            let is_bad = written.is_err();
            self.texts.insert(place.clone(), CellDraft { text, is_bad });
            let change = written.ok().map(|text| Change {
                text,
                cell: Some(place),
            });
            return (response, change);
        }
        if !response.has_focus() && !is_bad {
            self.texts.remove(&place);
        }
        (response, None)
    }
}

fn text_width(ui: &Ui, text: &str) -> f32 {
    let painter = ui.painter();
    let galley = painter.layout_no_wrap(text.to_owned(), theme::mono(), Color32::PLACEHOLDER);
    galley.size().x
}

/// The title of a column.
pub(super) fn title_ui(ui: &mut Ui, cx: UiContext<'_>, text: &str, width: f32) {
    let text = RichText::new(text).font(theme::small());
    let label = Label::new(text.color(cx.palette.dim)).truncate();
    let left = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, TITLE), left, |ui| {
        ui.set_min_width(width);
        ui.add(label);
    });
}
