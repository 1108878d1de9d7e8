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

use egui::{Response, Ui};

/// Gives a control the name that screen readers, tests and scripts know it by.
pub fn named(ui: &Ui, response: Response, name: &str) -> Response {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}
