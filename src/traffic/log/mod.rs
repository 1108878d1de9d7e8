//! All records of a session, oldest first, within a budget.
//!
//! Rows are numbered from 0 for the life of the log; an evicted row's number is never
//! used again, so a selection stays where it is. [`Rows`](super::Rows) numbers what a
//! view shows of them.
//!
//! Without a [`Shelf`] the log lives in memory and the budget is of memory. With one, a
//! chunk that is full or old is given out to be written ([`Log::next_to_write`]), leaves memory
//! once it is on disk ([`Log::shelved`]), and is brought back while it is looked at.

use super::log_segment::LogSegment;
use super::recognition::Recognition;
use super::{BytesLocation, Chunk, Micros, Record, RecordCount, SpillPosition, SpillStore};
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
/// Memory that chunks on their way to the disk may take, whatever the budget without one.
const ON_THEIR_WAY: usize = 64 << 20;
/// Chunks near the view that are kept in memory after they were brought back.
const LOOKED_AT: usize = 16;

pub struct Log {
    recognition: Recognition,
    slots: VecDeque<LogSegment>,
    /// The number of the first slot; numbers are never used again.
    first: u64,
    /// Everything ever pushed since the last clear.
    total: RecordCount,
    evicted: RecordCount,
    /// Memory of the chunks that have not left it, in bytes.
    memory: usize,
    budget: usize,
    shelf: Option<Rc<dyn SpillStore>>,
    /// Bytes on disk, and how many there may be.
    disk: u64,
    disk_budget: u64,
    /// The first slot that was not given out to be written.
    unwritten: u64,
    /// The first slot that has not left memory.
    resident: u64,
    /// Slots brought back, oldest look first.
    looked_at: RefCell<VecDeque<u64>>,
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
            recognition: Recognition::default(),
            slots: VecDeque::new(),
            first: 0,
            total: RecordCount::default(),
            evicted: RecordCount::default(),
            memory: 0,
            budget,
            shelf: None,
            disk: 0,
            disk_budget: 0,
            unwritten: 0,
            resident: 0,
            looked_at: RefCell::default(),
        }
    }

    /// In which encoding each peer writes.
    pub fn recognition(&self) -> &Recognition {
        &self.recognition
    }

    /// From the next row on, Chinese is likelier than not where nothing else tells.
    pub fn prefer_chinese(&mut self, prefers: bool) {
        self.recognition.prefer_chinese(prefers);
    }

    /// Limits the memory of a log without a shelf; returns how many records had to go.
    pub fn set_budget(&mut self, budget: usize) -> u64 {
        self.budget = budget;
        self.evict()
    }

    /// Keeps old chunks on `shelf` from now on, at most `budget` bytes of them.
    pub fn set_spill_store(&mut self, shelf: Rc<dyn SpillStore>, budget: u64) {
        (self.shelf, self.disk_budget) = (Some(shelf), budget);
    }

    /// Nothing more can be written: what can still be read from the shelf is, the rest
    /// stays in memory. Returns how many records are gone.
    pub fn spill_store_failed(&mut self) -> u64 {
        self.disk_budget = u64::MAX;
        self.unwritten = u64::MAX;
        let mut gone = 0;
        while self.slots.len() > 1 && self.chunk_at(0).is_none() {
            gone += self.pop_oldest();
        }
        gone + self.evict()
    }

    /// Appends a chunk; returns how many old records had to go for it.
    pub fn push(&mut self, chunk: Arc<Chunk>) -> u64 {
        let added = chunk.count();
        self.recognition.learn_chunk(self.total.rows(), &chunk);
        if !self.absorbed(&chunk) {
            self.seal();
            self.memory += chunk.memory();
            self.slots.push_back(LogSegment::new(chunk, self.total));
        }
        self.total = self.total + added;
        self.evict()
    }

    /// Has the newest chunk written too; what comes later begins another.
    pub fn seal(&mut self) {
        if let Some(newest) = self.slots.back_mut().filter(|_| self.shelf.is_some()) {
            newest.sealed = true;
        }
    }

    /// The next chunk to be written, with its number; each is given out once. As long as
    /// it is not asked for, it waits here.
    pub fn next_to_write(&mut self) -> Option<(u64, Arc<Chunk>)> {
        let number = self.unwritten.max(self.first);
        let slot = self.at(number).filter(|slot| slot.sealed)?;
        let chunk = Arc::clone(slot.resident()?);
        self.unwritten = number + 1;
        Some((number, chunk))
    }

    /// Whether so much waits to be written that nothing should be pushed for now.
    pub fn is_behind(&self) -> bool {
        self.writes() && self.memory > self.budget.max(ON_THEIR_WAY)
    }

    fn writes(&self) -> bool {
        self.shelf.is_some() && self.unwritten != u64::MAX
    }

    /// A chunk is on disk: it may leave memory. Returns how many records had to go.
    pub fn shelved(&mut self, number: u64, place: SpillPosition) -> u64 {
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

    /// Whether the first so many rows since the last clear are all on disk.
    pub fn is_spilled(&self, rows: u64) -> bool {
        let slots = self.slots.iter();
        let mut first = slots.take_while(|slot| slot.before.rows() < rows);
        self.evicted.rows() == 0 && first.all(|slot| slot.place.is_some())
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

    /// Takes every record out, with the shelf they are on, as a log of their own; rows are
    /// numbered from 0 again. Slots go on being numbered.
    pub fn clear(&mut self) -> Self {
        let first = self.first + self.slots.len() as u64;
        let empty = Self {
            recognition: self.recognition.anew(),
            first,
            resident: first,
            unwritten: first,
            ..Self::new(self.budget)
        };
        std::mem::replace(self, empty)
    }

    /// Appends what another log still holds; returns how many records had to go for it.
    pub fn append(&mut self, later: &Self) -> u64 {
        let chunks = later.slots().filter_map(|slot| later.chunk(slot));
        chunks.map(|chunk| self.push(Arc::new(chunk.clone()))).sum()
    }

    /// The numbers of the rows that are held.
    pub fn rows(&self) -> Range<u64> {
        self.evicted.rows()..self.total.rows()
    }

    pub fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// Everything ever pushed since the last clear, by kind.
    pub fn total(&self) -> RecordCount {
        self.total
    }

    /// Records held, by kind.
    pub fn count(&self) -> RecordCount {
        self.total - self.evicted
    }

    /// Records let go, by kind.
    pub fn evicted(&self) -> RecordCount {
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
        let slot = self.slot_of(row)?;
        let within = row.checked_sub(self.before(slot).rows())?;
        self.chunk(slot)?.get(usize::try_from(within).ok()?)
    }

    /// The first row written at `time` or later, if there is one. Where the clock was
    /// set back, one of them.
    pub fn row_at(&self, time: Micros) -> Option<u64> {
        let after = self.slots.partition_point(|slot| slot.began < time);
        let at = after.saturating_sub(1);
        let chunk = self.chunk_at(at)?;
        let within = (0..chunk.len()).find(|at| chunk.time(*at).is_some_and(|t| t >= time));
        let row = |at: usize| Some(self.slots.get(at)?.before.rows());
        within.map_or_else(|| row(at + 1), |within| Some(row(at)? + within as u64))
    }

    /// The numbers of the slots that are held; they are never used again.
    pub fn slots(&self) -> Range<u64> {
        self.first..self.first + self.slots.len() as u64
    }

    /// The slot that holds `row`.
    pub fn slot_of(&self, row: u64) -> Option<u64> {
        let held = self.rows().contains(&row);
        let after = self.slots.partition_point(|slot| slot.before.rows() <= row) as u64;
        held.then(|| (self.first + after).checked_sub(1))?
    }

    /// Records before a slot, since the last clear; behind the last one, all of them.
    pub fn before(&self, slot: u64) -> RecordCount {
        if slot < self.first {
            return self.evicted;
        }
        self.at(slot).map_or(self.total, |at| at.before)
    }

    /// The chunk of a slot, brought back if it left memory.
    pub fn chunk(&self, slot: u64) -> Option<&Chunk> {
        self.chunk_at(usize::try_from(slot.checked_sub(self.first)?).ok()?)
    }

    /// Whether the newest slot may still take records in.
    pub fn grows(&self) -> bool {
        self.slots.back().is_some_and(|slot| slot.grows(SMALL))
    }

    /// Where the bytes of a slot are, for another thread.
    pub fn source(&self, slot: u64) -> Option<BytesLocation> {
        let slot = self.at(slot)?;
        if let Some(chunk) = slot.resident() {
            return Some(BytesLocation::Memory(Arc::clone(chunk)));
        }
        Some(BytesLocation::Shelf {
            frames: self.shelf.as_ref()?.frames(),
            place: slot.place?,
            has_events: slot.count.events() > 0,
        })
    }

    fn at(&self, slot: u64) -> Option<&LogSegment> {
        self.slots
            .get(usize::try_from(slot.checked_sub(self.first)?).ok()?)
    }

    fn chunk_at(&self, at: usize) -> Option<&Chunk> {
        let (chunk, brought_back) = self.slots.get(at)?.chunk(self.shelf.as_deref())?;
        if brought_back {
            self.looked_at
                .borrow_mut()
                .push_back(self.first + at as u64);
        }
        Some(chunk)
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
        // What waits for the disk is bounded by whoever asks whether it is behind: letting
        // go of what is on disk already would free no memory.
        let (kept, limit) = match &self.shelf {
            Some(_) if self.writes() => (NEWEST.min(self.budget), usize::MAX),
            Some(_) => (NEWEST.min(self.budget), self.budget),
            None => (usize::MAX, self.budget),
        };
        while self.memory > kept {
            let at = self
                .resident
                .checked_sub(self.first)
                .and_then(|at| usize::try_from(at).ok());
            let Some(freed) = at
                .and_then(|at| self.slots.get_mut(at))
                .and_then(LogSegment::unload)
            else {
                break;
            };
            self.memory -= freed;
            self.resident += 1;
        }
        let mut evicted = 0;
        while (self.memory > limit || self.disk > self.disk_budget && self.shelf.is_some())
            && self.slots.len() > 1
        {
            evicted += self.pop_oldest();
        }
        evicted
    }

    /// Lets the oldest chunk go; returns how many records that were.
    fn pop_oldest(&mut self) -> u64 {
        let Some(oldest) = self.slots.pop_front() else {
            return 0;
        };
        if self.resident == self.first {
            self.memory -= oldest.memory();
            self.resident += 1;
        }
        self.first += 1;
        self.disk -= oldest.place.map_or(0, |place| u64::from(place.length));
        self.evicted = self.evicted + oldest.count;
        oldest.count.rows()
    }
}

#[cfg(test)]
mod tests;
