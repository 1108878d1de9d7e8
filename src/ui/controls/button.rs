//! Buttons of every size, chips and badges.

use super::{Lamp, named, ring_around};
use crate::ui::theme::{self, Palette};
use egui::{
    Align2, Button, Color32, CornerRadius, FontId, Painter, Pos2, Response, RichText, Sense,
    Stroke, StrokeKind, Tooltip, Ui, Vec2, WidgetInfo, accesskit::Role, vec2,
};

/// Between a filled button and its ring, which has its colour.
const BESIDE_RING: f32 = 3.0;
/// The width of the sign on a chip.
const SIGN: f32 = 10.0;

/// A button 25 points high, such as those above the log.
pub fn small(ui: &mut Ui, text: &str, name: &str) -> Response {
    small_if(ui, true, text, name)
}

/// The same, which may not be of use now; its words stay in one line.
pub fn small_if(ui: &mut Ui, enabled: bool, text: &str, name: &str) -> Response {
    let button = Button::new(text).min_size(vec2(0.0, theme::SMALL_BUTTON));
    let button = button.wrap_mode(egui::TextWrapMode::Extend);
    let response = ui.add_enabled(enabled, button);
    named(ui, response, name)
}

/// Says why a control is of no use now, where it is not: under the pointer, and to screen readers.
pub fn unusable(ui: &Ui, response: Response, why: &str) -> Response {
    if !response.enabled() {
        let ctx = ui.ctx();
        ctx.accesskit_node_builder(response.id, |node| node.set_description(why));
    }
    response.on_disabled_hover_text(why)
}

/// Shows controls that are of no use now where there is a reason, which is said under the pointer
/// and to screen readers.
pub fn unless<R>(ui: &mut Ui, reason: Option<&str>, add: impl FnOnce(&mut Ui) -> R) -> R {
    let shown = ui.add_enabled_ui(reason.is_none(), |ui| {
        if let Some(reason) = reason {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(Role::Group);
                node.set_description(reason);
            });
        }
        add(ui)
    });
    if let Some(reason) = reason {
        // At the pointer: below all of them it might cover the control that helps.
        let tooltip = Tooltip::for_disabled(&shown.response)
            .at_pointer()
            .gap(12.0);
        tooltip.show(|ui| {
            ui.set_max_width(ui.spacing().tooltip_width);
            ui.label(reason);
        });
    }
    shown.inner
}

/// The width of a small button with this text, in points.
pub fn small_width(ui: &Ui, text: &str) -> f32 {
    let painter = ui.painter();
    let words = painter.layout_no_wrap(text.to_owned(), theme::body(), Color32::PLACEHOLDER);
    (words.size().x + 2.0 * ui.spacing().button_padding.x).ceil()
}

/// Fills chosen buttons as softly as a chip that is on, and leaves out the outlines of all.
pub fn soft_choice(ui: &mut Ui, palette: &Palette) {
    let visuals = ui.visuals_mut();
    visuals.selection.bg_fill = palette.accent_soft;
    let widgets = &mut visuals.widgets;
    for widget in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
    ] {
        widget.bg_stroke = Stroke::NONE;
    }
}

/// A frameless button for the top bar.
pub fn icon_button(ui: &mut Ui, text: &str, name: &str, palette: &Palette) -> Response {
    let response = ui.add(
        Button::new(RichText::new(text).color(palette.dim))
            .frame_when_inactive(false)
            .min_size(vec2(0.0, 28.0)),
    );
    named(ui, response, name)
}

/// The panel-wide button that opens and closes a session, with a sign of the state.
pub fn wide(
    ui: &mut Ui,
    text: &str,
    lamp: Option<Lamp>,
    filled: bool,
    palette: &Palette,
) -> Response {
    let size = vec2(ui.available_width(), 34.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    let [rest, under_pointer, _] = palette.primary;
    let (fill, ink) = match (filled, enabled, response.hovered()) {
        (true, false, _) => (palette.accent_soft, palette.dim),
        (true, true, false) => (rest, palette.on_accent),
        (true, true, true) => (under_pointer, palette.on_accent),
        (false, false, _) => (palette.panel, palette.faint),
        (false, true, false) => (palette.panel, palette.text),
        (false, true, true) => (palette.hover, palette.text),
    };
    let outline = if filled {
        ring_around(ui.ctx(), response.id, rect.expand(BESIDE_RING));
        Color32::TRANSPARENT
    } else {
        palette.edge
    };
    paint_box(ui, rect, fill, outline);
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::bold(13.0), ink);
    let width = galley.size().x + if lamp.is_some() { 16.0 } else { 0.0 };
    let mut x = rect.center().x - width / 2.0;
    if let Some(lamp) = lamp {
        lamp.paint(ui.painter(), egui::pos2(x + 4.0, rect.center().y), palette);
        x += 16.0;
    }
    ui.painter().galley(
        egui::pos2(x, rect.center().y - galley.size().y / 2.0),
        galley,
        ink,
    );
    response
}

/// The one button of the window that stands out.
pub fn primary(ui: &mut Ui, size: Vec2, text: &str, palette: &Palette) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    let [rest, under_pointer, pressed] = palette.primary;
    let (fill, ink) = match (
        enabled,
        response.is_pointer_button_down_on(),
        response.hovered(),
    ) {
        (false, ..) => (palette.accent_soft, palette.dim),
        (true, true, _) => (pressed, palette.on_accent),
        (true, false, true) => (under_pointer, palette.on_accent),
        (true, false, false) => (rest, palette.on_accent),
    };
    ring_around(ui.ctx(), response.id, rect.expand(BESIDE_RING));
    paint_box(ui, rect, fill, Color32::TRANSPARENT);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        theme::bold(13.0),
        ink,
    );
    response
}

/// The width of a chip with this text, in points.
pub fn chip_width(ui: &Ui, text: &str) -> f32 {
    let painter = ui.painter();
    let words = painter.layout_no_wrap(text.to_owned(), theme::body(), Color32::PLACEHOLDER);
    let gap = if text.is_empty() { 0.0 } else { 5.0 };
    words.size().x + gap + SIGN + 18.0
}

/// A rounded switch that is filled while on. `sign` paints the picture before its text around a
/// place; `name` is its accessible name.
pub fn chip(
    ui: &mut Ui,
    on: bool,
    sign: impl FnOnce(&Painter, Pos2),
    (text, name): (&str, &str),
    palette: &Palette,
) -> Response {
    let ink = if on { palette.text } else { palette.dim };
    let words = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), ink);
    let size = vec2(chip_width(ui, text), 24.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, name));
    let (fill, outline) = if on {
        (palette.accent_soft, Color32::TRANSPARENT)
    } else {
        (palette.panel, palette.edge)
    };
    let outline = if response.hovered() {
        palette.accent
    } else {
        outline
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(12),
        fill,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
    sign(
        ui.painter(),
        rect.left_center() + vec2(9.0 + SIGN / 2.0, 0.0),
    );
    let after = vec2(9.0 + SIGN + 5.0, -words.size().y / 2.0);
    ui.painter().galley(rect.left_center() + after, words, ink);
    response
}

/// A small outlined remark.
pub fn badge(ui: &mut Ui, text: &str, palette: &Palette) -> Response {
    let galley =
        ui.painter()
            .layout_no_wrap(text.to_owned(), FontId::proportional(11.0), palette.dim);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x + 14.0, 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(10),
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, palette.dim);
    response
}

/// The arrow of a combo box: as small as those of the menus.
pub fn combo_arrow(ui: &Ui, rect: egui::Rect, visuals: &egui::style::WidgetVisuals, _open: bool) {
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        "▾",
        theme::body(),
        visuals.fg_stroke.color.gamma_multiply(0.6),
    );
}

/// A tooltip that ends with the control's key.
pub fn tooltip_with_key(response: Response, text: &str, key: &str) -> Response {
    response.on_hover_ui(|ui| {
        ui.horizontal(|ui| {
            ui.label(text);
            ui.label(RichText::new(key).weak().font(theme::small_mono()));
        });
    })
}

fn paint_box(ui: &Ui, rect: egui::Rect, fill: Color32, outline: Color32) {
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        fill,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
}
