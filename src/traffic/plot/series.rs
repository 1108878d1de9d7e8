//! The points of a curve.

use super::block::Block;
use super::{Figures, PlotPoint};
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The points of a curve, in the order of their rows. A clone shares the points.
#[derive(Clone, Debug, Default)]
pub struct Series {
    blocks: VecDeque<Arc<Block>>,
    count: usize,
    dropped: u64,
    last: Option<PlotPoint>,
}

impl Series {
    /// Adds a point behind the others.
    pub fn push(&mut self, point: PlotPoint) {
        if self.blocks.back().is_none_or(|block| block.is_full()) {
            self.blocks.push_back(Arc::new(Block::new()));
        }
        if let Some(block) = self.blocks.back_mut() {
            Arc::make_mut(block).push(point);
            self.count += 1;
        }
        if point.is_drawn() {
            self.last = Some(point);
        }
    }

    /// Drops the oldest points until at most `most` are left, a few more at a time than needed.
    /// The newest ones stay in any case.
    pub fn keep(&mut self, most: usize) {
        while self.count > most
            && self.blocks.len() > 1
            && let Some(oldest) = self.blocks.pop_front()
        {
            self.count -= oldest.points().len();
            self.dropped += oldest.points().len() as u64;
        }
    }

    /// The number of points, with those that are not drawn.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The number of points dropped by [`Self::keep`].
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The last drawn point.
    pub fn last(&self) -> Option<PlotPoint> {
        self.last
    }

    /// All points, in the order of their rows.
    pub fn points(&self) -> impl Iterator<Item = &PlotPoint> {
        self.blocks.iter().flat_map(|block| block.points())
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().map(Arc::as_ref)
    }

    /// The least and the greatest x of the drawn points; `None` if there is none.
    pub fn across(&self) -> Option<(f64, f64)> {
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let (left, right) = self.blocks().fold(nothing, |(left, right), block| {
            let (first, last) = block.across();
            (left.min(first), right.max(last))
        });
        (left <= right).then_some((left, right))
    }

    /// The figures of the drawn points whose x is in `sight`.
    pub fn figures(&self, sight: &RangeInclusive<f64>) -> Figures {
        let mut figures = Figures::default();
        for block in self.blocks() {
            let (left, right) = block.across();
            if left > *sight.end() || right < *sight.start() {
                continue;
            }
            if left >= *sight.start() && right <= *sight.end() {
                figures.join(block.figures());
                continue;
            }
            let points = block.points().iter();
            let seen = points.filter(|point| point.is_drawn() && sight.contains(&point.x));
            seen.for_each(|point| figures.add(point.value));
        }
        figures
    }
}

/// The most points that [`Series::keep`] drops more than needed.
#[cfg(test)]
pub(super) const MORE: usize = super::block::LENGTH - 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Series {
        let mut series = Series::default();
        for (row, value) in (0..).zip(values) {
            let x = row as f64;
            series.push(PlotPoint { x, value, row });
        }
        series
    }

    #[test]
    fn times_and_values_are_exact() {
        let time = 1_782_770_401_123_457_i64;
        let mut series = Series::default();
        let value = 0.1 + 0.2;
        series.push(PlotPoint {
            x: time as f64,
            value,
            row: 7,
        });
        let last = series.last().unwrap();
        assert_eq!((last.x as i64, last.value, last.row), (time, value, 7));
    }

    #[test]
    fn the_figures_of_what_is_in_sight_are_those_of_its_points() {
        let series = series((0..1_000).map(f64::from));
        let figures = series.figures(&(100.0..=899.0));
        assert_eq!(figures.count(), 800);
        assert_eq!((figures.min(), figures.max()), (Some(100.0), Some(899.0)));
        assert_eq!((figures.mean(), figures.last()), (Some(499.5), Some(899.0)));
        assert_eq!(series.figures(&(2_000.0..=3_000.0)).count(), 0);
        assert_eq!(series.across(), Some((0.0, 999.0)));
    }

    #[test]
    fn what_is_no_number_has_no_part_in_figures() {
        let series = series([1.0, f64::NAN, 3.0, f64::INFINITY]);
        let figures = series.figures(&(0.0..=10.0));
        assert_eq!((figures.count(), figures.mean()), (2, Some(2.0)));
        assert_eq!(series.last().map(|point| point.value), Some(3.0));
        assert_eq!(series.len(), 4);
    }

    #[test]
    fn the_oldest_points_are_dropped_and_counted() {
        let mut series = series((0..1_000).map(f64::from));
        let before = series.clone();
        series.keep(500);
        assert!(
            (500 - MORE..=500).contains(&series.len()),
            "{}",
            series.len()
        );
        assert_eq!(series.len() as u64 + series.dropped(), 1_000);
        assert_eq!(series.points().last().map(|point| point.row), Some(999));
        assert_eq!(
            series.points().next().map(|p| p.row),
            Some(series.dropped())
        );
        assert_eq!(before.len(), 1_000, "a clone keeps its points");
        series.keep(0);
        assert!(!series.is_empty());
    }
}
