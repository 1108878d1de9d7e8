//! The log: all records of a session, oldest first, within a budget of memory or disk.
//!
//! Rows are numbered from 0 for the life of the log. The number of a trimmed row is never used
//! again, so a selection stays valid. [`Rows`](super::Rows) numbers the rows of a view.
//!
//! Without a [`SpillStore`] the log lives in memory, and the budget limits memory. With one, a
//! chunk that is complete is handed out to be written ([`Log::next_to_write`]), leaves memory
//! once it is on disk ([`Log::spilled`]), and is loaded again while it is viewed.

mod eviction;
mod messages;

use super::log_segment::LogSegment;
use super::messages::MessageIndex;
use super::recognition::Recognition;
use super::{BytesLocation, Chunk, Micros, Record, RecordCount, SpillPosition, SpillStore};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Chunks below this size, in bytes, are merged as they arrive.
const SMALL: usize = 64 << 10;
/// The default memory budget, in bytes.
const DEFAULT_BUDGET: usize = 256 << 20;
/// The memory, in bytes, that the newest chunks may hold while all older ones are on disk.
const NEWEST: usize = 24 << 20;
/// The memory, in bytes, that unwritten chunks may take, even if the budget is smaller.
const ON_THEIR_WAY: usize = 64 << 20;
/// The memory, in bytes, above which the rows of a file wait: the newest chunks, and some that are
/// being written.
const OF_FILE: usize = NEWEST + (8 << 20);
/// The number of loaded chunks near the view that stay in memory.
const LOOKED_AT: usize = 16;

/// The log of a session.
pub struct Log {
    recognition: Recognition,
    slots: VecDeque<LogSegment>,
    /// The number of the first segment. Numbers are not used again.
    first: u64,
    /// The number of records pushed since the last clear.
    total: RecordCount,
    trimmed: RecordCount,
    /// The memory of the resident chunks, in bytes.
    memory: usize,
    budget: usize,
    spill_store: Option<Rc<dyn SpillStore>>,
    /// The bytes on disk, and their limit.
    disk: u64,
    disk_budget: u64,
    /// The first slot that has not been handed out for writing.
    unwritten: u64,
    /// The first segment that has not left memory.
    resident: u64,
    /// The slots that were loaded again, in the order of loading.
    looked_at: RefCell<VecDeque<u64>>,
    /// The messages of the rows, while they are wanted.
    messages: Option<MessageIndex>,
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
    /// A log of at most `budget` bytes. The newest chunk is always kept.
    pub fn new(budget: usize) -> Self {
        Self {
            recognition: Recognition::default(),
            slots: VecDeque::new(),
            first: 0,
            total: RecordCount::default(),
            trimmed: RecordCount::default(),
            memory: 0,
            budget,
            spill_store: None,
            disk: 0,
            disk_budget: 0,
            unwritten: 0,
            resident: 0,
            looked_at: RefCell::default(),
            messages: None,
        }
    }

    /// The text encodings of the peers.
    pub fn recognition(&self) -> &Recognition {
        &self.recognition
    }

    /// Sets whether Chinese is preferred for ambiguous bytes, from the next row on.
    pub fn prefer_chinese(&mut self, prefers: bool) {
        self.recognition.prefer_chinese(prefers);
    }

    /// Sets the memory budget of a log without a spill store, in bytes. Returns the number of
    /// records trimmed.
    pub fn set_budget(&mut self, budget: usize) -> u64 {
        self.budget = budget;
        self.evict()
    }

    /// Moves old chunks to a spill store from now on, at most `budget` bytes of them.
    pub fn set_spill_store(&mut self, spill_store: Rc<dyn SpillStore>, budget: u64) {
        (self.spill_store, self.disk_budget) = (Some(spill_store), budget);
    }

    /// Stops writing after the spill store failed. Chunks that it can still read stay readable,
    /// the others stay in memory. Returns the number of records lost.
    pub fn spill_store_failed(&mut self) -> u64 {
        self.disk_budget = u64::MAX;
        self.unwritten = u64::MAX;
        let mut gone = 0;
        while self.slots.len() > 1 && self.chunk_at(0).is_none() {
            gone += self.pop_oldest();
        }
        gone + self.evict()
    }

    /// Appends a chunk. Returns the number of old records trimmed for it.
    pub fn push(&mut self, chunk: Arc<Chunk>) -> u64 {
        let added = chunk.count();
        self.recognition.learn_chunk(self.total.rows(), &chunk);
        if !self.absorbed(&chunk) {
            self.seal();
            self.memory += chunk.memory();
            self.slots.push_back(LogSegment::new(chunk, self.total));
        }
        let newest = self.slots.back();
        self.total = newest.map_or(self.total + added, |slot| slot.before + slot.count);
        self.evict()
    }

    /// Completes the newest chunk, so that it is written; the next push begins another. Does
    /// nothing without a spill store.
    pub fn seal(&mut self) {
        if let Some(newest) = self.slots.back_mut().filter(|_| self.spill_store.is_some()) {
            newest.sealed = true;
        }
    }

    /// The next complete chunk to be written, with its slot number; `None` if there is none.
    /// Each is handed out once, and stays in memory until then.
    pub fn next_to_write(&mut self) -> Option<(u64, Arc<Chunk>)> {
        let number = self.unwritten.max(self.first);
        let slot = self.at(number).filter(|slot| slot.sealed)?;
        let chunk = Arc::clone(slot.resident()?);
        self.unwritten = number + 1;
        Some((number, chunk))
    }

    /// Whether too many chunks wait to be written: nothing should be pushed for now.
    pub fn is_behind(&self) -> bool {
        self.writes() && self.memory > self.budget.max(ON_THEIR_WAY)
    }

    /// Whether rows of a file should wait until more chunks are written. They lose nothing by it,
    /// so far fewer than those of a session may wait in memory ([`Self::is_behind`]).
    pub fn delays_files(&self) -> bool {
        self.writes() && self.memory > OF_FILE
    }

    fn writes(&self) -> bool {
        self.spill_store.is_some() && self.unwritten != u64::MAX
    }

    /// Records that a chunk is on disk, so that it may leave memory. Returns the number of
    /// records trimmed.
    pub fn spilled(&mut self, number: u64, place: SpillPosition) -> u64 {
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

    /// The oldest segment of the spill store that is still in use.
    pub fn oldest_segment(&self) -> Option<u32> {
        self.slots.front()?.place.map(|place| place.segment)
    }

    /// Whether the first `rows` rows since the last clear are all on disk.
    pub fn is_spilled(&self, rows: u64) -> bool {
        let slots = self.slots.iter();
        let mut first = slots.take_while(|slot| slot.before.rows() < rows);
        self.trimmed.rows() == 0 && first.all(|slot| slot.place.is_some())
    }

    /// Unloads the chunks that were loaded first, until few enough are left.
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

    /// Moves all records, with their spill store, into a log that is returned. Rows are
    /// numbered from 0 again; slot numbers continue.
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

    /// Appends the records that another log still holds. Returns the number of records trimmed.
    pub fn append(&mut self, later: &Self) -> u64 {
        let chunks = later.slots().filter_map(|slot| later.chunk(slot));
        chunks.map(|chunk| self.push(Arc::new(chunk.clone()))).sum()
    }

    /// The numbers of the rows in the log.
    pub fn rows(&self) -> Range<u64> {
        self.trimmed.rows()..self.total.rows()
    }

    pub fn is_empty(&self) -> bool {
        self.rows().is_empty()
    }

    /// The records pushed since the last clear, by kind.
    pub fn total(&self) -> RecordCount {
        self.total
    }

    /// The records in the log, by kind.
    pub fn count(&self) -> RecordCount {
        self.total - self.trimmed
    }

    /// The records trimmed, by kind.
    pub fn trimmed(&self) -> RecordCount {
        self.trimmed
    }

    /// The memory of the resident chunks, in bytes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// The bytes on disk.
    pub fn disk(&self) -> u64 {
        self.disk
    }

    /// The record of a row. `None` if the log does not hold it, or cannot read it from disk.
    pub fn get(&self, row: u64) -> Option<Record<'_>> {
        let slot = self.slot_of(row)?;
        let within = row.checked_sub(self.before(slot).rows())?;
        self.chunk(slot)?.get(usize::try_from(within).ok()?)
    }

    /// The first row whose time is `time` or later, if there is one; one of them, if the clock
    /// was set back.
    pub fn row_at(&self, time: Micros) -> Option<u64> {
        let after = self.slots.partition_point(|slot| slot.began < time);
        let at = after.saturating_sub(1);
        let chunk = self.chunk_at(at)?;
        let within = (0..chunk.len()).find(|at| chunk.time(*at).is_some_and(|t| t >= time));
        let row = |at: usize| Some(self.slots.get(at)?.before.rows());
        within.map_or_else(|| row(at + 1), |within| Some(row(at)? + within as u64))
    }

    /// The numbers of the slots in the log; they are never used again.
    pub fn slots(&self) -> Range<u64> {
        self.first..self.first + self.slots.len() as u64
    }

    /// The segment with this row.
    pub fn slot_of(&self, row: u64) -> Option<u64> {
        let held = self.rows().contains(&row);
        let after = self.slots.partition_point(|slot| slot.before.rows() <= row) as u64;
        held.then(|| (self.first + after).checked_sub(1))?
    }

    /// The number of records before a slot, since the last clear; all of them for the slot
    /// after the last.
    pub fn before(&self, slot: u64) -> RecordCount {
        if slot < self.first {
            return self.trimmed;
        }
        self.at(slot).map_or(self.total, |at| at.before)
    }

    /// The chunk of a slot, loaded again if it left memory.
    pub fn chunk(&self, slot: u64) -> Option<&Chunk> {
        self.chunk_at(usize::try_from(slot.checked_sub(self.first)?).ok()?)
    }

    /// Whether the newest slot may still take in more records.
    pub fn grows(&self) -> bool {
        self.slots.back().is_some_and(|slot| slot.grows(SMALL))
    }

    /// The location of a slot's bytes, for another thread.
    pub fn source(&self, slot: u64) -> Option<BytesLocation> {
        let slot = self.at(slot)?;
        if let Some(chunk) = slot.resident() {
            return Some(BytesLocation::Memory(Arc::clone(chunk)));
        }
        Some(BytesLocation::Spilled {
            frames: self.spill_store.as_ref()?.frames(),
            place: slot.place?,
            has_events: slot.count.events() > 0,
        })
    }

    fn at(&self, slot: u64) -> Option<&LogSegment> {
        self.slots
            .get(usize::try_from(slot.checked_sub(self.first)?).ok()?)
    }

    fn chunk_at(&self, at: usize) -> Option<&Chunk> {
        let (chunk, brought_back) = self.slots.get(at)?.chunk(self.spill_store.as_deref())?;
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
}

#[cfg(test)]
mod tests;
