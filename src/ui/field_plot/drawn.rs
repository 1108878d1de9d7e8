//! The points of a picture, kept until something else is to be drawn.

use super::curves::Curves;
use super::sight::{Span, beside, roomy};
use crate::traffic::plot::{Figures, Grid, PlotPoint, cells, columns};

/// The side of a cell of a picture of one field over another, in pixels.
const CELL: usize = 3;

/// A point of a curve, by its place among the curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ChartPoint {
    pub(super) curve: usize,
    pub(super) point: PlotPoint,
}

/// The inputs of a picture: it is drawn again when one changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DrawnKey {
    /// The version of the curves.
    pub(super) version: u64,
    pub(super) across: Span,
    /// The range of values that the user chose.
    pub(super) up: Option<Span>,
    /// The size in pixels.
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) is_timed: bool,
}

/// The points of a picture.
#[derive(Debug)]
pub(super) struct Drawn {
    key: DrawnKey,
    /// The range of values in sight.
    up: Span,
    /// The pieces of each curve.
    curves: Vec<Vec<Vec<PlotPoint>>>,
    figures: Vec<Figures>,
}

impl Drawn {
    pub(super) fn new(curves: &Curves, key: DrawnKey) -> Self {
        let across = key.across.0..=key.across.1;
        let figures = curves.iter().map(|curve| curve.series.figures(&across));
        let figures: Vec<Figures> = figures.collect();
        let up = key.up.unwrap_or_else(|| values(&figures));
        let grid = Grid {
            across: across.clone(),
            up: up.0..=up.1,
            columns: key.columns.div_ceil(CELL),
            rows: key.rows.div_ceil(CELL),
        };
        let curves = curves.iter().map(|curve| match key.is_timed {
            true => columns(&curve.series, &across, key.columns),
            false => vec![cells(&curve.series, &grid)],
        });
        Self {
            key,
            up,
            curves: curves.collect(),
            figures,
        }
    }

    pub(super) fn key(&self) -> &DrawnKey {
        &self.key
    }

    pub(super) fn up(&self) -> Span {
        self.up
    }

    pub(super) fn curves(&self) -> &[Vec<Vec<PlotPoint>>] {
        &self.curves
    }

    pub(super) fn figures(&self) -> &[Figures] {
        &self.figures
    }

    /// All points, with the places of their curves.
    pub(super) fn points(&self) -> impl Iterator<Item = ChartPoint> {
        let curves = self.curves.iter().enumerate();
        curves.flat_map(|(curve, pieces)| {
            let points = pieces.iter().flatten();
            points.map(move |point| ChartPoint {
                curve,
                point: *point,
            })
        })
    }

    /// The point that many steps to the right of `from` among those in sight; without it, the first
    /// or the last one.
    pub(super) fn step(
        &self,
        from: Option<ChartPoint>,
        steps: i32,
        (across, up): (Span, Span),
    ) -> Option<ChartPoint> {
        let is_seen = |point: &ChartPoint| {
            let PlotPoint { x, value, .. } = point.point;
            (across.0..=across.1).contains(&x) && (up.0..=up.1).contains(&value)
        };
        let mut points: Vec<ChartPoint> = self.points().filter(is_seen).collect();
        points.sort_by(|one, other| {
            let by_place = one.point.x.total_cmp(&other.point.x);
            let rest = (one.point.row, one.curve).cmp(&(other.point.row, other.curve));
            by_place.then(rest)
        });
        let last = points.len().checked_sub(1)?;
        let here = from.and_then(|from| points.iter().position(|point| *point == from));
        let next = match here {
            Some(here) => here.saturating_add_signed(steps as isize).min(last),
            None if steps > 0 => 0,
            None => last,
        };
        points.get(next).copied()
    }
}

/// The range of all values, with some room.
fn values(figures: &[Figures]) -> Span {
    let least = figures.iter().filter_map(Figures::min).reduce(f64::min);
    let most = figures.iter().filter_map(Figures::max).reduce(f64::max);
    match least.zip(most) {
        Some((least, most)) => roomy((least, most), beside(least)),
        None => (0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plotter::PlotBatch;
    use crate::traffic::plot::{Collected, PlotSample};

    fn curves() -> Curves {
        let sample = |(row, value)| PlotSample {
            field: 0,
            peer: None,
            point: PlotPoint {
                x: row as f64,
                value,
                row,
            },
        };
        let samples = (0_u64..4).zip([3.0, 1.0, 9.0, 5.0]).map(sample).collect();
        let collected = Collected { samples, faulty: 0 };
        let mut curves = Curves::new(&["a".to_owned()], false);
        curves.take(&PlotBatch { collected, gone: 0 });
        curves
    }

    fn key(across: Span, is_timed: bool) -> DrawnKey {
        DrawnKey {
            version: 0,
            across,
            up: None,
            columns: 300,
            rows: 200,
            is_timed,
        }
    }

    #[test]
    fn the_values_in_sight_have_the_whole_height() {
        let drawn = Drawn::new(&curves(), key((0.5, 3.5), true));
        assert_eq!(drawn.up(), (1.0 - 0.32, 9.0 + 0.32));
        assert_eq!(drawn.figures()[0].count(), 3);
        // The curve goes on to the point beside them.
        assert_eq!(drawn.points().count(), 4);
        let over = Drawn::new(&curves(), key((0.0, 3.0), false));
        assert_eq!(over.points().count(), 4);
    }

    #[test]
    fn keys_go_from_point_to_point_and_stay_at_the_last() {
        let drawn = Drawn::new(&curves(), key((0.0, 3.0), true));
        let seen = ((0.0, 3.0), (0.0, 10.0));
        let row = |from, steps| drawn.step(from, steps, seen).map(|at| at.point.row);
        assert_eq!((row(None, 1), row(None, -1)), (Some(0), Some(3)));
        let second = drawn.step(drawn.step(None, 1, seen), 1, seen);
        assert_eq!(second.map(|at| at.point.value), Some(1.0));
        assert_eq!((row(second, 9), row(second, -9)), (Some(3), Some(0)));
    }
}
