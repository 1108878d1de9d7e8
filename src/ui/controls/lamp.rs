//! The sign of a session's state: a shape for each.

use crate::ui::theme::Palette;
use egui::{Color32, Painter, Pos2, Sense, Shape, Stroke, Ui, vec2};

/// A session's state as a sign shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lamp {
    /// A ring.
    Closed,
    /// A diamond.
    Opening,
    /// A filled circle.
    Open,
}

impl Lamp {
    fn colour(self, palette: &Palette) -> Color32 {
        match self {
            Self::Closed => palette.faint,
            Self::Opening => palette.event,
            Self::Open => palette.ok,
        }
    }

    /// Paints the sign around this place, eight points wide.
    pub fn paint(self, painter: &Painter, centre: Pos2, palette: &Palette) {
        let colour = self.colour(palette);
        match self {
            Self::Closed => painter.circle_stroke(centre, 3.2, Stroke::new(1.5, colour)),
            Self::Opening => {
                let points = [(0.0, -4.5), (4.5, 0.0), (0.0, 4.5), (-4.5, 0.0)];
                let points = points.map(|(x, y)| centre + vec2(x, y)).to_vec();
                painter.add(Shape::convex_polygon(points, colour, Stroke::NONE))
            }
            Self::Open => painter.circle_filled(centre, 4.0, colour),
        };
    }

    /// The sign in a row of its own width.
    pub fn ui(self, ui: &mut Ui, palette: &Palette) {
        let (rect, _) = ui.allocate_exact_size(vec2(8.0, 18.0), Sense::hover());
        self.paint(ui.painter(), rect.center(), palette);
    }
}
