//! The seam between the worker, which knows threads and time, and the part of a session
//! that knows its protocol.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, GroupCommand, Target};
use crate::engine::context::Context;
use crate::engine::context::pending::Due;
use crate::engine::context::reason::Reason;
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::sys::resolver::Answer;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::Cause;
use std::time::Instant;

/// Rung for orders and for names that were looked up.
pub const WAKE: Token = Token(0);
/// The time of something to do has come.
pub const ALARM: Token = Token(usize::MAX - 1);
/// A driver's own socket.
pub const FIRST: Token = Token(1);
/// The first of a server's connections.
pub const STREAMS: Token = Token(2);

/// The part of a session that knows its protocol. No method blocks.
pub trait Driver {
    /// Opens the sockets; what happens is a row either way.
    fn start(&mut self, cx: &mut Context<'_>);
    /// A socket became readable or writable.
    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>);
    /// Carries out what is ordered of a connection.
    fn connection(
        &mut self,
        _id: ConnectionId,
        _command: ConnectionCommand,
        _cx: &mut Context<'_>,
    ) {
    }
    /// Who is, or was a moment ago, at the other end of a connection.
    fn peer_of(&self, _id: ConnectionId) -> Option<Peer> {
        None
    }
    /// A target in words: the address, where it is known.
    fn words(&self, to: &Target) -> String {
        let peer = match to {
            Target::Connection(id) => self.peer_of(*id),
            Target::Endpoint(_) | Target::Peer(_) | Target::All => None,
        };
        peer.map_or_else(|| to.to_string(), |peer| peer.to_string())
    }
    fn group(&mut self, _command: GroupCommand, _cx: &mut Context<'_>) {}
    /// Passes on what is kept under this number, or all of it.
    fn release(&mut self, _number: Option<u64>, _cx: &mut Context<'_>) {}
    /// Throws away what is kept under this number, or all of it.
    fn discard(&mut self, _number: Option<u64>, _cx: &mut Context<'_>) {}
    /// Sends what somebody typed, or what there is another reason for.
    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>);
    /// Does what a rule asked for and its time has come for.
    fn carry_out(&mut self, due: Due, cx: &mut Context<'_>) {
        match due {
            Due::Send(to, bytes, reason) => self.send(to, &Message::from(bytes), reason, cx),
            Due::Close(id) => {
                self.connection(id, ConnectionCommand::Finish { linger: true }, cx);
            }
            Due::Reset(id) => self.connection(id, ConnectionCommand::Reset, cx),
        }
    }
    /// A name asked of the resolver was looked up.
    fn resolved(&mut self, answer: Answer, cx: &mut Context<'_>);
    /// Does a bounded piece of reading and writing; says whether more can be done at once.
    fn work(&mut self, cx: &mut Context<'_>) -> bool;
    /// When `work` must be called even if nothing becomes ready.
    fn deadline(&self, now: Instant) -> Option<Instant>;
    /// How long to let data gather before looking at the sockets again; `None` to look
    /// as soon as something is there.
    fn gather(&self, _now: Instant) -> Option<std::time::Duration> {
        None
    }
    /// The bytes that wait in each connection, if that changed since last asked.
    fn unsent(&mut self) -> Option<Vec<(ConnectionId, usize)>>;
    /// Bytes that wait for the kernel to take them, of the fastest of several peers; `None`
    /// if there is nobody to send to.
    fn backlog(&self, to: &Target) -> Option<usize>;
    /// Why [`Self::backlog`] is `None` where somebody is named.
    fn why_closed(&self, _to: &Target) -> Cause {
        Cause::NotConnected
    }
    /// Whether nothing can happen any more.
    fn is_over(&self) -> bool;
    /// Closes what is open, with a row each.
    fn close(&mut self, cx: &mut Context<'_>);
}
