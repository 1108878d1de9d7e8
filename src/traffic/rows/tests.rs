//! Tests of rows and lines, of all records and of search hits.

use super::*;
use crate::traffic::{
    Arrival, Body, BytesLocation, Cause, Chunk, ChunkBuilder, ChunkToSearch, Failure, Filter,
    Notice, Operation, SpillPosition, SpillReader, SpillStore,
};
use proptest::prelude::*;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

const ALL: ViewOptions = ViewOptions {
    received: true,
    sent: true,
    events: true,
    lines: 1,
    failure_lines: 1,
    folds: false,
    unit: LogUnit::Read,
};

fn rows(log: &Log, shown: ViewOptions) -> Rows<'_> {
    Rows::new(log, shown, None)
}

fn failure() -> Notice {
    Notice::Failed(Failure {
        operation: Operation::Send,
        address: String::new(),
        cause: Cause::NotConnected,
    })
}

/// Row n is received, sent, failure, notice, received, … with its number as payload.
fn chunk_of(rows: Range<u64>) -> Arc<Chunk> {
    let mut builder = ChunkBuilder::default();
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    for row in rows {
        let (now, payload) = (row as i64, format!("<{row}>"));
        match row % 4 {
            0 => builder.received(now, peer, payload.as_bytes(), Arrival::default()),
            1 => builder.sent(now, peer, payload.as_bytes()),
            2 => builder.notice(now, failure()),
            _ => builder.notice(now, Notice::Joined { peer: peer.into() }),
        }
    }
    Arc::new(builder.finish())
}

/// A spill store that can load nothing.
struct Nowhere;

impl SpillStore for Nowhere {
    fn load(&self, _place: SpillPosition) -> Option<Chunk> {
        None
    }

    fn frames(&self) -> Arc<dyn SpillReader> {
        Arc::new(Self)
    }
}

impl SpillReader for Nowhere {
    fn read(&self, _place: SpillPosition, _bytes: &mut Vec<u8>) -> bool {
        false
    }
}

/// A log in slots of `per_chunk` rows, which do not grow.
fn log_of(rows: u64, per_chunk: u64) -> Log {
    let mut log = Log::default();
    log.set_spill_store(Rc::new(Nowhere), u64::MAX);
    for start in (0..rows).step_by(per_chunk as usize) {
        log.push(chunk_of(start..(start + per_chunk).min(rows)));
        log.seal();
    }
    log
}

#[test]
fn lines_and_rows_agree_in_every_view() {
    let log = log_of(400, 30);
    assert_eq!(rows(&log, ALL).lines(), 0..400);
    for shown in [
        ALL,
        ViewOptions { sent: false, ..ALL },
        ViewOptions {
            received: false,
            sent: false,
            ..ALL
        },
        ViewOptions { lines: 2, ..ALL },
        ViewOptions {
            failure_lines: 3,
            ..ALL
        },
        ViewOptions {
            failure_lines: 2,
            folds: true,
            ..ALL
        },
    ] {
        let mut line = 0;
        for found in rows(&log, shown).from(0) {
            assert_eq!(found.line, line);
            assert_eq!(rows(&log, shown).line_of(found.row), Some(line));
            assert!(shown.includes(found.record.kind()));
            line += shown.height(found.record.kind());
        }
        assert_eq!(line, rows(&log, shown).lines().end);
    }
}

#[test]
fn the_second_line_of_a_row_belongs_to_it() {
    let log = log_of(8, 8);
    let tall = ViewOptions { lines: 2, ..ALL };
    let row = |line| rows(&log, tall).from(line).next().map(|found| found.row);
    assert_eq!((row(2), row(3), row(4)), (Some(1), Some(1), Some(2)));
}

#[test]
fn the_rows_from_one_on_are_those_shown() {
    let log = log_of(40, 7);
    assert_eq!(rows(&log, ALL).count_from(30), 10);
    let sent = ViewOptions {
        received: false,
        events: false,
        ..ALL
    };
    assert_eq!(rows(&log, sent).count_from(30), 2);
    assert_eq!(rows(&log, sent).count_from(40), 0);
}

#[test]
fn the_previous_row_is_the_one_shown() {
    let log = log_of(40, 7);
    assert_eq!(rows(&log, ALL).previous(8), Some(7));
    assert_eq!(
        rows(
            &log,
            ViewOptions {
                events: false,
                ..ALL
            }
        )
        .previous(8),
        Some(5)
    );
    assert_eq!(rows(&log, ALL).previous(0), None);
    assert_eq!(rows(&log, ALL).previous(3), Some(2));
}

fn filter(text: &str) -> Arc<Filter> {
    let filter = Filter::new(
        text,
        Arc::new(|notice| format!("{notice:?}")),
        &|_| None,
        None,
    );
    Arc::new(filter.unwrap().unwrap())
}

/// Answers the questions in a pseudo-random order.
fn answer(found: &mut SearchHits, mut questions: Vec<ChunkToSearch>, seed: usize) {
    while !questions.is_empty() {
        let question = questions.swap_remove(seed % questions.len());
        let BytesLocation::Memory(chunk) = question.source else {
            panic!("nothing is on disk here");
        };
        let hits = found.filter().hits(&chunk);
        found.take(question.slot, hits);
    }
}

#[test]
fn only_what_was_found_is_shown_and_numbered() {
    let mut log = log_of(400, 30);
    let mut found = SearchHits::new(filter("7>"), &log);
    let questions = found.follow(&log);
    assert_eq!(questions.len(), 14);
    answer(&mut found, questions, 3);
    let expected: Vec<u64> = (0..400)
        .filter(|row| row % 20 == 17 || row % 20 == 7 && row % 4 < 2)
        .collect();
    let shown = |log: &Log, found: &SearchHits| -> Vec<u64> {
        let rows = Rows::new(log, ALL, Some(found));
        rows.from(0).map(|line| line.row).collect()
    };
    assert_eq!(shown(&log, &found), expected);
    assert_eq!(found.looked_through(&log), 400);
    // New rows are found at once, without a question, while the chunk grows.
    log.push(chunk_of(400..438));
    assert!(found.follow(&log).is_empty());
    log.push(chunk_of(438..440));
    assert!(found.follow(&log).is_empty());
    assert_eq!(shown(&log, &found).last(), Some(&437));
    let rows = Rows::new(&log, ALL, Some(&found));
    assert_eq!(
        (rows.next(0), rows.next(17), rows.next(437)),
        (Some(17), Some(37), None)
    );
    assert_eq!((rows.previous(18), rows.previous(17)), (Some(17), None));
}

#[test]
fn a_line_keeps_its_number_while_older_ones_are_found() {
    let log = log_of(400, 30);
    let mut found = SearchHits::new(filter("7>"), &log);
    let mut questions = found.follow(&log);
    let rest = questions.split_off(4);
    answer(&mut found, questions, 0);
    let line = Rows::new(&log, ALL, Some(&found)).line_of(397);
    answer(&mut found, rest, 1);
    assert_eq!(Rows::new(&log, ALL, Some(&found)).line_of(397), line);
}

#[test]
fn what_the_log_lets_go_is_no_longer_found() {
    let mut log = log_of(4_000, 100);
    let mut found = SearchHits::new(filter("7>"), &log);
    let questions = found.follow(&log);
    answer(&mut found, questions, 5);
    let line = Rows::new(&log, ALL, Some(&found)).line_of(3_997);
    log.set_budget(log.memory() / 2);
    assert!(found.follow(&log).is_empty());
    let rows = Rows::new(&log, ALL, Some(&found));
    assert_eq!(rows.line_of(3_997), line);
    let first = rows.from(0).next().unwrap().row;
    assert!(first >= log.rows().start && first < log.rows().start + 20);
    assert_eq!(
        rows.lines().end - rows.lines().start,
        rows.from(0).count() as u64
    );
    log.clear();
    found.follow(&log);
    assert!(Rows::new(&log, ALL, Some(&found)).lines().is_empty());
}

#[test]
fn rows_that_come_one_by_one_are_all_found() {
    let mut log = log_of(0, 1);
    let mut found = SearchHits::new(filter("x"), &log);
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    for row in 0..10_000 {
        let mut chunk = ChunkBuilder::default();
        chunk.received(row, peer, &[b'x'; 64], Arrival::default());
        log.push(Arc::new(chunk.finish()));
        let questions = found.follow(&log);
        answer(&mut found, questions, 0);
    }
    assert_eq!(found.count().rows(), 10_000);
}

proptest! {
    #[test]
    fn found_rows_and_their_lines_agree(per_chunk in 1_u64..50, count in 1_u64..300, seed: usize, word in "[0-9]{1,2}") {
        let log = log_of(count, per_chunk);
        let mut found = SearchHits::new(filter(&word), &log);
        let questions = found.follow(&log);
        answer(&mut found, questions, seed);
        let rows = Rows::new(&log, ALL, Some(&found));
        let expected: Vec<u64> = (0..count)
            .filter(|row| {
                let record = log.get(*row).unwrap();
                let message = match record.body {
                    Body::Notice(notice) => format!("{notice:?}"),
                    _ => String::from_utf8_lossy(record.bytes()).into_owned(),
                };
                message.contains(&word)
            })
            .collect();
        let lines: Vec<_> = rows.from(0).collect();
        prop_assert_eq!(lines.iter().map(|line| line.row).collect::<Vec<_>>(), expected);
        for line in &lines {
            prop_assert_eq!(rows.line_of(line.row), Some(line.line));
            prop_assert_eq!(rows.from(line.line).next().map(|found| found.row), Some(line.row));
        }
    }
}

#[test]
fn repeated_failures_are_folded_into_the_first_and_counted() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let mut chunk = ChunkBuilder::default();
    chunk.notice(0, failure());
    for time in 1..=20 {
        chunk.sent(time, peer, b"a");
        chunk.notice(time, failure());
    }
    chunk.received(30, peer, b"b", Arrival::default());
    chunk.notice(31, failure());
    let mut log = Log::default();
    log.push(Arc::new(chunk.finish()));
    let folded = rows(&log, ViewOptions { folds: true, ..ALL });
    // One failure, the sent rows, the received rows, and a failure after them.
    assert_eq!(folded.lines(), 0..23);
    assert_eq!(folded.unfolded().lines(), 0..43);
    let all: Vec<(u64, u64)> = folded.from(0).map(|line| (line.line, line.row)).collect();
    assert_eq!(all.len(), 23);
    assert!(all.iter().zip(0..).all(|((line, _), at)| *line == at));
    assert_eq!(
        (all[0], all[1], all[21], all[22]),
        ((0, 0), (1, 1), (21, 41), (22, 42))
    );
    for (line, row) in all {
        assert_eq!(folded.line_of(row), Some(line));
        assert_eq!(folded.standing_for(row), row);
    }
    assert_eq!(folded.standing_for(40), 0);
    let repeats = folded.repeats(0).unwrap();
    assert_eq!((repeats.count, repeats.last), (21, 20));
    assert_eq!(
        (folded.repeats(42), folded.unfolded().repeats(0)),
        (None, None)
    );
}

#[test]
fn failures_that_come_one_by_one_are_folded_too() {
    let mut log = Log::default();
    for time in 0..50 {
        let mut chunk = ChunkBuilder::default();
        chunk.notice(time, failure());
        log.push(Arc::new(chunk.finish()));
    }
    let folded = rows(&log, ViewOptions { folds: true, ..ALL });
    assert_eq!((folded.lines(), log.total().failures), (0..1, 50));
    assert_eq!(folded.repeats(0).unwrap().count, 50);
}
