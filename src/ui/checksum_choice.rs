//! Choosing a check value: how it is computed, over which bytes, and in which order.

use super::{UiContext, controls, theme};
use crate::payload::checksum::{ByteOrder, Checksum, Sum};
use crate::payload::width;
use crate::t;
use egui::{PopupCloseBehavior, RichText, ScrollArea, Ui};

/// A tick that turns it on, and a button that says which it is and opens the choice.
pub fn ui(ui: &mut Ui, cx: UiContext<'_>, name: &str, on: &mut bool, checksum: &mut Checksum) {
    ui.horizontal(|ui| {
        controls::check(ui, on, name, "", theme::body(), cx.palette);
        ui.spacing_mut().item_spacing.x = 2.0;
        button_ui(ui, cx, name, checksum);
    });
}

/// The button that says which it is and opens the choice; `name` is what it is for.
pub fn button_ui(ui: &mut Ui, cx: UiContext<'_>, name: &str, checksum: &mut Checksum) {
    let title = title(cx, checksum.sum);
    let text = format!("{} ▾", checksum.sum.name());
    let text = RichText::new(text)
        .font(theme::small())
        .color(cx.palette.dim);
    ui.spacing_mut().button_padding.x = 4.0;
    let button = ui.add(
        egui::Button::new(text)
            .frame_when_inactive(false)
            .truncate(),
    );
    let button = controls::named(
        ui,
        button,
        &t!(cx.lang, "app.named", name = name, value = title),
    );
    controls::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            choice_ui(ui, cx, checksum);
        });
    controls::regain_focus(ui, &button);
}

/// The menu: which it is, over which bytes, in which order.
pub fn choice_ui(ui: &mut Ui, cx: UiContext<'_>, checksum: &mut Checksum) {
    ui.set_width(270.0);
    ScrollArea::vertical().max_height(230.0).show(ui, |ui| {
        for sum in Sum::all() {
            let chosen = controls::item(ui, checksum.sum == sum, title(cx, sum));
            if chosen.clicked() && checksum.sum != sum {
                checksum.sum = sum;
                checksum.order = usual_order(sum);
            }
        }
    });
    ui.separator();
    controls::edged(ui, cx.palette);
    ui.spacing_mut().item_spacing.y = 6.0;
    let orders = [
        (ByteOrder::LowFirst, t!(cx.lang, "checksum.low_first")),
        (ByteOrder::HighFirst, t!(cx.lang, "checksum.high_first")),
    ];
    let one = (checksum.sum.width() <= 1).then(|| t!(cx.lang, "checksum.one_byte"));
    controls::unless(ui, one.as_deref(), |ui| {
        let name = t!(cx.lang, "checksum.order");
        controls::segmented(ui, &name, &mut checksum.order, &orders, cx.palette);
    });
    ui.horizontal(|ui| {
        let mut from = checksum.from.to_string();
        let caption = t!(cx.lang, "checksum.from");
        number_ui(ui, cx, &caption, "0", &mut from);
        checksum.from = parse(&from).unwrap_or(0);
        let mut to = checksum.to.map(|to| to.to_string()).unwrap_or_default();
        let caption = t!(cx.lang, "checksum.to");
        number_ui(ui, cx, &caption, &t!(cx.lang, "checksum.end"), &mut to);
        checksum.to = parse(&to);
    });
    let hint = RichText::new(t!(cx.lang, "checksum.range_hint"));
    ui.label(hint.font(theme::small()).color(cx.palette.dim));
}

fn number_ui(ui: &mut Ui, cx: UiContext<'_>, caption: &str, hint: &str, text: &mut String) {
    let field = controls::TextField::new(text, caption, hint, 64.0);
    controls::captioned(ui, caption, 64.0, cx.palette, |ui| {
        field.show(ui, cx.palette)
    });
}

fn parse(text: &str) -> Option<usize> {
    let digits: String = width::to_ascii(text)
        .chars()
        .filter(char::is_ascii_digit)
        .take(9)
        .collect();
    digits.parse().ok()
}

/// Modbus and USB send the low byte first, the others mostly the high one.
fn usual_order(sum: Sum) -> ByteOrder {
    match sum.name() {
        "CRC-16/MODBUS" | "CRC-16/USB" | "CRC-16/IBM-SDLC" => ByteOrder::LowFirst,
        _ => ByteOrder::HighFirst,
    }
}

/// The name of the checksum.
pub fn title(cx: UiContext<'_>, sum: Sum) -> String {
    match sum {
        Sum::Sum8 => t!(cx.lang, "checksum.sum"),
        Sum::Negative => t!(cx.lang, "checksum.negative"),
        Sum::Complement => t!(cx.lang, "checksum.complement"),
        Sum::Xor => t!(cx.lang, "checksum.xor"),
        Sum::Sum16 => t!(cx.lang, "checksum.sum16"),
        Sum::Crc(_) => sum.title().into_owned(),
    }
}
