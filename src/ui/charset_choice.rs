//! Choosing an encoding.

use super::{UiContext, controls};
use crate::payload::charset::Charset;
use egui::Ui;

/// A row of the left panel with a choice of encodings; `none` describes the choice of none, and
/// `short` does so in a narrow row.
pub fn choice_ui(
    ui: &mut Ui,
    cx: UiContext<'_>,
    name: &str,
    (short, none): (&str, &str),
    choice: &mut Option<Charset>,
) {
    let width = controls::LEFT_PANEL.width(ui, cx.lang);
    controls::labelled_row(ui, name, width, cx.palette, |ui| {
        let combo = egui::ComboBox::from_id_salt(name)
            .icon(controls::combo_arrow)
            .selected_text(
                choice.map_or_else(|| short.to_owned(), |charset| charset.full_name().into()),
            )
            .truncate()
            .width(ui.available_width())
            .height(300.0)
            .show_ui(ui, |ui| {
                list_ui(ui, none, choice);
            });
        controls::drop_down(ui, combo.response, name);
    });
}

/// The list of encodings.
pub fn list_ui(ui: &mut Ui, none: &str, choice: &mut Option<Charset>) {
    controls::item_of(ui, choice, None, none);
    for charset in Charset::ALL {
        controls::item_of(ui, choice, Some(charset), charset.full_name());
    }
    controls::close_when_chosen(ui);
}
