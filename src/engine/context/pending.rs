//! The schedule of pending rule actions, bounded in number and bytes.

use crate::automation::Schedule;
use crate::connection_id::ConnectionId;
use crate::engine::command::Target;
use crate::engine::context::reason::Reason;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::peer::Peer;
use std::sync::Arc;
use std::time::Instant;

/// Maximum number of pending actions.
const MAX: usize = 10_000;
/// The same for a reply that is due at once: the reads of one turn hold so many short messages.
const MAX_AT_ONCE: usize = 500_000;
/// Maximum number of bytes of pending replies, of all peers together.
pub const BYTES: usize = 4 * SEND_QUEUE;

/// A pending action.
pub enum ScheduledAction {
    Send(Target, Arc<[u8]>, Reason),
    Close(ConnectionId),
    Reset(ConnectionId),
}

/// The pending actions by due time.
#[derive(Default)]
pub struct Pending {
    schedule: Schedule<PendingAction>,
    bytes: usize,
}

/// A pending action with its cause.
pub struct PendingAction {
    pub action: ScheduledAction,
    /// The sender of the message that triggered the action.
    pub requester: Peer,
    /// Bytes of memory that only this action holds.
    bytes: usize,
}

impl Pending {
    /// Whether a reply of these bytes can be scheduled, at once or after a delay.
    pub fn has_room(&self, bytes: &Arc<[u8]>, is_delayed: bool) -> bool {
        let most = if is_delayed { MAX } else { MAX_AT_ONCE };
        self.schedule.len() < most && self.bytes + cost(bytes) <= BYTES
    }

    /// Schedules an action at `at`, triggered by a message from `requester`.
    pub fn push(&mut self, at: Instant, action: ScheduledAction, requester: Peer) {
        let bytes = match &action {
            ScheduledAction::Send(_, bytes, _) => cost(bytes),
            ScheduledAction::Close(_) | ScheduledAction::Reset(_) => 0,
        };
        self.bytes += bytes;
        self.schedule.push(
            at,
            PendingAction {
                action,
                requester,
                bytes,
            },
        );
    }

    /// The next due action.
    pub fn next(&mut self, now: Instant) -> Option<PendingAction> {
        let next = self.schedule.due(now)?;
        self.bytes = self.bytes.saturating_sub(next.bytes);
        Some(next)
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.schedule.deadline()
    }

    /// Whether a pending reply goes to this connection.
    pub fn has_reply_to(&self, id: ConnectionId) -> bool {
        let is_own = |action: &ScheduledAction| matches!(action, ScheduledAction::Send(Target::Connection(to), ..) if *to == id);
        self.schedule.iter().any(|waiting| is_own(&waiting.action))
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.schedule.is_empty()
    }
}

/// Bytes of memory that a pending reply holds: 0 for bytes that are shared with its rule.
fn cost(bytes: &Arc<[u8]>) -> usize {
    match Arc::strong_count(bytes) {
        0 | 1 => bytes.len(),
        _ => 0,
    }
}
