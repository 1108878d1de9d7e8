//! The rows of a log that a filter lets through, as far as it has been looked through.
//!
//! Chunks are looked through elsewhere, in any order; what is known reaches from the
//! newest chunk at the beginning outward, without gaps. Lines are numbered from there in
//! both directions, so that a line keeps its number while older ones are still found.

mod hits;

pub use hits::Hits;

use super::bytes_location::BytesLocation;
use super::{Filter, Log, RecordCount};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// The number of lines before the first: older ones count down from it.
const MIDDLE: u64 = 1 << 40;

#[derive(Debug)]
pub struct SearchHits {
    filter: Arc<Filter>,
    /// The number of the log's slot that the first of `hits` is about.
    first: u64,
    hits: VecDeque<Option<Numbered>>,
    /// The slots that are numbered.
    known: Range<u64>,
    /// Records let through before and after the known slots.
    start: RecordCount,
    end: RecordCount,
    /// Slots before this one were asked for.
    asked: u64,
}

/// The hits of one slot, and how many came before them.
#[derive(Debug)]
struct Numbered {
    before: RecordCount,
    hits: Hits,
}

/// A chunk to be looked through.
pub struct Question {
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

    /// Follows the log: forgets what it let go, looks through the chunk that is still
    /// growing, and returns the other new ones, newest first, to be looked through.
    pub fn follow(&mut self, log: &Log) -> Vec<Question> {
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
        let question = |slot| log.source(slot).map(|source| Question { slot, source });
        new.rev().filter_map(question).collect()
    }

    /// The hits of a slot.
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
            // The growing chunk, which is the last: nothing behind it is numbered.
            self.known.end = slot;
            self.end = self.numbered(slot).map_or(self.end, |known| known.before);
        }
        self.number();
    }

    /// Rows of the log that were looked through.
    pub fn looked_through(&self, log: &Log) -> u64 {
        log.before(self.known.end).rows() - log.before(self.known.start).rows()
    }

    /// Whether the part of the log that has this row was looked through.
    pub fn covers(&self, row: u64, log: &Log) -> bool {
        let known = |slot| self.known.contains(&slot);
        log.slot_of(row).is_none_or(known)
    }

    /// Whether this row is known to be let through.
    pub fn has(&self, row: u64, log: &Log) -> bool {
        let hit = |slot: u64| {
            let at = usize::try_from(row - log.before(slot).rows()).ok()?;
            Some(self.of_slot(slot)?.1.contains(at))
        };
        log.slot_of(row).and_then(hit).unwrap_or(false)
    }

    /// Records let through so far, by kind.
    pub fn count(&self) -> RecordCount {
        self.end - self.start
    }

    /// The slots whose hits are numbered.
    pub(super) fn known(&self) -> Range<u64> {
        self.known.clone()
    }

    /// Records numbered before and within these slots.
    pub(super) fn counted(&self) -> Range<RecordCount> {
        self.start..self.end
    }

    /// The hits of a known slot, and the number of those before them.
    /// The records of a slot that were let through, once it was looked through.
    pub fn hits(&self, slot: u64) -> Option<&Hits> {
        self.of_slot(slot).map(|(_, hits)| hits)
    }

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

    /// Numbers what now adjoins the known.
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
