//! Tests of following a log.

use super::*;
use crate::peer::Peer;
use crate::traffic::framing::SessionFraming;
use crate::traffic::plot::PlotSource;
use crate::traffic::{Arrival, ChunkBuilder, Filter, moment};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(10);

fn fields() -> PlotFields {
    PlotFields {
        names: vec!["a".to_owned()],
        across: None,
        source: PlotSource::Text(SessionFraming::default()),
    }
}

/// Adds a row for each number.
fn add(log: &mut Log, numbers: std::ops::Range<i64>) {
    let peer = Peer::from(([127, 0, 0, 1], 9));
    let mut chunk = ChunkBuilder::default();
    for number in numbers {
        let text = format!("a={number}");
        chunk.received(number, peer, text.as_bytes(), Arrival::default());
    }
    log.push(Arc::new(chunk.finish()));
}

/// The values and rows of the numbers, once there are `count`.
fn values(
    plotter: &mut Plotter,
    (log, found): (&Log, Option<&SearchHits>),
    count: usize,
) -> Vec<(f64, u64)> {
    let (mut values, deadline) = (Vec::new(), Instant::now() + DEADLINE);
    while values.len() < count {
        assert!(Instant::now() < deadline, "{values:?}");
        plotter.follow(log, found, ViewOptions::default());
        for batch in plotter.answers() {
            let samples = batch.unwrap().collected.samples;
            values.extend(samples.iter().map(|s| (s.point.value, s.point.row)));
        }
        std::thread::yield_now();
    }
    values
}

#[test]
fn each_row_of_a_growing_log_is_read_once() {
    let mut log = Log::default();
    let mut plotter = Plotter::start(fields(), || {}).unwrap();
    let mut all = Vec::new();
    for begin in (0..5_000).step_by(100) {
        add(&mut log, begin..begin + 100);
        all.extend(values(&mut plotter, (&log, None), 100));
    }
    let expected: Vec<(f64, u64)> = (0..5_000).map(|row| (row as f64, row)).collect();
    assert_eq!(all, expected);
    assert_eq!((plotter.behind(&log), plotter.gone()), (0, 0));
    assert!(
        log.slots().count() < 10,
        "chunks are merged: {:?}",
        log.slots()
    );
}

#[test]
fn rows_that_were_trimmed_are_counted() {
    let mut log = Log::new(1);
    for begin in [0, 20_000, 40_000] {
        add(&mut log, begin..begin + 20_000);
    }
    let rows = log.rows();
    assert!(rows.start > 0);
    let mut plotter = Plotter::start(fields(), || {}).unwrap();
    let count = (rows.end - rows.start) as usize;
    let found = values(&mut plotter, (&log, None), count);
    assert_eq!(found.first().map(|(_, row)| *row), Some(rows.start));
    assert_eq!(plotter.gone(), rows.start);
}

#[test]
fn only_rows_that_a_search_found_are_plotted() {
    let mut log = Log::default();
    add(&mut log, 0..100);
    let time = |text: &str| moment(text, 0, &jiff::tz::TimeZone::UTC);
    let filter = Filter::new("a=7", Arc::new(|_| String::new()), &time, None);
    let filter = Arc::new(filter.unwrap().unwrap());
    let mut found = SearchHits::new(filter, &log);
    let mut plotter = Plotter::start(fields(), || {}).unwrap();
    plotter.follow(&log, Some(&found), ViewOptions::default());
    assert_eq!(plotter.behind(&log), 100, "not searched yet");
    assert!(found.follow(&log).is_empty(), "it grows");
    let values = values(&mut plotter, (&log, Some(&found)), 11);
    let expected = [
        7.0, 70.0, 71.0, 72.0, 73.0, 74.0, 75.0, 76.0, 77.0, 78.0, 79.0,
    ];
    let only: Vec<f64> = values.iter().map(|(value, _)| *value).collect();
    assert_eq!(only, expected);
}
