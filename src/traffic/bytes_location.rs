//! Where the bytes of a chunk are: in memory, or in a spill store.

use super::{Chunk, SpillPosition, SpillReader};
use std::sync::Arc;

/// Where the bytes of a chunk are.
pub enum BytesLocation {
    Memory(Arc<Chunk>),
    Spilled {
        frames: Arc<dyn SpillReader>,
        place: SpillPosition,
        /// Whether the chunk has notices.
        has_events: bool,
    },
}
