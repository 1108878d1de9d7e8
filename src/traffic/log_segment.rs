//! A segment of the log: one chunk, in memory, on disk, or both.

use super::{Chunk, Micros, RecordCount, SpillPosition, SpillStore};
use std::cell::OnceCell;
use std::sync::Arc;

/// A chunk of the log with its counts, its time and its position on disk.
#[derive(Debug)]
pub struct LogSegment {
    /// The number of records before this chunk, since the last clear.
    pub before: RecordCount,
    pub count: RecordCount,
    /// The time of its first record.
    pub began: Micros,
    /// The position on disk; `None` until it is written.
    pub place: Option<SpillPosition>,
    /// Whether the chunk is complete: nothing more is added to it.
    pub sealed: bool,
    chunk: OnceCell<Arc<Chunk>>,
}

impl LogSegment {
    /// A segment in memory. `before` is the number of records before it.
    pub fn new(chunk: Arc<Chunk>, before: RecordCount) -> Self {
        Self {
            before,
            count: chunk.count(),
            began: chunk.began(),
            place: None,
            sealed: false,
            chunk: OnceCell::from(chunk),
        }
    }

    /// The chunk, and whether it was loaded from the spill store. `None` if it can be read nowhere.
    pub fn chunk(&self, spill_store: Option<&dyn SpillStore>) -> Option<(&Chunk, bool)> {
        if let Some(chunk) = self.chunk.get() {
            return Some((chunk, false));
        }
        let chunk = spill_store?.load(self.place?)?;
        // A chunk with other counts would break the row numbers after it.
        if chunk.count() != self.count {
            return None;
        }
        Some((self.chunk.get_or_init(|| Arc::new(chunk)), true))
    }

    /// The chunk, if it is in memory.
    pub fn resident(&self) -> Option<&Arc<Chunk>> {
        self.chunk.get()
    }

    /// Whether a later chunk may still be merged into it.
    pub fn grows(&self, limit: usize) -> bool {
        // Vectors grow by doubling, so about half of the memory is filled.
        let room = |chunk: &Arc<Chunk>| chunk.memory() < 2 * limit;
        !self.sealed && self.resident().is_some_and(room)
    }

    /// The memory of its chunk, in bytes; 0 if it is not in memory.
    pub fn memory(&self) -> usize {
        self.chunk.get().map_or(0, |chunk| chunk.memory())
    }

    /// Merges a later chunk into this one, if this one grows and both are small. Returns
    /// whether it did. A segment that stopped growing never grows again, because it may have
    /// been searched.
    pub fn absorb(&mut self, later: &Chunk, limit: usize) -> bool {
        if !self.grows(limit) {
            return false;
        }
        let open = self
            .chunk
            .get_mut()
            .filter(|_| !self.sealed)
            .and_then(Arc::get_mut);
        let Some(open) = open else { return false };
        if !open.absorb(later, limit) {
            return false;
        }
        // Not the sum: a failure may repeat one of the chunk it is merged into.
        self.count = open.count();
        true
    }

    /// Drops the chunk from memory, if it is on disk. Returns the number of bytes freed; `None`
    /// if it is not on disk.
    pub fn unload(&mut self) -> Option<usize> {
        self.place?;
        let freed = self.memory();
        self.chunk.take();
        Some(freed)
    }
}
