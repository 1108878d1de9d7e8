//! A box to tick, with a remark behind it, and a circle to choose one of several by.

use super::ring_around;
use crate::ui::theme::{self, Palette};
use egui::{
    CornerRadius, FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

const BOX: f32 = 15.0;
/// The room between the row and the ring around it.
const RING: Vec2 = vec2(3.0, 0.0);

/// Shows `text`, and `detail` dimly behind it; the whole row can be clicked.
pub fn check(
    ui: &mut Ui,
    on: &mut bool,
    text: &str,
    detail: &str,
    detail_font: FontId,
    palette: &Palette,
) -> Response {
    let enabled = ui.is_enabled();
    let ink = if enabled { palette.text } else { palette.faint };
    let words = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), ink);
    let remark = ui.painter().layout_no_wrap(
        detail.to_owned(),
        detail_font,
        if enabled { palette.dim } else { palette.faint },
    );
    let gap = if detail.is_empty() { 0.0 } else { 7.0 };
    let size = vec2(BOX + 7.0 + words.size().x + gap + remark.size().x, 20.0);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let state = *on;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, state, text));
    ring_around(ui.ctx(), response.id, rect.expand2(RING));
    let square = Rect::from_min_size(
        pos2(rect.left(), rect.center().y - BOX / 2.0),
        vec2(BOX, BOX),
    );
    let [primary, ..] = palette.primary;
    let (fill, mut outline) = if state {
        (primary, palette.accent)
    } else {
        (palette.field, palette.edge)
    };
    if response.hovered() {
        outline = if state { palette.text } else { palette.accent };
    }
    let fill = if enabled {
        fill
    } else {
        fill.gamma_multiply(0.5)
    };
    ui.painter().rect(
        square,
        CornerRadius::same(3),
        fill,
        Stroke::new(1.0, outline),
        StrokeKind::Inside,
    );
    if state {
        let tick = [(3.6, 7.8), (6.4, 10.6), (11.4, 4.6)].map(|(x, y)| square.min + vec2(x, y));
        ui.painter()
            .line(tick.to_vec(), Stroke::new(1.6, palette.on_accent));
    }
    let left = rect.left() + BOX + 7.0;
    let after = left + words.size().x + gap;
    ui.painter().galley(
        pos2(left, rect.center().y - words.size().y / 2.0),
        words,
        ink,
    );
    ui.painter().galley(
        pos2(after, rect.center().y - remark.size().y / 2.0),
        remark,
        palette.dim,
    );
    response
}

/// Shows `text`, which chooses `value`; the whole row can be clicked.
pub fn radio<T: Copy + PartialEq>(
    ui: &mut Ui,
    chosen: &mut T,
    value: T,
    text: &str,
    palette: &Palette,
) -> Response {
    let words = ui
        .painter()
        .layout_no_wrap(text.to_owned(), theme::body(), palette.text);
    let size = vec2(BOX + 7.0 + words.size().x, 20.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *chosen = value;
    }
    let state = *chosen == value;
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, state, text));
    ring_around(ui.ctx(), response.id, rect.expand2(RING));
    let [primary, ..] = palette.primary;
    let (fill, outline) = match (state, response.hovered()) {
        (true, false) => (primary, palette.accent),
        (true, true) => (primary, palette.text),
        (false, false) => (palette.field, palette.edge),
        (false, true) => (palette.field, palette.accent),
    };
    let centre = pos2(rect.left() + BOX / 2.0, rect.center().y);
    let painter = ui.painter();
    painter.circle(centre, BOX / 2.0 - 0.5, fill, Stroke::new(1.0, outline));
    if state {
        painter.circle_filled(centre, 3.0, palette.on_accent);
    }
    let place = pos2(
        rect.left() + BOX + 7.0,
        rect.center().y - words.size().y / 2.0,
    );
    painter.galley(place, words, palette.text);
    response
}
