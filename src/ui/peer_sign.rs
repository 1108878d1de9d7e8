//! The sign of a peer, before its address: a colour and a shape.

use super::theme::Palette;
use crate::peer::Peer;
use crate::session::Session;
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, vec2};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SignShape {
    Square,
    Circle,
    Diamond,
    Up,
    Down,
}

/// No common divisor with the count of colours, so that both together repeat late.
const FORMS: [SignShape; 5] = [
    SignShape::Square,
    SignShape::Circle,
    SignShape::Diamond,
    SignShape::Up,
    SignShape::Down,
];

/// The sign of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerSign {
    number: usize,
}

impl PeerSign {
    /// The first 30 peers of a session have different signs. A peer that has no number in it has
    /// always the same sign, perhaps that of another peer.
    pub fn of(session: &Session, peer: Peer) -> Self {
        let number = session.peer_number(peer).unwrap_or_else(|| {
            let mut hasher = DefaultHasher::new();
            peer.hash(&mut hasher);
            hasher.finish() as usize
        });
        Self { number }
    }

    fn colour(self, palette: &Palette) -> Color32 {
        let place = self.number % palette.peers.len();
        palette.peers.get(place).copied().unwrap_or(palette.text)
    }

    fn form(self) -> SignShape {
        let form = FORMS.get(self.number % FORMS.len());
        form.copied().unwrap_or(SignShape::Square)
    }

    /// Paints the sign around this place, about eight points wide.
    pub fn paint(self, painter: &Painter, centre: Pos2, palette: &Palette) {
        let colour = self.colour(palette);
        let polygon = |points: &[(f32, f32)]| {
            let points = points.iter().map(|(x, y)| centre + vec2(*x, *y));
            painter.add(Shape::convex_polygon(
                points.collect(),
                colour,
                Stroke::NONE,
            ));
        };
        match self.form() {
            SignShape::Square => {
                let square = Rect::from_center_size(centre, vec2(8.0, 8.0));
                painter.rect_filled(square, CornerRadius::same(2), colour);
            }
            SignShape::Circle => {
                painter.circle_filled(centre, 4.2, colour);
            }
            SignShape::Diamond => polygon(&[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)]),
            SignShape::Up => polygon(&[(0.0, -4.5), (5.0, 4.0), (-5.0, 4.0)]),
            SignShape::Down => polygon(&[(-5.0, -4.0), (5.0, -4.0), (0.0, 4.5)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::LIGHT;

    #[test]
    fn thirty_peers_differ_and_neighbours_in_both_colour_and_shape() {
        let look = |number| {
            let sign = PeerSign { number };
            (sign.colour(&LIGHT), sign.form())
        };
        for number in 0..30 {
            let (colour, form) = look(number);
            assert!((0..number).all(|other| look(other) != (colour, form)));
            let next = look(number + 1);
            assert!(next.0 != colour && next.1 != form, "{number}");
        }
    }
}
