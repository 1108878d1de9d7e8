//! A chunk's place in the log: in memory, on disk, or both.

use super::{Chunk, Micros, RecordCount, SpillPosition, SpillStore};
use std::cell::OnceCell;
use std::sync::Arc;

#[derive(Debug)]
pub struct LogSegment {
    /// Records that came before this chunk, and its own.
    pub before: RecordCount,
    pub count: RecordCount,
    /// When its first record was written.
    pub began: Micros,
    /// Where it stands on disk, once it does.
    pub place: Option<SpillPosition>,
    /// Nothing is added to it any more.
    pub sealed: bool,
    chunk: OnceCell<Arc<Chunk>>,
}

impl LogSegment {
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

    /// The chunk, brought back from `shelf` if it left memory; and whether it was.
    pub fn chunk(&self, shelf: Option<&dyn SpillStore>) -> Option<(&Chunk, bool)> {
        if let Some(chunk) = self.chunk.get() {
            return Some((chunk, false));
        }
        let chunk = shelf?.load(self.place?)?;
        // What comes back must be what left: its rows are already numbered.
        if chunk.count() != self.count {
            return None;
        }
        Some((self.chunk.get_or_init(|| Arc::new(chunk)), true))
    }

    /// The chunk, if it is in memory.
    pub fn resident(&self) -> Option<&Arc<Chunk>> {
        self.chunk.get()
    }

    /// Whether it may still take a later chunk in.
    pub fn grows(&self, limit: usize) -> bool {
        // Room is taken by doubling: about half of it is filled.
        let room = |chunk: &Arc<Chunk>| chunk.memory() < 2 * limit;
        !self.sealed && self.resident().is_some_and(room)
    }

    /// Memory its chunk holds, in bytes.
    pub fn memory(&self) -> usize {
        self.chunk.get().map_or(0, |chunk| chunk.memory())
    }

    /// Takes a later chunk in, if it grows and both are small; says whether it did. One
    /// that has stopped growing never takes anything in again: it may have been searched.
    pub fn absorb(&mut self, later: &Chunk, limit: usize) -> bool {
        if !self.grows(limit) {
            return false;
        }
        let open = self
            .chunk
            .get_mut()
            .filter(|_| !self.sealed)
            .and_then(Arc::get_mut);
        let absorbed = open.is_some_and(|open| open.absorb(later, limit));
        if absorbed {
            self.count = self.count + later.count();
        }
        absorbed
    }

    /// Leaves memory, if it is on disk; says how many bytes that freed.
    pub fn unload(&mut self) -> Option<usize> {
        self.place?;
        let freed = self.memory();
        self.chunk.take();
        Some(freed)
    }
}
