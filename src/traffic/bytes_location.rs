//! Where the bytes of a chunk are: in memory, or in a spill store.

use super::{Chunk, Frames, SpillPosition};
use std::sync::Arc;

/// Where the bytes of a chunk are.
pub enum BytesLocation {
    Memory(Arc<Chunk>),
    Shelf {
        frames: Arc<dyn Frames>,
        place: SpillPosition,
        /// Whether there are notices among its records.
        has_events: bool,
    },
}
