//! The sign of each kind of row: a shape for each.

use crate::traffic::RecordKind;
use crate::ui::theme::Palette;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, vec2};

/// The sign in text.
pub fn text(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Received => "◀",
        RecordKind::Sent => "▶",
        RecordKind::Notice => "●",
        RecordKind::Failure => "⚠",
    }
}

pub fn colour(kind: RecordKind, palette: &Palette) -> Color32 {
    match kind {
        RecordKind::Received => palette.received,
        RecordKind::Sent => palette.sent,
        RecordKind::Notice => palette.event,
        RecordKind::Failure => palette.error,
    }
}

/// Paints the sign around this place, about ten points wide: a triangle points where the bytes
/// went.
pub fn paint(painter: &Painter, centre: Pos2, kind: RecordKind, colour: Color32) {
    let triangle = |points: [(f32, f32); 3]| points.map(|(x, y)| centre + vec2(x, y)).to_vec();
    match kind {
        RecordKind::Received => {
            let points = triangle([(4.5, -4.5), (4.5, 4.5), (-4.5, 0.0)]);
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        RecordKind::Sent => {
            let points = triangle([(-4.5, -4.5), (4.5, 0.0), (-4.5, 4.5)]);
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        RecordKind::Notice => {
            painter.circle_filled(centre, 4.0, colour);
        }
        RecordKind::Failure => {
            let stroke = Stroke::new(1.3, colour);
            let points = triangle([(0.0, -5.5), (5.5, 4.5), (-5.5, 4.5)]);
            painter.add(Shape::closed_line(points, stroke));
            let bar = [centre + vec2(0.0, -2.0), centre + vec2(0.0, 1.5)];
            painter.line_segment(bar, stroke);
            painter.circle_filled(centre + vec2(0.0, 3.0), 0.8, colour);
        }
    }
}

/// Paints the sign of a marked row at its left edge, halfway down: a bookmark, which has two tails.
pub fn paint_mark(painter: &Painter, row: Rect, colour: Color32) {
    let top = row.left_center() + vec2(1.0, -6.0);
    // The halves overlap, so that no gap is between them.
    for [outer, inner] in [[0.0, 4.0], [7.0, 3.0]] {
        let points = [(outer, 0.0), (inner, 0.0), (inner, 8.5), (outer, 12.0)];
        let points = points.map(|(x, y)| top + vec2(x, y)).to_vec();
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    }
}
