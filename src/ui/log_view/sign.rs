//! The sign of each kind of row: its shape alone tells it.

use crate::traffic::Kind;
use crate::ui::theme::Palette;
use egui::{Color32, Painter, Pos2, Shape, Stroke, vec2};

/// The sign in text.
pub fn text(kind: Kind) -> &'static str {
    match kind {
        Kind::Received => "◀",
        Kind::Sent => "▶",
        Kind::Notice => "●",
        Kind::Failure => "⚠",
    }
}

pub fn colour(kind: Kind, palette: &Palette) -> Color32 {
    match kind {
        Kind::Received => palette.received,
        Kind::Sent => palette.sent,
        Kind::Notice => palette.event,
        Kind::Failure => palette.error,
    }
}

/// Paints the sign around this place, about ten points wide: a triangle points where the bytes
/// went.
pub fn paint(painter: &Painter, centre: Pos2, kind: Kind, colour: Color32) {
    let triangle = |points: [(f32, f32); 3]| points.map(|(x, y)| centre + vec2(x, y)).to_vec();
    match kind {
        Kind::Received => {
            let points = triangle([(4.5, -4.5), (4.5, 4.5), (-4.5, 0.0)]);
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        Kind::Sent => {
            let points = triangle([(-4.5, -4.5), (4.5, 0.0), (-4.5, 4.5)]);
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        Kind::Notice => {
            painter.circle_filled(centre, 4.0, colour);
        }
        Kind::Failure => {
            let stroke = Stroke::new(1.3, colour);
            let points = triangle([(0.0, -5.5), (5.5, 4.5), (-5.5, 4.5)]);
            painter.add(Shape::closed_line(points, stroke));
            let bar = [centre + vec2(0.0, -2.0), centre + vec2(0.0, 1.5)];
            painter.line_segment(bar, stroke);
            painter.circle_filled(centre + vec2(0.0, 3.0), 0.8, colour);
        }
    }
}
