//! A button that says whether a message is text or hexadecimal, and changes it.

use super::{UiContext, controls, theme};
use crate::payload::composition::TextFormat;
use crate::t;
use egui::{Button, Ui};

/// The width of the button.
pub const WIDTH: f32 = 44.0;

/// `number` tells the message from others.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, format: &mut TextFormat, number: &str) {
    let (words, other) = match format {
        TextFormat::Text => (t!(cx.lang, "receive.text"), TextFormat::Hex),
        TextFormat::Hex => (t!(cx.lang, "receive.hex"), TextFormat::Text),
    };
    let button = ui.add_sized([WIDTH, theme::SMALL_BUTTON], Button::new(&words));
    if controls::named(ui, button, &format!("{words} {number}")).clicked() {
        *format = other;
    }
}
