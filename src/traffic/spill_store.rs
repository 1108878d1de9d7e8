//! Where the log keeps chunks that left memory. The log decides; a `journal` does it.

use super::Chunk;
use std::sync::Arc;

/// Where a chunk stands on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpillPosition {
    pub segment: u32,
    /// Bytes before it in its segment, and its own.
    pub offset: u64,
    pub length: u32,
}

/// Brings chunks back. Reading is expected to come from the page cache.
pub trait SpillStore {
    /// The chunk at `place`; `None` if it cannot be read any more.
    fn load(&self, place: SpillPosition) -> Option<Chunk>;
    /// The same bytes for other threads.
    fn frames(&self) -> Arc<dyn Frames>;
}

/// Reads chunks as they were written, on any thread.
pub trait Frames: Send + Sync {
    /// Replaces `bytes` with the encoded chunk at `place`; says whether it could.
    fn read(&self, place: SpillPosition, bytes: &mut Vec<u8>) -> bool;
}
