//! Points that follow each other, and what is known about all of them.

use super::{Figures, PlotPoint};

/// The most points of a block.
pub(super) const LENGTH: usize = 64;

/// Points in the order of their rows. A picture in which all of them are in one column, or out of
/// sight, does not look at each of them.
#[derive(Clone, Debug)]
pub struct Block {
    points: Vec<PlotPoint>,
    figures: Figures,
    /// The drawn points of the least and of the greatest value; the first of several.
    extremes: Option<(PlotPoint, PlotPoint)>,
    /// The least and the greatest x of the drawn points.
    left: f64,
    right: f64,
    /// The number of points that are not drawn.
    breaks: u64,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            points: Vec::with_capacity(LENGTH),
            figures: Figures::default(),
            extremes: None,
            left: f64::INFINITY,
            right: f64::NEG_INFINITY,
            breaks: 0,
        }
    }

    pub(super) fn push(&mut self, point: PlotPoint) {
        self.points.push(point);
        if !point.is_drawn() {
            self.breaks += 1;
            return;
        }
        self.figures.add(point.value);
        let (low, high) = self.extremes.unwrap_or((point, point));
        self.extremes = Some((low.lower(point), high.higher(point)));
        self.left = self.left.min(point.x);
        self.right = self.right.max(point.x);
    }

    pub fn points(&self) -> &[PlotPoint] {
        &self.points
    }

    pub(super) fn is_full(&self) -> bool {
        self.points.len() >= LENGTH
    }

    pub(super) fn figures(&self) -> &Figures {
        &self.figures
    }

    pub(super) fn extremes(&self) -> Option<(PlotPoint, PlotPoint)> {
        self.extremes
    }

    /// The least and the greatest x of the drawn points; infinite if there is none.
    pub(super) fn across(&self) -> (f64, f64) {
        (self.left, self.right)
    }

    pub(super) fn breaks(&self) -> u64 {
        self.breaks
    }
}
