//! A caption and its field in a row that wraps.

use super::caption;
use crate::ui::theme::{self, Palette};
use egui::{Align, Layout, Ui, vec2};

/// Dim words, followed by the content of `add`, which is `width` points wide. Both stand in one
/// line of a row that wraps.
pub fn captioned<R>(
    ui: &mut Ui,
    text: &str,
    width: f32,
    palette: &Palette,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    captioned_in(ui, (text, 0.0), width, palette, add)
}

/// The same with a caption of at least this width, so that fields below each other begin at one
/// place.
pub fn captioned_in<R>(
    ui: &mut Ui,
    (text, least): (&str, f32),
    width: f32,
    palette: &Palette,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let words = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), palette.dim);
    let gap = ui.spacing().item_spacing.x;
    let size = vec2(words.size().x.max(least) + gap + width, theme::FIELD);
    let row = Layout::left_to_right(Align::Center);
    let pair = ui.allocate_ui_with_layout(size, row, |ui| {
        caption(ui, text, least, palette);
        add(ui)
    });
    pair.inner
}
