//! Whether a message is text or hexadecimal: a button where there is little room, or a switch.

use super::controls::{self, SegmentedChoice};
use super::{UiContext, theme};
use crate::payload::composition::TextFormat;
use crate::t;
use egui::{Button, Ui, vec2};

/// The width of the button.
pub const WIDTH: f32 = 44.0;

/// The width of the switch.
const SWITCH: f32 = 116.0;

/// A button that shows the text format and changes it; `number` distinguishes the message from
/// others.
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

/// Both side by side, of which one is chosen.
pub fn switch_ui(ui: &mut Ui, cx: UiContext<'_>, format: &mut TextFormat, number: &str) {
    let segment = |value, text: String| SegmentedChoice {
        value,
        name: format!("{text} {number}"),
        text,
    };
    let segments = [
        segment(TextFormat::Text, t!(cx.lang, "receive.text")),
        segment(TextFormat::Hex, t!(cx.lang, "receive.hex")),
    ];
    let name = t!(cx.lang, "send.format_of", number = number);
    ui.allocate_ui(vec2(SWITCH, theme::FIELD), |ui| {
        controls::segments_ui(ui, &name, format, &segments, cx.palette);
    });
}
