//! All records of a session, oldest first, within a budget.
//!
//! Rows are numbered from 0 for the life of the log; an evicted row's number is never
//! used again, so a selection stays where it is. The view scrolls by *lines*: a record
//! takes one, a failure two. Counts kept before each chunk make both numbers exact and
//! equally fast at any length, without a pixel offset that would lose precision.
//!
//! Without a [`Shelf`] the log lives in memory and the budget is of memory. With one, a
//! chunk that is full or old is given out to be written ([`Log::sealed`]), leaves memory
//! once it is on disk ([`Log::shelved`]), and is brought back while it is looked at.

use super::slot::Slot;
use super::{Chunk, Count, Kind, Place, Record, Shelf, Shown};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Chunks below this size are merged as they come.
const SMALL: usize = 64 << 10;
/// The default budget of memory, in bytes.
const DEFAULT_BUDGET: usize = 256 << 20;
/// Memory the newest chunks may hold when all older ones are on disk.
const NEWEST: usize = 24 << 20;
/// Chunks near the view that are kept in memory after they were brought back.
const LOOKED_AT: usize = 16;

pub struct Log {
    slots: VecDeque<Slot>,
    /// The number of the first slot; numbers are never used again.
    first: u64,
    /// Everything ever pushed since the last clear.
    total: Count,
    evicted: Count,
    /// Memory of the chunks that have not left it, in bytes.
    memory: usize,
    budget: usize,
    shelf: Option<Rc<dyn Shelf>>,
    /// Bytes on disk, and how many there may be.
    disk: u64,
    disk_budget: u64,
    /// Chunks to be written.
    sealed: Vec<(u64, Arc<Chunk>)>,
    /// The first slot that has not left memory.
    resident: u64,
    /// Slots brought back, oldest look first.
    looked_at: RefCell<VecDeque<u64>>,
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

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log")
            .field("rows", &self.rows())
            .field("memory", &self.memory)
            .field("disk", &self.disk)
            .finish_non_exhaustive()
    }
}

impl Log {
    /// A log that keeps at most `budget` bytes, and always the newest chunk.
    pub fn new(budget: usize) -> Self {
        Self {
            slots: VecDeque::new(),
            first: 0,
            total: Count::default(),
            evicted: Count::default(),
            memory: 0,
            budget,
            shelf: None,
            disk: 0,
            disk_budget: 0,
            sealed: Vec::new(),
            resident: 0,
            looked_at: RefCell::default(),
        }
    }

    /// Limits the memory of a log without a shelf; returns how many records had to go.
    pub fn set_budget(&mut self, budget: usize) -> u64 {
        self.budget = budget;
        self.evict()
    }

    /// Keeps old chunks on `shelf` from now on, at most `budget` bytes of them.
    pub fn set_shelf(&mut self, shelf: Rc<dyn Shelf>, budget: u64) {
        (self.shelf, self.disk_budget) = (Some(shelf), budget);
    }

    /// Nothing more can be written: what is on the shelf can still be read, the rest
    /// stays in memory.
    pub fn shelf_failed(&mut self) -> u64 {
        self.disk_budget = u64::MAX;
        self.sealed.clear();
        self.evict()
    }

    /// Appends a chunk; returns how many old records had to go for it.
    pub fn push(&mut self, chunk: Arc<Chunk>) -> u64 {
        let added = chunk.count();
        if !self.absorbed(&chunk) {
            self.seal();
            self.memory += chunk.memory();
            self.slots.push_back(Slot::new(chunk, self.total));
        }
        self.total = self.total + added;
        self.evict()
    }

    /// Has the newest chunk written too; what comes later begins another.
    pub fn seal(&mut self) {
        let number = (self.first + self.slots.len() as u64).saturating_sub(1);
        let chunk = self
            .slots
            .back_mut()
            .filter(|_| self.shelf.is_some())
            .and_then(Slot::seal);
        self.sealed.extend(chunk.map(|chunk| (number, chunk)));
    }

    /// The chunks to be written, with their numbers; each is given out once.
    pub fn sealed(&mut self) -> Vec<(u64, Arc<Chunk>)> {
        std::mem::take(&mut self.sealed)
    }

    /// A chunk is on disk: it may leave memory. Returns how many records had to go.
    pub fn shelved(&mut self, number: u64, place: Place) -> u64 {
        let first = self.first;
        let slot = number
            .checked_sub(first)
            .and_then(|at| self.slots.get_mut(usize::try_from(at).ok()?));
        if let Some(slot) = slot {
            slot.place = Some(place);
            self.disk += u64::from(place.length);
        }
        self.evict()
    }

    /// The oldest segment of the shelf that is still wanted.
    pub fn oldest_segment(&self) -> Option<u32> {
        self.slots.front()?.place.map(|place| place.segment)
    }

    /// Lets go of chunks that were brought back and are no longer looked at.
    pub fn forget_looked_at(&mut self) {
        let mut looked_at = self.looked_at.take();
        while looked_at.len() > LOOKED_AT {
            let Some(number) = looked_at.pop_front() else {
                break;
            };
            let at = number
                .checked_sub(self.first)
                .and_then(|at| usize::try_from(at).ok());
            if let Some(slot) = at.and_then(|at| self.slots.get_mut(at)) {
                slot.unload();
            }
        }
        self.looked_at.replace(looked_at);
    }

    /// Forgets every record; rows are numbered from 0 again.
    pub fn clear(&mut self) {
        let first = self.first + self.slots.len() as u64;
        let (shelf, disk_budget) = (self.shelf.take(), self.disk_budget);
        *self = Self {
            first,
            resident: first,
            shelf,
            disk_budget,
            ..Self::new(self.budget)
        };
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

    /// Memory of the chunks that have not left it, in bytes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Bytes on disk.
    pub fn disk(&self) -> u64 {
        self.disk
    }

    pub fn get(&self, row: u64) -> Option<Record<'_>> {
        let at = self.holding(|before| before.rows() <= row)?;
        let within = row.checked_sub(self.slots.get(at)?.before.rows())?;
        self.chunk(at)?.get(usize::try_from(within).ok()?)
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
        let at = self.holding(|before| before.rows() <= row)?;
        let before = self.slots.get(at)?.before;
        let within = usize::try_from(row - before.rows()).ok()?;
        let mut count = before;
        self.chunk(at)?
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
        // Chunks that have nothing to show are not even looked at.
        let some = move |(_, slot): &(usize, &Slot)| slot.count.lines(shown) > 0;
        self.slots
            .iter()
            .enumerate()
            .skip(place)
            .filter(some)
            .flat_map(move |(at, slot)| {
                let mut count = slot.before;
                let chunk = self.chunk(at);
                (0..chunk.map_or(0, Chunk::len)).filter_map(move |position| {
                    let chunk = chunk?;
                    let kind = chunk.kind(position)?;
                    let (row, first) = (count.rows(), count.lines(shown));
                    count.add_one(kind);
                    let wanted = shown.includes(kind) && first + height(kind) > line;
                    let record = wanted.then(|| chunk.get(position)).flatten()?;
                    Some(Line {
                        row,
                        line: first,
                        record,
                    })
                })
            })
    }

    /// The chunk of a slot, brought back if it left memory.
    fn chunk(&self, at: usize) -> Option<&Chunk> {
        let (chunk, brought_back) = self.slots.get(at)?.chunk(self.shelf.as_deref())?;
        if brought_back {
            self.looked_at
                .borrow_mut()
                .push_back(self.first + at as u64);
        }
        Some(chunk)
    }

    /// The last slot whose count before it satisfies `reached`.
    fn holding(&self, reached: impl Fn(Count) -> bool) -> Option<usize> {
        self.slots
            .partition_point(|slot| reached(slot.before))
            .checked_sub(1)
    }

    fn absorbed(&mut self, chunk: &Chunk) -> bool {
        let Some(last) = self.slots.back_mut() else {
            return false;
        };
        let before = last.memory();
        let absorbed = last.absorb(chunk, SMALL);
        self.memory = self.memory - before + last.memory();
        absorbed
    }

    /// Lets chunks that are on disk leave memory, then the oldest leave the log, until
    /// both budgets hold.
    fn evict(&mut self) -> u64 {
        while self.shelf.is_some() && self.memory > NEWEST {
            let at = self
                .resident
                .checked_sub(self.first)
                .and_then(|at| usize::try_from(at).ok());
            let Some(freed) = at
                .and_then(|at| self.slots.get_mut(at))
                .and_then(Slot::unload)
            else {
                break;
            };
            self.memory -= freed;
            self.resident += 1;
        }
        let mut evicted = 0;
        while (self.memory > self.budget || self.disk > self.disk_budget && self.shelf.is_some())
            && self.slots.len() > 1
        {
            let Some(oldest) = self.slots.pop_front() else {
                break;
            };
            if self.resident == self.first {
                self.memory -= oldest.memory();
                self.resident += 1;
            }
            self.first += 1;
            self.disk -= oldest.place.map_or(0, |place| u64::from(place.length));
            self.evicted = self.evicted + oldest.count;
            evicted += oldest.count.rows();
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
        assert!(log.slots.len() < 5, "{} chunks", log.slots.len());
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

    /// A disk made of memory.
    #[derive(Default)]
    struct Disk(RefCell<Vec<Vec<u8>>>);

    impl Shelf for Disk {
        fn load(&self, place: Place) -> Option<Chunk> {
            Chunk::decode(self.0.borrow().get(place.offset as usize)?).ok()
        }
    }

    impl Disk {
        /// Writes what the log gives out, as a journal would.
        fn write(&self, log: &mut Log) -> u64 {
            let mut evicted = 0;
            for (number, chunk) in log.sealed() {
                let bytes = chunk.encode().unwrap();
                drop(chunk);
                let (offset, length) = (self.0.borrow().len() as u64, bytes.len() as u32);
                self.0.borrow_mut().push(bytes);
                evicted += log.shelved(
                    number,
                    Place {
                        segment: 0,
                        offset,
                        length,
                    },
                );
            }
            evicted
        }
    }

    fn shelved_log(disk_budget: u64) -> (Log, Rc<Disk>) {
        let (mut log, disk) = (Log::default(), Rc::new(Disk::default()));
        log.set_shelf(disk.clone(), disk_budget);
        (log, disk)
    }

    #[test]
    fn chunks_on_disk_leave_memory_and_are_read_as_before() {
        let (mut log, disk) = shelved_log(u64::MAX);
        for start in (0..40_000).step_by(100) {
            log.push(chunk_of(start..start + 100, 10_000));
            assert_eq!(disk.write(&mut log), 0);
        }
        assert!(log.memory() <= NEWEST + 2_000_000, "{}", log.memory());
        for row in [0, 1, 2, 3, 20_000, 39_999] {
            assert_eq!(log.get(row).map(|record| record.time), Some(row as i64));
        }
        for line in (0..log.lines(ALL).end).step_by(997) {
            assert!(
                log.lines_from(line, ALL)
                    .next()
                    .is_some_and(|found| found.line <= line && line < found.line + 2)
            );
        }
        log.forget_looked_at();
        let resident: usize = log.slots.iter().map(Slot::memory).sum();
        assert!(resident < NEWEST + 40 * 600_000, "{resident}");
    }

    #[test]
    fn the_disks_budget_evicts_the_oldest() {
        let (mut log, disk) = shelved_log(20_000_000);
        let mut evicted = 0;
        for start in (0..20_000).step_by(100) {
            evicted += log.push(chunk_of(start..start + 100, 10_000));
            evicted += disk.write(&mut log);
        }
        assert!(log.disk() <= 20_000_000);
        assert_eq!(log.rows(), evicted..20_000);
        assert!(evicted > 0);
        assert_eq!(
            log.get(evicted).map(|record| record.time),
            Some(evicted as i64)
        );
    }

    #[test]
    fn a_failed_disk_loses_no_row_in_memory() {
        let (mut log, disk) = shelved_log(u64::MAX);
        log.push(chunk_of(0..100, 10_000));
        log.push(chunk_of(100..200, 10_000));
        disk.write(&mut log);
        log.shelf_failed();
        log.push(chunk_of(200..300, 10_000));
        assert!((0..300).all(|row| log.get(row).is_some()));
    }

    #[test]
    fn a_sealed_chunk_is_given_out_once_and_takes_nothing_more() {
        let (mut log, _disk) = shelved_log(u64::MAX);
        log.push(chunk_of(0..4, 1));
        log.seal();
        log.seal();
        log.push(chunk_of(4..8, 1));
        assert_eq!(
            log.sealed()
                .iter()
                .map(|(number, _)| *number)
                .collect::<Vec<_>>(),
            [0]
        );
        assert_eq!(log.slots.len(), 2);
    }

    #[test]
    fn what_was_written_before_a_clear_is_no_longer_meant() {
        let (mut log, disk) = shelved_log(u64::MAX);
        log.push(chunk_of(0..4, 1));
        log.seal();
        log.clear();
        disk.write(&mut log);
        log.shelved(
            0,
            Place {
                segment: 0,
                offset: 0,
                length: 9,
            },
        );
        assert_eq!((log.disk(), log.rows()), (0, 0..0));
        log.push(chunk_of(0..4, 1));
        assert_eq!(log.get(3).map(|record| record.time), Some(3));
    }
}
