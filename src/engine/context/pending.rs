//! What rules want done and is not due yet, within bounds.

use crate::automation::Schedule;
use crate::connection_id::ConnectionId;
use crate::engine::command::Target;
use crate::engine::context::reason::Reason;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::peer::Peer;
use std::sync::Arc;
use std::time::Instant;

/// Things that may wait for their time.
const MOST: usize = 10_000;
/// Bytes of replies that may, of all peers together.
pub const BYTES: usize = 4 * SEND_QUEUE;

/// Something to be done at its time.
pub enum Due {
    Send(Target, Arc<[u8]>, Reason),
    Close(ConnectionId),
    Reset(ConnectionId),
}

#[derive(Default)]
pub struct Pending {
    schedule: Schedule<Waiting>,
    bytes: usize,
}

struct Waiting {
    due: Due,
    /// Who sent what it is done for.
    asker: Peer,
    /// Bytes of memory it alone takes.
    bytes: usize,
}

impl Pending {
    /// Whether a reply of these bytes may wait.
    pub fn has_room(&self, bytes: &Arc<[u8]>) -> bool {
        self.schedule.len() < MOST && self.bytes + cost(bytes) <= BYTES
    }

    /// Waits until `at` with what is done for something this peer sent.
    pub fn push(&mut self, at: Instant, due: Due, asker: Peer) {
        let bytes = match &due {
            Due::Send(_, bytes, _) => cost(bytes),
            Due::Close(_) | Due::Reset(_) => 0,
        };
        self.bytes += bytes;
        self.schedule.push(at, Waiting { due, asker, bytes });
    }

    /// The next thing whose time has come, and whom it is done for.
    pub fn next(&mut self, now: Instant) -> Option<(Due, Peer)> {
        let Waiting { due, asker, bytes } = self.schedule.due(now)?;
        self.bytes = self.bytes.saturating_sub(bytes);
        Some((due, asker))
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.schedule.deadline()
    }

    /// Whether something waits to be sent by this connection.
    pub fn is_owed(&self, id: ConnectionId) -> bool {
        let is_own = |due: &Due| matches!(due, Due::Send(Target::Connection(to), ..) if *to == id);
        self.schedule.iter().any(|waiting| is_own(&waiting.due))
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.schedule.is_empty()
    }
}

/// Bytes of memory that waiting with a reply takes: one that is always the same is there
/// anyway, however often it waits.
fn cost(bytes: &Arc<[u8]>) -> usize {
    match Arc::strong_count(bytes) {
        0 | 1 => bytes.len(),
        _ => 0,
    }
}
