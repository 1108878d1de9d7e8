//! The rows of a log as a view shows them: by kind, and all or only those found.
//!
//! The view scrolls by *lines*: a record takes one, a failure two. Counts kept before
//! each chunk make the numbers exact and equally fast at any length, without a pixel
//! offset that would lose precision.

use super::{Chunk, Count, Found, Hits, Kind, Log, Record, Shown};
use std::ops::Range;

#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    log: &'a Log,
    shown: Shown,
    found: Option<&'a Found>,
}

/// A record and where its first line stands in a view.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub row: u64,
    pub line: u64,
    pub record: Record<'a>,
}

impl<'a> Rows<'a> {
    /// The rows of these kinds; with `found`, only those found so far.
    pub fn new(log: &'a Log, shown: Shown, found: Option<&'a Found>) -> Self {
        Self { log, shown, found }
    }

    pub fn log(&self) -> &'a Log {
        self.log
    }

    /// The numbers of the lines there are.
    pub fn lines(&self) -> Range<u64> {
        let counts = match self.found {
            None => self.log.evicted()..self.log.total(),
            Some(found) => found.counted(),
        };
        counts.start.lines(self.shown)..counts.end.lines(self.shown)
    }

    /// The line at which `row` begins, or would begin if it were shown.
    pub fn line_of(&self, row: u64) -> Option<u64> {
        let slot = self.log.slot_of(row)?;
        let slots = self.slots();
        if slot < slots.start {
            return Some(self.lines().start);
        }
        let Some((mut count, hits)) = self.slot(slot) else {
            return Some(self.lines().end);
        };
        let within = usize::try_from(row - self.log.before(slot).rows()).ok()?;
        for (at, kind) in self.log.chunk(slot)?.kinds(0).take(within).enumerate() {
            if hits.is_none_or(|hits| hits.contains(at)) {
                count.add_one(kind);
            }
        }
        Some(count.lines(self.shown))
    }

    /// The records from the one that covers `line` on.
    pub fn from(self, line: u64) -> impl Iterator<Item = Line<'a>> {
        let line = line.max(self.lines().start);
        let slots = self.slots();
        let first = self.slot_at(line).unwrap_or(slots.start);
        (first..slots.end).flat_map(move |slot| self.of_slot(slot, line))
    }

    /// The row shown before `row`.
    pub fn previous(&self, row: u64) -> Option<u64> {
        let line = self.line_of(row)?.checked_sub(1)?;
        let shown = self.lines().contains(&line);
        shown.then(|| self.from(line).next().map(|found| found.row))?
    }

    /// The row shown after `row`.
    pub fn next(&self, row: u64) -> Option<u64> {
        let mut rows = self.from(self.line_of(row)?).map(|line| line.row);
        rows.find(|next| *next > row)
    }

    /// The records of a slot from the one that covers `line` on.
    fn of_slot(self, slot: u64, line: u64) -> impl Iterator<Item = Line<'a>> {
        let known = self.slot(slot);
        let mut count = known.map_or_else(Count::default, |(before, _)| before);
        let hits = known.and_then(|(_, hits)| hits);
        let mut row = self.log.before(slot).rows();
        // Chunks that have nothing to show are not even looked at.
        let some = known.is_some_and(|_| self.count(slot).lines(self.shown) > 0);
        let chunk = some.then(|| self.log.chunk(slot)).flatten();
        (0..chunk.map_or(0, Chunk::len)).filter_map(move |at| {
            let kind = chunk?.kind(at)?;
            let (this, first) = (row, count.lines(self.shown));
            row += 1;
            if hits.is_some_and(|hits| !hits.contains(at)) {
                return None;
            }
            count.add_one(kind);
            let wanted = self.shown.includes(kind) && first + height(kind) > line;
            let record = wanted.then(|| chunk?.get(at)).flatten()?;
            Some(Line {
                row: this,
                line: first,
                record,
            })
        })
    }

    /// The last slot that begins at or before `line`.
    fn slot_at(&self, line: u64) -> Option<u64> {
        let slots = self.slots();
        let (mut low, mut high) = (slots.start, slots.end);
        while low < high {
            let middle = low + (high - low) / 2;
            let reached = self
                .slot(middle)
                .is_some_and(|(before, _)| before.lines(self.shown) <= line);
            if reached {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1).filter(|slot| slots.contains(slot))
    }

    /// The log's slots that are numbered.
    fn slots(&self) -> Range<u64> {
        let all = self.log.slots();
        match self.found {
            None => all,
            Some(found) => {
                let known = found.known();
                known.start.max(all.start)..known.end.min(all.end).max(all.start)
            }
        }
    }

    /// The count before a slot, and which of its records are meant if not all.
    fn slot(&self, slot: u64) -> Option<(Count, Option<&'a Hits>)> {
        match self.found {
            None => self
                .slots()
                .contains(&slot)
                .then(|| (self.log.before(slot), None)),
            Some(found) => found
                .of_slot(slot)
                .map(|(before, hits)| (before, Some(hits))),
        }
    }

    fn count(&self, slot: u64) -> Count {
        match self.slot(slot) {
            Some((_, Some(hits))) => hits.count(),
            _ => self.log.before(slot + 1) - self.log.before(slot),
        }
    }
}

/// Lines a record of this kind takes.
fn height(kind: Kind) -> u64 {
    if kind == Kind::Failure { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{
        Arrival, Body, Cause, Chunk, ChunkBuilder, Failure, Filter, Frames, Notice, Operation,
        Place, Question, Shelf, Source,
    };
    use proptest::prelude::*;
    use std::net::SocketAddr;
    use std::rc::Rc;
    use std::sync::Arc;

    const ALL: Shown = Shown {
        received: true,
        sent: true,
        events: true,
    };

    fn rows(log: &Log, shown: Shown) -> Rows<'_> {
        Rows::new(log, shown, None)
    }

    fn failure() -> Notice {
        Notice::Failed(Failure {
            operation: Operation::Send,
            address: String::new(),
            cause: Cause::NotConnected,
        })
    }

    /// Row n: received, sent, failure, notice, received, … with its number as payload.
    fn chunk_of(rows: Range<u64>) -> Arc<Chunk> {
        let mut builder = ChunkBuilder::default();
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        for row in rows {
            let (now, payload) = (row as i64, format!("<{row}>"));
            match row % 4 {
                0 => builder.received(now, peer, payload.as_bytes(), Arrival::default()),
                1 => builder.sent(now, peer, payload.as_bytes()),
                2 => builder.notice(now, failure()),
                _ => builder.notice(now, Notice::Joined { peer }),
            }
        }
        Arc::new(builder.finish())
    }

    /// A disk that is never there.
    struct Nowhere;

    impl Shelf for Nowhere {
        fn load(&self, _place: Place) -> Option<Chunk> {
            None
        }

        fn frames(&self) -> Arc<dyn Frames> {
            Arc::new(Self)
        }
    }

    impl Frames for Nowhere {
        fn read(&self, _place: Place, _bytes: &mut Vec<u8>) -> bool {
            false
        }
    }

    /// Slots of `per_chunk` rows that take nothing more in.
    fn log_of(rows: u64, per_chunk: u64) -> Log {
        let mut log = Log::default();
        log.set_shelf(Rc::new(Nowhere), u64::MAX);
        for start in (0..rows).step_by(per_chunk as usize) {
            log.push(chunk_of(start..(start + per_chunk).min(rows)));
            log.seal();
        }
        log
    }

    #[test]
    fn lines_and_rows_agree_in_every_view() {
        let log = log_of(400, 30);
        assert_eq!(rows(&log, ALL).lines(), 0..500);
        for shown in [
            ALL,
            Shown { sent: false, ..ALL },
            Shown {
                received: false,
                sent: false,
                events: true,
            },
        ] {
            let mut line = 0;
            for found in rows(&log, shown).from(0) {
                assert_eq!(found.line, line);
                assert_eq!(rows(&log, shown).line_of(found.row), Some(line));
                assert!(shown.includes(found.record.kind()));
                line += height(found.record.kind());
            }
            assert_eq!(line, rows(&log, shown).lines().end);
        }
    }

    #[test]
    fn the_second_line_of_a_failure_belongs_to_it() {
        let log = log_of(8, 8);
        let row = |line| rows(&log, ALL).from(line).next().map(|found| found.row);
        assert_eq!((row(2), row(3), row(4)), (Some(2), Some(2), Some(3)));
    }

    #[test]
    fn the_previous_row_is_the_one_shown() {
        let log = log_of(40, 7);
        assert_eq!(rows(&log, ALL).previous(8), Some(7));
        assert_eq!(
            rows(
                &log,
                Shown {
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
        Arc::new(Filter::new(text, Arc::new(|notice| format!("{notice:?}"))).unwrap())
    }

    /// Answers the questions in an order made from `seed`.
    fn answer(found: &mut Found, mut questions: Vec<Question>, seed: usize) {
        while !questions.is_empty() {
            let question = questions.swap_remove(seed % questions.len());
            let Source::Memory(chunk) = question.source else {
                panic!("nothing is on disk here");
            };
            let hits = found.filter().hits(&chunk);
            found.take(question.slot, hits);
        }
    }

    #[test]
    fn only_what_was_found_is_shown_and_numbered() {
        let mut log = log_of(400, 30);
        let mut found = Found::new(filter("7>"), &log);
        let questions = found.follow(&log);
        assert_eq!(questions.len(), 14);
        answer(&mut found, questions, 3);
        let expected: Vec<u64> = (0..400)
            .filter(|row| row % 20 == 17 || row % 20 == 7 && row % 4 < 2)
            .collect();
        let shown = |log: &Log, found: &Found| -> Vec<u64> {
            let rows = Rows::new(log, ALL, Some(found));
            rows.from(0).map(|line| line.row).collect()
        };
        assert_eq!(shown(&log, &found), expected);
        assert_eq!(found.looked_through(&log), 400);
        // New rows are found as they come, without a question while the chunk grows.
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
        let mut found = Found::new(filter("7>"), &log);
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
        let mut found = Found::new(filter("7>"), &log);
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

    proptest! {
        #[test]
        fn found_rows_and_their_lines_agree(per_chunk in 1_u64..50, count in 1_u64..300, seed: usize, word in "[0-9]{1,2}") {
            let log = log_of(count, per_chunk);
            let mut found = Found::new(filter(&word), &log);
            let questions = found.follow(&log);
            answer(&mut found, questions, seed);
            let rows = Rows::new(&log, ALL, Some(&found));
            let expected: Vec<u64> = (0..count)
                .filter(|row| {
                    let record = log.get(*row).unwrap();
                    let said = match record.body {
                        Body::Notice(notice) => format!("{notice:?}"),
                        _ => String::from_utf8_lossy(record.bytes()).into_owned(),
                    };
                    said.contains(&word)
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
}
