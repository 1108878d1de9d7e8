//! The badges in a row: how its bytes are read, its check value, how often it is repeated.

use crate::ui::theme::{self, Palette};
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

/// Paints whether the check value is right; returns its width.
pub fn paint_check(painter: &Painter, left_middle: Pos2, good: bool, palette: &Palette) -> f32 {
    let (sign, colour) = check_sign(good, palette);
    let galley = painter.layout_no_wrap(sign.to_owned(), theme::mono(), colour);
    let (width, height) = (galley.size().x, galley.size().y);
    painter.galley(left_middle - vec2(0.0, height / 2.0), galley, colour);
    width
}

/// The sign of a check value that is right or wrong.
pub fn check_sign(good: bool, palette: &Palette) -> (&'static str, Color32) {
    match good {
        true => ("✓", palette.ok),
        false => ("✗", palette.error),
    }
}

/// Paints how often a failure is repeated, up to this place; returns its width.
pub fn paint_repeated(painter: &Painter, right: Pos2, repeated: &str, palette: &Palette) -> f32 {
    let ink = palette.text;
    let galley = painter.layout_no_wrap(repeated.to_owned(), theme::small_mono(), ink);
    let size = galley.size() + vec2(12.0, 2.0);
    let rect = Rect::from_min_size(right - vec2(size.x, size.y / 2.0), size);
    let stroke = Stroke::new(1.0, palette.line);
    let round = CornerRadius::same(8);
    painter.rect(rect, round, palette.panel, stroke, StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
    size.x
}

/// Paints the little box that says how bytes were read; returns its width.
pub fn paint_badge(painter: &Painter, left_middle: Pos2, badge: &str, palette: &Palette) -> f32 {
    let galley = painter.layout_no_wrap(badge.to_owned(), theme::tag(), palette.dim);
    let size = vec2(galley.size().x + 8.0, 16.0);
    let rect = Rect::from_min_size(pos2(left_middle.x, left_middle.y - size.y / 2.0), size);
    painter.rect_stroke(
        rect,
        CornerRadius::same(3),
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    painter.galley(rect.center() - galley.size() / 2.0, galley, palette.dim);
    size.x
}
