//! The window's own controls: small, and each with an accessible name.

mod button;
mod check;
mod field;
mod segmented;
mod window;

pub use button::{
    badge, chip, combo_arrow, dot, icon_button, primary, small, small_if, tooltip_with_key, wide,
};
pub use check::check;
pub use field::{Field, caption, error_line, heading, labelled_row, select_all};
pub use segmented::segmented;
pub use window::{close, front, list_height, window};

use egui::{Key, Memory, Response, Ui};

/// Closes the menu or list around it when a key chose one of its items: a click closes it by
/// itself. Stands behind the items.
pub fn close_when_chosen(ui: &Ui) {
    let key =
        |input: &egui::InputState| input.key_pressed(Key::Enter) || input.key_pressed(Key::Space);
    if !ui.input(key) {
        return;
    }
    let focused = ui.memory(Memory::focused);
    let item = focused.and_then(|id| ui.ctx().read_response(id));
    // The button that opens it stands in another layer.
    if item.is_some_and(|item| item.layer_id == ui.layer_id() && item.clicked()) {
        ui.close();
    }
}

/// Gives a control the name that screen readers, tests and scripts know it by.
pub fn named(ui: &Ui, response: Response, name: &str) -> Response {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}
