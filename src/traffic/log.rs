//! All records of a session, oldest first, within a budget of memory.
//!
//! Rows are numbered from 0 for the life of the log; an evicted row's number is never
//! used again, so a selection stays where it is. The view scrolls by *lines*: a record
//! takes one, a failure two. Counts kept before each chunk make both numbers exact and
//! equally fast at any length, without a pixel offset that would lose precision.

use super::{Chunk, Count, Kind, Record, Shown};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Chunks below this size are merged as they come.
const SMALL: usize = 64 << 10;

/// The default budget, in bytes.
pub const DEFAULT_BUDGET: usize = 256 << 20;

#[derive(Debug)]
pub struct Log {
    held: VecDeque<Held>,
    /// Everything ever pushed since the last clear.
    total: Count,
    evicted: Count,
    memory: usize,
    budget: usize,
}

#[derive(Debug)]
struct Held {
    chunk: Arc<Chunk>,
    /// Records that came before this chunk.
    before: Count,
}

/// A record and where its first line stands in a view.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub row: u64,
    pub line: u64,
    pub record: Record<'a>,
}

impl Default for Log {
    fn default() -> Self {
        Self::new(DEFAULT_BUDGET)
    }
}

impl Log {
    /// A log that keeps at most `budget` bytes, and always the newest chunk.
    pub fn new(budget: usize) -> Self {
        Self {
            held: VecDeque::new(),
            total: Count::default(),
            evicted: Count::default(),
            memory: 0,
            budget,
        }
    }

    pub fn set_budget(&mut self, budget: usize) {
        self.budget = budget;
        self.evict();
    }

    /// Appends a chunk; returns how many old records had to go for it.
    pub fn push(&mut self, chunk: Arc<Chunk>) -> u64 {
        let added = chunk.count();
        if !self.absorbed(&chunk) {
            self.memory += chunk.memory();
            self.held.push_back(Held {
                chunk,
                before: self.total,
            });
        }
        self.total = self.total + added;
        self.evict()
    }

    /// Forgets every record; numbering begins again.
    pub fn clear(&mut self) {
        *self = Self::new(self.budget);
    }

    /// The numbers of the rows that are held.
    pub fn rows(&self) -> Range<u64> {
        self.evicted.rows()..self.total.rows()
    }

    pub fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// Records held, by kind.
    pub fn count(&self) -> Count {
        self.total - self.evicted
    }

    /// Records let go, by kind.
    pub fn evicted(&self) -> Count {
        self.evicted
    }

    /// Memory held, in bytes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    pub fn get(&self, row: u64) -> Option<Record<'_>> {
        let held = self
            .held
            .get(self.holding(|before| before.rows() <= row)?)?;
        held.chunk
            .get(usize::try_from(row.checked_sub(held.before.rows())?).ok()?)
    }

    /// The nearest row before `row` that `shown` includes.
    pub fn previous(&self, row: u64, shown: Shown) -> Option<u64> {
        let line = self.line_of(row, shown)?.checked_sub(1)?;
        self.lines(shown)
            .contains(&line)
            .then(|| self.lines_from(line, shown).next().map(|found| found.row))?
    }

    /// The numbers of the lines that are held when only `shown` kinds are shown.
    pub fn lines(&self, shown: Shown) -> Range<u64> {
        self.evicted.lines(shown)..self.total.lines(shown)
    }

    /// The line at which `row` begins, or would begin if it were shown.
    pub fn line_of(&self, row: u64, shown: Shown) -> Option<u64> {
        if !self.rows().contains(&row) {
            return None;
        }
        let held = self
            .held
            .get(self.holding(|before| before.rows() <= row)?)?;
        let within = usize::try_from(row - held.before.rows()).ok()?;
        let mut count = held.before;
        held.chunk
            .kinds(0)
            .take(within)
            .for_each(|kind| count.add_one(kind));
        Some(count.lines(shown))
    }

    /// The records from the one that covers `line` on.
    pub fn lines_from(&self, line: u64, shown: Shown) -> impl Iterator<Item = Line<'_>> {
        let line = line.max(self.evicted.lines(shown));
        let place = self
            .holding(|before| before.lines(shown) <= line)
            .unwrap_or(0);
        self.held.iter().skip(place).flat_map(move |held| {
            // Whole chunks before the line are skipped by the search above; within the
            // first one, kinds are counted up to it.
            let mut count = held.before;
            (0..held.chunk.len()).filter_map(move |position| {
                let kind = held.chunk.kind(position)?;
                let (row, first) = (count.rows(), count.lines(shown));
                count.add_one(kind);
                let wanted = shown.includes(kind) && first + height(kind) > line;
                wanted
                    .then(|| held.chunk.get(position))
                    .flatten()
                    .map(|record| Line {
                        row,
                        line: first,
                        record,
                    })
            })
        })
    }

    /// The place of the last held chunk whose count before it satisfies `reached`.
    fn holding(&self, reached: impl Fn(Count) -> bool) -> Option<usize> {
        self.held
            .partition_point(|held| reached(held.before))
            .checked_sub(1)
    }

    fn absorbed(&mut self, chunk: &Chunk) -> bool {
        let Some(last) = self.held.back_mut() else {
            return false;
        };
        let Some(open) = Arc::get_mut(&mut last.chunk) else {
            return false;
        };
        let before = open.memory();
        let absorbed = open.absorb(chunk, SMALL);
        self.memory = self.memory - before + open.memory();
        absorbed
    }

    fn evict(&mut self) -> u64 {
        let mut evicted = 0;
        while self.memory > self.budget && self.held.len() > 1 {
            let Some(oldest) = self.held.pop_front() else {
                break;
            };
            self.memory -= oldest.chunk.memory();
            self.evicted = self.evicted + oldest.chunk.count();
            evicted += oldest.chunk.count().rows();
        }
        evicted
    }
}

/// Lines a record of this kind takes.
fn height(kind: Kind) -> u64 {
    if kind == Kind::Failure { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Cause, ChunkBuilder, Failure, Notice, Operation};
    use std::net::SocketAddr;

    const ALL: Shown = Shown {
        received: true,
        sent: true,
        events: true,
    };

    fn peer() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    fn failure() -> Notice {
        let cause = Cause::NotConnected;
        Notice::Failed(Failure {
            operation: Operation::Send,
            address: String::new(),
            cause,
        })
    }

    /// Row n: received, sent, failure, notice, received, …
    fn chunk_of(rows: Range<u64>, size: usize) -> Arc<Chunk> {
        let mut builder = ChunkBuilder::default();
        for row in rows {
            let now = row as i64;
            match row % 4 {
                0 => builder.received(
                    now,
                    peer(),
                    &vec![0; size],
                    crate::traffic::Arrival::default(),
                ),
                1 => builder.sent(now, peer(), &vec![0; size]),
                2 => builder.notice(now, failure()),
                _ => builder.notice(now, Notice::Joined { peer: peer() }),
            }
        }
        Arc::new(builder.finish())
    }

    fn log_of(rows: u64, per_chunk: u64) -> Log {
        let mut log = Log::default();
        for start in (0..rows).step_by(per_chunk as usize) {
            log.push(chunk_of(start..(start + per_chunk).min(rows), 10));
        }
        log
    }

    #[test]
    fn rows_come_back_by_number() {
        for per_chunk in [1, 7, 1_000] {
            let log = log_of(5_000, per_chunk);
            assert_eq!(log.rows(), 0..5_000);
            for row in [0, 1, 63, 64, 2_500, 4_999] {
                assert_eq!(log.get(row).map(|r| r.time), Some(row as i64));
            }
            assert_eq!(log.get(5_000), None);
        }
    }

    #[test]
    fn quiet_chunks_are_merged() {
        let log = log_of(5_000, 1);
        assert!(log.held.len() < 5, "{} chunks", log.held.len());
        assert!(log.memory() < 1_000_000, "{} bytes", log.memory());
    }

    #[test]
    fn lines_and_rows_agree_in_every_view() {
        let log = log_of(400, 30);
        assert_eq!(log.lines(ALL), 0..500);
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
            for found in log.lines_from(0, shown) {
                assert_eq!(found.line, line);
                assert_eq!(log.line_of(found.row, shown), Some(line));
                assert!(shown.includes(found.record.kind()));
                line += height(found.record.kind());
            }
            assert_eq!(line, log.lines(shown).end);
        }
    }

    #[test]
    fn the_second_line_of_a_failure_belongs_to_it() {
        let log = log_of(8, 8);
        let row = |line| log.lines_from(line, ALL).next().map(|found| found.row);
        assert_eq!((row(2), row(3), row(4)), (Some(2), Some(2), Some(3)));
    }

    #[test]
    fn the_previous_row_is_the_one_shown() {
        let log = log_of(40, 7);
        assert_eq!(log.previous(8, ALL), Some(7));
        assert_eq!(
            log.previous(
                8,
                Shown {
                    events: false,
                    ..ALL
                }
            ),
            Some(5)
        );
        assert_eq!(log.previous(0, ALL), None);
        assert_eq!(log.previous(3, ALL), Some(2));
    }

    #[test]
    fn the_oldest_go_first_and_are_counted() {
        let mut log = Log::new(300_000);
        let mut evicted = 0;
        for start in (0..400).step_by(4) {
            evicted += log.push(chunk_of(start..start + 4, 30_000));
        }
        assert!(log.memory() <= 300_000);
        assert_eq!(log.evicted().rows(), evicted);
        assert_eq!(log.rows(), evicted..400);
        assert_eq!(log.count().rows() + evicted, 400);
        assert_eq!(log.get(evicted - 1), None);
        assert_eq!(log.get(evicted).map(|r| r.time), Some(evicted as i64));
        assert_eq!(
            log.lines_from(0, ALL).next().map(|found| found.row),
            Some(evicted)
        );
    }

    #[test]
    fn clearing_starts_again() {
        let mut log = log_of(10, 3);
        log.clear();
        assert!(log.is_empty());
        assert_eq!((log.rows(), log.memory()), (0..0, 0));
        assert!(log.lines_from(0, ALL).next().is_none());
    }
}
