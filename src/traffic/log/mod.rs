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
mod tests;
