//! The messages of a log.

use super::Log;
use crate::traffic::BytesLocation;
use crate::traffic::messages::{ChunkToWalk, MessageIndex, MessageUpdate};
use std::sync::Arc;

impl Log {
    /// The messages found so far; `None` where none are looked for.
    pub fn messages(&self) -> Option<&MessageIndex> {
        self.messages.as_ref()
    }

    /// Begins to look for messages, with an empty index, or ends it.
    pub fn look_for_messages(&mut self, index: Option<MessageIndex>) {
        self.messages = index;
    }

    /// The next slots to be walked through for messages, in this order. Their number is limited
    /// until updates come back. The slot that grows is copied, so that it can go on growing.
    pub fn next_to_walk(&mut self) -> Vec<ChunkToWalk> {
        let mut chunks = Vec::new();
        while let Some((chunk, end)) = self.slot_to_walk() {
            chunks.push(chunk);
            if let Some(messages) = &mut self.messages {
                messages.asked(end);
            }
        }
        chunks
    }

    /// The next slot to be walked through, and the row behind it.
    fn slot_to_walk(&self) -> Option<(ChunkToWalk, u64)> {
        let messages = self.messages.as_ref()?;
        let slot = self.slot_of(messages.to_ask(self.rows().start)?)?;
        let grows = slot + 1 == self.slots().end && self.grows();
        let source = match grows {
            true => {
                let chunk = self.chunk(slot).filter(|_| messages.is_idle())?;
                BytesLocation::Memory(Arc::new(chunk.clone()))
            }
            false => self.source(slot)?,
        };
        let first_row = self.before(slot).rows();
        let end = self.before(slot + 1).rows();
        let chunk = ChunkToWalk {
            slot,
            first_row,
            source,
        };
        Some((chunk, end))
    }

    /// Takes the messages found in a slot.
    pub fn take_messages(&mut self, update: MessageUpdate) {
        if let Some(messages) = &mut self.messages {
            messages.take(update);
        }
    }
}
