//! The spill store: where the log keeps chunks that left memory. `journal` implements it.

use super::Chunk;
use std::sync::Arc;

/// The position of a chunk on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpillPosition {
    pub segment: u32,
    /// The number of bytes before the chunk in its segment.
    pub offset: u64,
    pub length: u32,
}

/// Loads chunks back into memory. Reads are expected to hit the page cache.
pub trait SpillStore {
    /// The chunk at `place`; `None` if it can no longer be read.
    fn load(&self, place: SpillPosition) -> Option<Chunk>;
    /// Access to the same encoded chunks from other threads.
    fn frames(&self) -> Arc<dyn SpillReader>;
}

/// Reads encoded chunks, on any thread.
pub trait SpillReader: Send + Sync {
    /// Replaces `bytes` with the encoded chunk at `place`. Returns whether it could be read.
    fn read(&self, place: SpillPosition, bytes: &mut Vec<u8>) -> bool;
}
