//! The rows of a log that match a filter, as far as the log has been searched.
//!
//! Chunks are searched on other threads, in any order. The known slots grow from the newest
//! chunk at the beginning outward, without gaps. Lines are numbered from there in both
//! directions, so that a line keeps its number while older matches are still being found.

mod hits;

pub use hits::Hits;

use super::bytes_location::BytesLocation;
use super::{Filter, Log, RecordCount};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// The number of lines before the first one: older lines count down from it.
const MIDDLE: u64 = 1 << 40;

/// The matches of a filter in a log.
#[derive(Debug)]
pub struct SearchHits {
    filter: Arc<Filter>,
    /// The slot of the log that the first of `hits` belongs to.
    first: u64,
    hits: VecDeque<Option<Numbered>>,
    /// The slots whose hits are numbered.
    known: Range<u64>,
    /// The numbers of matches before the first known slot, and up to the end of the last one.
    start: RecordCount,
    end: RecordCount,
    /// Slots before this one have been handed out for searching.
    asked: u64,
}

/// The hits of one slot, and the number of matches before them.
#[derive(Debug)]
struct Numbered {
    before: RecordCount,
    hits: Hits,
}

/// A chunk to be searched.
pub struct ChunkToSearch {
    pub slot: u64,
    pub source: BytesLocation,
}

impl SearchHits {
    pub fn new(filter: Arc<Filter>, log: &Log) -> Self {
        let middle = RecordCount {
            received: MIDDLE,
            sent: MIDDLE,
            notices: MIDDLE,
            failures: MIDDLE,
            // Matches are not folded.
            repeats: 0,
        };
        let slots = log.slots();
        Self {
            filter,
            first: slots.start,
            hits: VecDeque::new(),
            known: slots.end..slots.end,
            start: middle,
            end: middle,
            asked: slots.start,
        }
    }

    pub fn filter(&self) -> &Arc<Filter> {
        &self.filter
    }

    /// Follows the log: forgets the slots it trimmed, searches the chunk that still grows, and
    /// returns the other new chunks, newest first, to be searched.
    pub fn follow(&mut self, log: &Log) -> Vec<ChunkToSearch> {
        self.forget_before(log.slots().start);
        let slots = log.slots();
        let whole = slots.end - u64::from(log.grows());
        let new = self.asked.max(slots.start)..whole;
        self.asked = new.end.max(self.asked);
        if let Some(chunk) = (whole < slots.end).then(|| log.chunk(whole)).flatten()
            && self
                .hits_at(whole)
                .is_none_or(|known| known.of() < chunk.len())
        {
            let hits = self.filter.hits(chunk);
            self.take(whole, hits);
        }
        let question = |slot| {
            log.source(slot)
                .map(|source| ChunkToSearch { slot, source })
        };
        new.rev().filter_map(question).collect()
    }

    /// Takes the hits of a slot.
    pub fn take(&mut self, slot: u64, hits: Hits) {
        let Some(at) = self.place(slot) else { return };
        while self.hits.len() <= at {
            self.hits.push_back(None);
        }
        let again = self.known.contains(&slot);
        if let Some(place) = self.hits.get_mut(at) {
            let before = place
                .take()
                .map_or_else(RecordCount::default, |known| known.before);
            *place = Some(Numbered { before, hits });
        }
        if again {
            // This is the growing chunk, which is the last: nothing after it is numbered.
            self.known.end = slot;
            self.end = self.numbered(slot).map_or(self.end, |known| known.before);
        }
        self.number();
    }

    /// The number of rows of the log that have been searched.
    pub fn looked_through(&self, log: &Log) -> u64 {
        log.before(self.known.end).rows() - log.before(self.known.start).rows()
    }

    /// Whether the part of the log that holds this row has been searched.
    pub fn covers(&self, row: u64, log: &Log) -> bool {
        let known = |slot| self.known.contains(&slot);
        log.slot_of(row).is_none_or(known)
    }

    /// Whether this row is known to match.
    pub fn has(&self, row: u64, log: &Log) -> bool {
        let hit = |slot: u64| {
            let at = usize::try_from(row - log.before(slot).rows()).ok()?;
            Some(self.of_slot(slot)?.1.contains(at))
        };
        log.slot_of(row).and_then(hit).unwrap_or(false)
    }

    /// The matches so far, by kind.
    pub fn count(&self) -> RecordCount {
        self.end - self.start
    }

    /// The segments whose hits are numbered.
    pub(super) fn known(&self) -> Range<u64> {
        self.known.clone()
    }

    /// The number of matches before these slots, and up to their end.
    pub(super) fn counted(&self) -> Range<RecordCount> {
        self.start..self.end
    }

    /// The matching records of a slot; `None` until it has been searched and numbered.
    pub fn hits(&self, slot: u64) -> Option<&Hits> {
        self.of_slot(slot).map(|(_, hits)| hits)
    }

    /// The number of hits before a known segment, and its hits.
    pub(super) fn of_slot(&self, slot: u64) -> Option<(RecordCount, &Hits)> {
        let known = self.numbered(slot).filter(|_| self.known.contains(&slot))?;
        Some((known.before, &known.hits))
    }

    fn forget_before(&mut self, slot: u64) {
        while self.first < slot {
            let Some(gone) = self.hits.pop_front() else {
                self.first = slot;
                break;
            };
            if let Some(gone) = gone.filter(|_| self.known.contains(&self.first)) {
                self.start = gone.before + gone.hits.count();
            }
            self.first += 1;
        }
        self.known.start = self.known.start.max(slot);
        self.known.end = self.known.end.max(slot);
        self.number();
    }

    /// Numbers the slots that now adjoin the known ones.
    fn number(&mut self) {
        loop {
            let end = self.end;
            let Some(next) = self.numbered_mut(self.known.end) else {
                break;
            };
            next.before = end;
            self.end = end + next.hits.count();
            self.known.end += 1;
        }
        while let Some(slot) = self.known.start.checked_sub(1) {
            let start = self.start;
            let Some(previous) = self.numbered_mut(slot) else {
                break;
            };
            previous.before = start - previous.hits.count();
            self.start = previous.before;
            self.known.start = slot;
        }
    }

    fn hits_at(&self, slot: u64) -> Option<&Hits> {
        self.numbered(slot).map(|known| &known.hits)
    }

    fn numbered(&self, slot: u64) -> Option<&Numbered> {
        self.hits.get(self.place(slot)?)?.as_ref()
    }

    fn numbered_mut(&mut self, slot: u64) -> Option<&mut Numbered> {
        let at = self.place(slot)?;
        self.hits.get_mut(at)?.as_mut()
    }

    fn place(&self, slot: u64) -> Option<usize> {
        usize::try_from(slot.checked_sub(self.first)?).ok()
    }
}
