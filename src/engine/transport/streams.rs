//! The connections of a stream session.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, QueuedBytes, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::transport::connection::Connection;
use crate::engine::transport::stream::StreamDriver;
use crate::engine::transport::table::{Table, TableEntry as _};
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Operation};
use std::io;
use std::time::Instant;

/// The largest single read in bytes, and so the longest received row.
const READ: usize = 256 << 10;

/// The connection table of a stream session.
pub struct Streams {
    table: Table<StreamDriver>,
    close_with_peer: bool,
    nodelay: bool,
}

impl Streams {
    /// A table of connections that get these options.
    pub fn new(close_with_peer: bool, nodelay: bool) -> Self {
        Self {
            table: Table::new(READ),
            close_with_peer,
            nodelay,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The token of the next connection.
    pub fn next_token(&self) -> Token {
        Token(STREAMS.0 + self.table.next())
    }

    /// Adds a connection that is not registered with a poll yet.
    ///
    /// # Errors
    /// The system's error of registering it.
    pub fn add(&mut self, mut connection: Connection, cx: &Context<'_>) -> io::Result<()> {
        connection.socket.watch(cx.registry, self.next_token())?;
        self.adopt(connection);
        Ok(())
    }

    /// Adds a connection that is registered under [`Self::next_token`].
    pub fn adopt(&mut self, connection: Connection) {
        let side = (connection.id, connection.peer);
        let stream = StreamDriver::new(connection, self.close_with_peer, self.nodelay);
        self.table.add([side], stream);
    }

    /// Sets TCP_NODELAY of the open connections and of those that follow.
    pub fn set_nodelay(&mut self, on: bool) {
        self.nodelay = on;
        for stream in self.table.values() {
            stream.connection.socket.send_at_once(on);
        }
    }

    pub fn ready(&mut self, ready: Readiness) {
        let Some(number) = ready.token.0.checked_sub(STREAMS.0) else {
            return;
        };
        if let Some(stream) = self.table.get_mut(number) {
            stream.connection.ready(ready);
            self.table.list(number);
        }
    }

    /// Carries out a command to a connection; does nothing if the connection is closed.
    pub fn command(&mut self, id: ConnectionId, command: ConnectionCommand, cx: &mut Context<'_>) {
        let Some(number) = self.table.number(id) else {
            return;
        };
        match command {
            ConnectionCommand::Disconnect => {
                self.table
                    .end(number, |stream, buffer| stream.close(buffer, cx));
            }
            ConnectionCommand::Reset => self.table.end(number, |stream, _| {
                stream.report_rest(cx.sink);
                stream.report(stream.connection.reset(0), cx.sink);
            }),
            ConnectionCommand::FinishWriting => self.change(number, StreamDriver::finish_writing),
            ConnectionCommand::Finish { linger } => {
                self.change(number, |stream| stream.finish(linger));
            }
            ConnectionCommand::Part => self.change(number, StreamDriver::part),
        }
    }

    fn change(&mut self, number: usize, change: impl FnOnce(&mut StreamDriver)) {
        if let Some(stream) = self.table.get_mut(number) {
            change(stream);
        }
        self.table.list(number);
    }

    /// Records the peer of a connection that is being dialled.
    pub fn expect(&mut self, id: ConnectionId, peer: Peer) {
        self.table.remember(id, peer);
    }

    pub fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        self.table.peer_of(id)
    }

    pub fn send(&mut self, to: &Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let numbers = match to {
            Target::All => self.table.numbers(),
            Target::Connection(id) => self.table.number(*id).into_iter().collect(),
            // Only a rule does this: a connection reaches its peer alone.
            Target::Endpoint(_) | Target::Peer(_) => {
                return cx.sink.failure(Operation::Send, to, Cause::WrongTarget);
            }
        };
        if let Some(ticket) = &reason.ticket {
            ticket.set_receivers(numbers.len());
        }
        if numbers.is_empty() {
            let (id, peer) = match to {
                Target::Connection(id) => (Some(*id), self.table.peer_of(*id)),
                Target::Peer(peer) => (None, Some(*peer)),
                Target::All | Target::Endpoint(_) => (None, None),
            };
            let address = peer.map(|peer| cx.interfaces.show(peer));
            let address = address.or_else(|| id.map(|id| id.to_string()));
            let (address, cause) = (address.unwrap_or_default(), Cause::NotConnected);
            cx.sink.failure_of(id, Operation::Send, address, cause);
        }
        for number in numbers {
            let Some(stream) = self.table.get_mut(number) else {
                continue;
            };
            let peer = stream.connection.peer;
            let bytes = cx.composer.bytes(message, peer);
            let bytes = bytes.map(|bytes| cx.framing.wire(bytes));
            match bytes.and_then(|bytes| stream.enqueue(bytes, reason.clone(), cx.now)) {
                Ok(()) => self.table.list(number),
                Err(cause) => {
                    let (id, peer) = (stream.connection.id, cx.interfaces.show(peer));
                    cx.sink.failure_of(id, Operation::Send, peer, cause);
                    // An overflow ends in a turn.
                    self.table.list(number);
                }
            }
        }
    }

    /// Number of queued bytes of a target; for all, that of the shortest queue, so that a peer
    /// that does not read does not block the others. `None` without an open connection.
    pub fn backlog(&self, to: &Target) -> Option<usize> {
        let unsent = |stream: &StreamDriver| stream.takes().then(|| stream.connection.unsent());
        match to {
            Target::All => self.table.values().filter_map(unsent).min(),
            Target::Connection(id) => self.table.at(*id).and_then(unsent),
            Target::Endpoint(_) | Target::Peer(_) => None,
        }
    }

    /// The cause when no connection of the target is open.
    pub fn why_closed(&self, to: &Target) -> Cause {
        let stream = match to {
            Target::Connection(id) => self.table.at(*id),
            Target::All | Target::Endpoint(_) | Target::Peer(_) => None,
        };
        stream.map_or(Cause::NotConnected, StreamDriver::why_closed)
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.table.deadline()
    }

    /// Serves the ready connections. Returns whether there is more to do at once.
    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.table.work(cx)
    }

    /// Queued bytes of each connection, if they may have changed since the last call.
    pub fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        self.table.unsent()
    }

    /// Closes every connection; each gives a row.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        self.table.close(cx);
    }
}
