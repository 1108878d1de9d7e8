//! Messages as lines of a log, beside its reads: where each begins and ends, and which reply
//! answers which request.
//!
//! A [`MessageWalk`] takes the rows of a log in order and finds what a [`MessageQuery`] asks for.
//! It needs nothing but chunks, so it runs on any thread. Its [`MessageUpdate`]s make up a
//! [`MessageIndex`] of sixteen bytes a message, in which [`Rows`](super::Rows) finds its lines.

mod entry;
mod index;
mod line_counts;
mod lines;
mod message;
mod message_bytes;
mod open_requests;
mod pairing;
mod request_queue;
mod slot;
mod streams;
mod update;
mod walk;

pub use index::{ChunkToWalk, MessageIndex};
pub use lines::MessageLines;
pub use message::{Message, MessageId, MessageRole};
pub use message_bytes::{UnreadBytes, bytes};
pub use pairing::{PairField, Pairing};
pub use request_queue::RequestQueue;
pub use update::MessageUpdate;
pub use walk::MessageWalk;

use super::Filter;
use super::framing::SessionFraming;
use std::sync::Arc;

/// A search for messages in a log: their framing, pairing and filter.
#[derive(Clone, Debug)]
pub struct MessageQuery {
    /// How messages are delimited. Without a framing, each row with bytes is a message.
    pub framing: SessionFraming,
    /// How replies find their requests; `None` if they are not paired.
    pub pairing: Option<Pairing>,
    /// The messages and events to be marked as found.
    pub filter: Option<Arc<Filter>>,
}

impl MessageQuery {
    /// Whether both have the same answer.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_filter = match (&self.filter, &other.filter) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_filter && self.framing == other.framing && self.pairing == other.pairing
    }

    /// Whether the bytes of messages are needed, not only their places.
    fn reads_bytes(&self) -> bool {
        self.filter.is_some() || matches!(self.pairing, Some(Pairing::Field(_)))
    }
}

#[cfg(test)]
mod tests;
