//! Keeping the log within its budgets of memory and disk.

use super::{Log, NEWEST};
use crate::traffic::log_segment::LogSegment;

impl Log {
    /// Unloads chunks that are on disk, then trims the oldest ones, until both budgets hold.
    /// Returns the number of records trimmed.
    pub(super) fn evict(&mut self) -> u64 {
        // Unwritten chunks are limited by the caller, who checks `is_behind`: trimming chunks
        // that are on disk would free no memory.
        let (kept, limit) = match &self.spill_store {
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
        let mut trimmed = 0;
        while (self.memory > limit || self.disk > self.disk_budget && self.spill_store.is_some())
            && self.slots.len() > 1
        {
            trimmed += self.pop_oldest();
        }
        trimmed
    }

    /// Removes the oldest chunk. Returns its number of records.
    pub(super) fn pop_oldest(&mut self) -> u64 {
        let Some(oldest) = self.slots.pop_front() else {
            return 0;
        };
        if self.resident == self.first {
            self.memory -= oldest.memory();
            self.resident += 1;
        }
        self.first += 1;
        if let Some(messages) = &mut self.messages {
            messages.forget_before(self.first);
        }
        self.disk -= oldest.place.map_or(0, |place| u64::from(place.length));
        self.trimmed = self.trimmed + oldest.count;
        oldest.count.rows()
    }
}
