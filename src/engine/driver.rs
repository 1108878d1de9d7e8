//! The interface between the worker, which owns thread and time, and the part of a session that
//! implements its protocol.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, GroupCommand, QueuedBytes, Target};
use crate::engine::context::Context;
use crate::engine::context::pending::ScheduledAction;
use crate::engine::context::reason::Reason;
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::sys::resolver::ResolvedName;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::Cause;
use std::time::Instant;

/// The waker: a command or a resolver's answer arrived.
pub const WAKE: Token = Token(0);
/// The timer expired.
pub const ALARM: Token = Token(usize::MAX - 1);
/// A driver's own socket.
pub const FIRST: Token = Token(1);
/// The first token of stream connections.
pub const STREAMS: Token = Token(2);

/// The protocol of a session. No method blocks.
pub trait Driver {
    /// Opens the sockets. Success and failure are both rows.
    fn start(&mut self, cx: &mut Context<'_>);
    /// A socket became readable or writable.
    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>);
    /// Carries out a command to a connection.
    fn connection(
        &mut self,
        _id: ConnectionId,
        _command: ConnectionCommand,
        _cx: &mut Context<'_>,
    ) {
    }
    /// Sets TCP_NODELAY of every connection; does nothing without connections of its own.
    fn set_nodelay(&mut self, _on: bool) {}
    /// The peer of a connection that is open or was closed recently.
    fn peer_of(&self, _id: ConnectionId) -> Option<Peer> {
        None
    }
    /// A target as text for rows: the peer's address where it is known.
    fn words(&self, to: &Target) -> String {
        let peer = match to {
            Target::Connection(id) => self.peer_of(*id),
            Target::Endpoint(_) | Target::Peer(_) | Target::All => None,
        };
        peer.map_or_else(|| to.to_string(), |peer| peer.to_string())
    }
    fn group(&mut self, _command: GroupCommand, _cx: &mut Context<'_>) {}
    /// Forwards the intercepted packet of this number, or all.
    fn release(&mut self, _number: Option<u64>, _cx: &mut Context<'_>) {}
    /// Discards the intercepted packet of this number, or all.
    fn discard(&mut self, _number: Option<u64>, _cx: &mut Context<'_>) {}
    /// Sends a message. `reason` distinguishes a user's message from a rule's or a sender's.
    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>);
    /// Performs an action of a rule that is due.
    fn perform(&mut self, action: ScheduledAction, cx: &mut Context<'_>) {
        match action {
            ScheduledAction::Send(to, bytes, reason) => {
                self.send(to, &Message::from(bytes), reason, cx)
            }
            ScheduledAction::Close(id) => {
                self.connection(id, ConnectionCommand::Finish { linger: true }, cx);
            }
            ScheduledAction::Reset(id) => self.connection(id, ConnectionCommand::Reset, cx),
        }
    }
    /// The resolver answered.
    fn resolved(&mut self, answer: ResolvedName, cx: &mut Context<'_>);
    /// Does a bounded amount of reading and writing. Returns whether more can be done at once.
    fn work(&mut self, cx: &mut Context<'_>) -> bool;
    /// When `work` must be called even without readiness.
    fn deadline(&self, now: Instant) -> Option<Instant>;
    /// How long data may gather before the sockets are read again; `None` reads as soon as they
    /// are ready.
    fn gather(&self, _now: Instant) -> Option<std::time::Duration> {
        None
    }
    /// The bytes in each connection's write queue, if that changed since the last call.
    fn unsent(&mut self) -> Option<Vec<QueuedBytes>>;
    /// Queued bytes for this target; of several peers, for the one with the shortest queue. `None`
    /// without a peer to send to.
    fn backlog(&self, to: &Target) -> Option<usize>;
    /// The cause when [`Self::backlog`] is `None` for a given target.
    fn why_closed(&self, _to: &Target) -> Cause {
        Cause::NotConnected
    }
    /// Whether the session has ended.
    fn is_over(&self) -> bool;
    /// Closes all sockets; each gives a row.
    fn close(&mut self, cx: &mut Context<'_>);
}
