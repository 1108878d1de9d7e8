//! The points that a picture shows of a curve: those of the least and of the greatest value in each
//! column of pixels, so that no extreme is hidden, and those at which a gap begins and ends.

use super::block::Block;
use super::{PlotPoint, Series};
use std::ops::RangeInclusive;

/// A column of the picture.
#[derive(Clone, Copy)]
struct Column {
    low: PlotPoint,
    high: PlotPoint,
    /// The first and the last point in it.
    ends: (PlotPoint, PlotPoint),
    /// The first and the last piece of the curve in it.
    pieces: (u64, u64),
}

impl Column {
    /// Its points from left to right; `gaps` says whether the columns beside it have none.
    fn points(&self, gaps: (bool, bool)) -> Vec<PlotPoint> {
        let mut points = vec![self.low, self.high];
        points.extend(gaps.0.then_some(self.ends.0));
        points.extend(gaps.1.then_some(self.ends.1));
        points.sort_by(|one, other| one.x.total_cmp(&other.x).then(one.row.cmp(&other.row)));
        points.dedup();
        points
    }
}

/// A point beside the picture, to which its curve goes on, and its piece of the curve.
#[derive(Clone, Copy)]
struct Neighbour {
    point: PlotPoint,
    piece: u64,
}

/// The curve in this range of x as the points of the least and of the greatest value in each of
/// `count` columns, and the next point on both sides. Beside a column without points, the first or
/// the last point is among them, too: the line across a gap goes from point to point. Points that are
/// not drawn interrupt the curve: it is returned in pieces.
pub fn columns(series: &Series, sight: &RangeInclusive<f64>, count: usize) -> Vec<Vec<PlotPoint>> {
    let mut picture = Picture {
        sight,
        columns: vec![None; count.max(1)],
        before: None,
        after: None,
    };
    let mut piece = 0;
    for block in series.blocks() {
        picture.add(block, piece);
        piece += block.breaks();
    }
    picture.pieces()
}

/// The column of `x` among `count` columns of a range; `None` if it is out of sight.
fn column(x: f64, sight: &RangeInclusive<f64>, count: usize) -> Option<usize> {
    if !sight.contains(&x) {
        return None;
    }
    let width = sight.end() - sight.start();
    // The cast rounds down, and a range of no width is one column.
    let at = ((x - sight.start()) / width * count as f64) as usize;
    Some(at.min(count.saturating_sub(1)))
}

struct Picture<'a> {
    sight: &'a RangeInclusive<f64>,
    columns: Vec<Option<Column>>,
    before: Option<Neighbour>,
    after: Option<Neighbour>,
}

impl Picture<'_> {
    /// Adds a block; `piece` is the number of interruptions before it.
    fn add(&mut self, block: &Block, mut piece: u64) {
        let (left, right) = block.across();
        let is_left = right < *self.sight.start();
        let is_right = left > *self.sight.end();
        // Only the nearest of the blocks beside the picture has the next point.
        let is_nearer = match (is_left, is_right) {
            (true, _) => self.before.is_none_or(|known| right >= known.point.x),
            (_, true) => self.after.is_none_or(|known| left < known.point.x),
            _ => true,
        };
        if !is_nearer {
            return;
        }
        let count = self.columns.len();
        let ends = (
            column(left, self.sight, count),
            column(right, self.sight, count),
        );
        if let (Some(first), Some(last)) = ends
            && first == last
            && block.breaks() == 0
            && let Some(extremes) = block.extremes()
            && let ([start, ..], [.., end]) = (block.points(), block.points())
        {
            self.add_to(first, extremes, (*start, *end), piece);
            return;
        }
        for point in block.points() {
            if point.is_drawn() {
                self.add_point(*point, piece);
            } else {
                piece += 1;
            }
        }
    }

    fn add_point(&mut self, point: PlotPoint, piece: u64) {
        if let Some(at) = column(point.x, self.sight, self.columns.len()) {
            self.add_to(at, (point, point), (point, point), piece);
            return;
        }
        let next = Some(Neighbour { point, piece });
        if point.x < *self.sight.start() {
            if self.before.is_none_or(|known| point.x >= known.point.x) {
                self.before = next;
            }
        } else if self.after.is_none_or(|known| point.x < known.point.x) {
            self.after = next;
        }
    }

    /// Adds points of a piece to a column: those of the least and of the greatest value, and the
    /// first and the last one.
    fn add_to(
        &mut self,
        at: usize,
        (low, high): (PlotPoint, PlotPoint),
        ends: (PlotPoint, PlotPoint),
        piece: u64,
    ) {
        let Some(column) = self.columns.get_mut(at) else {
            return;
        };
        *column = Some(match *column {
            None => Column {
                low,
                high,
                ends,
                pieces: (piece, piece),
            },
            Some(known) => Column {
                low: known.low.lower(low),
                high: known.high.higher(high),
                ends: (known.ends.0, ends.1),
                pieces: (known.pieces.0.min(piece), known.pieces.1.max(piece)),
            },
        });
    }

    fn pieces(self) -> Vec<Vec<PlotPoint>> {
        let mut pieces: Vec<Vec<PlotPoint>> = Vec::new();
        let mut last: Option<u64> = None;
        let mut add = |points: &[PlotPoint], (first, end): (u64, u64)| {
            let goes_on = last.is_some_and(|last| first <= last);
            match pieces.last_mut().filter(|_| goes_on) {
                Some(piece) => piece.extend_from_slice(points),
                None => pieces.push(points.to_vec()),
            }
            last = Some(end);
        };
        if let Some(Neighbour { point, piece }) = self.before {
            add(&[point], (piece, piece));
        }
        for (at, column) in self.columns.iter().enumerate() {
            let Some(column) = column else { continue };
            let is_empty = |beside: Option<usize>| {
                let beside = beside.and_then(|beside| self.columns.get(beside));
                beside.is_none_or(Option::is_none)
            };
            let gaps = (is_empty(at.checked_sub(1)), is_empty(at.checked_add(1)));
            add(&column.points(gaps), column.pieces);
        }
        if let Some(Neighbour { point, piece }) = self.after {
            add(&[point], (piece, piece));
        }
        pieces
    }
}

/// The cells of a picture of one field over another, and the ranges in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    pub across: RangeInclusive<f64>,
    pub up: RangeInclusive<f64>,
    pub columns: usize,
    pub rows: usize,
}

/// The newest point in each cell of a grid.
pub fn cells(series: &Series, grid: &Grid) -> Vec<PlotPoint> {
    let mut newest: Vec<Option<PlotPoint>> = vec![None; grid.columns * grid.rows];
    for block in series.blocks() {
        let (left, right) = block.across();
        if right < *grid.across.start() || left > *grid.across.end() {
            continue;
        }
        for point in block.points().iter().filter(|point| point.is_drawn()) {
            let at = column(point.x, &grid.across, grid.columns);
            let up = column(point.value, &grid.up, grid.rows);
            if let Some((at, up)) = at.zip(up)
                && let Some(cell) = newest.get_mut(up * grid.columns + at)
            {
                *cell = Some(*point);
            }
        }
    }
    newest.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
