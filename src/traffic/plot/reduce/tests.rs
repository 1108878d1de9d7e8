//! Tests of the reduction.

use super::*;
use proptest::prelude::*;

fn series(points: &[(f64, f64)]) -> Series {
    let mut series = Series::default();
    for (row, (x, value)) in (0..).zip(points) {
        let (x, value) = (*x, *value);
        series.push(PlotPoint { x, value, row });
    }
    series
}

/// The least and the greatest value of each column, looked up point by point.
fn extremes(
    points: impl IntoIterator<Item = (f64, f64)>,
    sight: &RangeInclusive<f64>,
    count: usize,
) -> Vec<Option<(f64, f64)>> {
    let mut found = vec![None; count];
    for (x, value) in points {
        if let Some(at) = column(x, sight, count).filter(|_| value.is_finite()) {
            let (low, high) = found[at].unwrap_or((value, value));
            found[at] = Some((f64::min(low, value), f64::max(high, value)));
        }
    }
    found
}

/// Mostly times that grow, as those of a log do, with values that may be missing.
fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let value = prop_oneof![
        8 => -1e6..1e6_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ];
    prop::collection::vec((-1.0..10.0_f64, value), 0..700).prop_map(|steps| {
        let mut now = 0.0;
        let point = |(step, value)| {
            now += step;
            (now, value)
        };
        steps.into_iter().map(point).collect()
    })
}

proptest! {
    #[test]
    fn no_column_hides_an_extreme(
        points in points(),
        start in -100.0..3_000.0_f64,
        width in 0.1..3_000.0_f64,
        count in 1_usize..200,
    ) {
        let sight = start..=start + width;
        let pieces = columns(&series(&points), &sight, count);
        let drawn = pieces.iter().flatten().map(|point| (point.x, point.value));
        let all = extremes(points.iter().copied(), &sight, count);
        prop_assert_eq!(extremes(drawn, &sight, count), all);
        // Two a column, two at each gap, which takes a column, and one on both sides.
        let drawn = pieces.iter().map(Vec::len).sum::<usize>();
        prop_assert!(drawn <= 2 * count + 4, "{}", drawn);
        let is_known = |point: &PlotPoint| points[point.row as usize] == (point.x, point.value);
        prop_assert!(pieces.iter().flatten().all(is_known));
    }

    #[test]
    fn a_series_that_grew_is_drawn_as_one_made_at_once(
        points in points(),
        count in 1_usize..50,
    ) {
        let sight = 0.0..=2_000.0;
        let mut grown = Series::default();
        for (row, (x, value)) in (0..).zip(&points) {
            grown.push(PlotPoint { x: *x, value: *value, row });
            // Drawn in between.
            if row % 50 == 0 {
                columns(&grown, &sight, count);
            }
        }
        let whole = series(&points);
        prop_assert_eq!(columns(&grown, &sight, count), columns(&whole, &sight, count));
        prop_assert_eq!(grown.figures(&sight), whole.figures(&sight));
    }

    #[test]
    fn every_point_has_a_drawn_one_in_its_cell(points in points()) {
        let grid = Grid {
            across: 0.0..=2_000.0,
            up: -1e6..=1e6,
            columns: 20,
            rows: 10,
        };
        let place = |x: f64, value: f64| {
            let at = column(x, &grid.across, grid.columns);
            at.zip(column(value, &grid.up, grid.rows))
        };
        let drawn = cells(&series(&points), &grid);
        let drawn: Vec<_> = drawn.iter().map(|point| place(point.x, point.value)).collect();
        for (x, value) in points.iter().filter(|(_, value)| value.is_finite()) {
            let place = place(*x, *value);
            prop_assert!(place.is_none() || drawn.contains(&place));
        }
    }
}

#[test]
fn what_is_no_number_interrupts_the_curve_and_is_no_0() {
    let points = [
        (0.0, 5.0),
        (1.0, 6.0),
        (2.0, f64::NAN),
        (3.0, 7.0),
        (4.0, 8.0),
    ];
    let pieces = columns(&series(&points), &(0.0..=4.0), 100);
    let values = |piece: &Vec<PlotPoint>| piece.iter().map(|point| point.value).collect();
    let values: Vec<Vec<f64>> = pieces.iter().map(values).collect();
    assert_eq!(values, [[5.0, 6.0], [7.0, 8.0]]);
}

#[test]
fn a_curve_goes_on_to_the_next_point_on_both_sides() {
    let points: Vec<(f64, f64)> = (0..1_000).map(|at| (f64::from(at), 1.0)).collect();
    let pieces = columns(&series(&points), &(500.4..=502.6), 100);
    let [piece] = pieces.as_slice() else {
        panic!("{} pieces", pieces.len());
    };
    let xs: Vec<f64> = piece.iter().map(|point| point.x).collect();
    assert_eq!(xs, [500.0, 501.0, 502.0, 503.0]);
}

#[test]
fn a_gap_is_crossed_from_the_last_point_before_it_to_the_first_behind_it() {
    // Ten points in a column, whose least and greatest values are neither its first nor its last.
    let dense = |from: f64| (0..10_u8).map(move |at| (from + f64::from(at) / 100.0, at % 4));
    let points: Vec<(f64, f64)> = dense(0.0)
        .chain(dense(50.0))
        .map(|(x, value)| (x, [5.0, 9.0, 1.0, 6.0][usize::from(value)]))
        .collect();
    let pieces = columns(&series(&points), &(0.0..=100.0), 100);
    let [piece] = pieces.as_slice() else {
        panic!("{} pieces", pieces.len());
    };
    let rows: Vec<u64> = piece.iter().map(|point| point.row).collect();
    assert_eq!(rows, [0, 1, 2, 9, 10, 11, 12, 19]);
}

#[test]
fn a_range_without_width_is_drawn() {
    let points = [(3.0, 5.0), (3.0, 9.0)];
    let pieces = columns(&series(&points), &(3.0..=3.0), 10);
    assert_eq!(pieces.iter().flatten().count(), 2);
}
