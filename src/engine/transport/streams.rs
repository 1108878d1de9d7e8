//! The connections of a TCP session.

use crate::engine::command::{ConnectionCommand, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::transport::connection::Connection;
use crate::engine::transport::stream::Stream;
use crate::engine::transport::table::{Entry as _, Table};
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Operation};
use std::io;
use std::time::Instant;

/// The largest single `read`, and so the longest received row.
const READ: usize = 256 << 10;

pub struct Streams {
    table: Table<Stream>,
    close_with_peer: bool,
}

impl Streams {
    pub fn new(close_with_peer: bool) -> Self {
        Self {
            table: Table::new(READ),
            close_with_peer,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// What the next connection is to be watched under.
    pub fn next_token(&self) -> Token {
        Token(STREAMS.0 + self.table.next())
    }

    /// Takes over a connection that no poll watches yet.
    ///
    /// # Errors
    /// What the system says of watching it.
    pub fn add(&mut self, mut connection: Connection, cx: &Context<'_>) -> io::Result<()> {
        connection.socket.watch(cx.registry, self.next_token())?;
        self.adopt(connection);
        Ok(())
    }

    /// Takes over a connection that is watched under [`Self::next_token`].
    pub fn adopt(&mut self, connection: Connection) {
        let peer = connection.peer;
        let stream = Stream::new(connection, self.close_with_peer);
        self.table.add(peer, stream);
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

    pub fn order(&mut self, peer: Peer, command: ConnectionCommand, cx: &mut Context<'_>) {
        match command {
            ConnectionCommand::Disconnect => {
                for number in self.table.of_peer(peer).to_vec() {
                    self.table
                        .end(number, |stream, buffer| stream.close(buffer, cx));
                }
            }
            ConnectionCommand::Reset => {
                for number in self.table.of_peer(peer).to_vec() {
                    self.table.end(number, |stream, _| {
                        stream.tell_drained(cx.sink);
                        stream.tell(stream.connection.reset(0), cx.sink);
                    });
                }
            }
            ConnectionCommand::FinishWriting => self.with_each(peer, Stream::finish_writing),
            ConnectionCommand::Finish { linger } => {
                self.with_each(peer, |stream| stream.finish(linger));
            }
            ConnectionCommand::Part => self.with_each(peer, Stream::part),
        }
    }

    fn with_each(&mut self, peer: Peer, mut act: impl FnMut(&mut Stream)) {
        for number in self.table.of_peer(peer).to_vec() {
            if let Some(stream) = self.table.get_mut(number) {
                act(stream);
            }
            self.table.list(number);
        }
    }

    pub fn send(
        &mut self,
        to: &Target,
        message: &Message,
        mut reason: Reason,
        cx: &mut Context<'_>,
    ) {
        let numbers = match to {
            Target::All => self.table.numbers(),
            Target::Peer(peer) => self.table.of_peer(*peer).to_vec(),
            Target::Endpoint(_) => Vec::new(),
        };
        // Each connection follows it by its bytes: they may be written in other pieces.
        let ticket = reason.ticket.take();
        if let Some(ticket) = &ticket {
            ticket.set_receivers(numbers.len());
        }
        if numbers.is_empty() {
            let address = match to {
                Target::Peer(peer) => cx.interfaces.show(*peer),
                Target::All | Target::Endpoint(_) => String::new(),
            };
            cx.sink
                .failure(Operation::Send, address, Cause::NotConnected);
        }
        for number in numbers {
            let Some(stream) = self.table.get_mut(number) else {
                continue;
            };
            let peer = stream.connection.peer;
            let bytes = cx.composer.bytes(message, peer);
            let (reason, ticket) = (reason.clone(), ticket.clone());
            match bytes.and_then(|bytes| stream.enqueue(bytes, reason, ticket, cx.now)) {
                Ok(()) => self.table.list(number),
                Err(cause) => {
                    let (id, peer) = (stream.connection.id, cx.interfaces.show(peer));
                    cx.sink.failure_of(id, Operation::Send, peer, cause);
                }
            }
        }
    }

    /// Bytes that wait for a peer; of all, for the one that reads fastest, since one that
    /// does not read must not hold the others back. `None` without one that takes any.
    pub fn backlog(&self, to: &Target) -> Option<usize> {
        let unsent = |stream: &Stream| stream.takes().then(|| stream.connection.unsent());
        match to {
            Target::All => self.table.values().filter_map(unsent).min(),
            Target::Peer(peer) => self.table.at(*peer).filter_map(unsent).max(),
            Target::Endpoint(_) => None,
        }
    }

    /// Why nobody takes anything more.
    pub fn why_closed(&self, to: &Target) -> Cause {
        let stream = match to {
            Target::Peer(peer) => self.table.at(*peer).next(),
            Target::All | Target::Endpoint(_) => None,
        };
        stream.map_or(Cause::NotConnected, Stream::why_closed)
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.table.deadline()
    }

    /// Serves connections in turn; says whether there is more to do at once.
    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.table.work(cx)
    }

    /// What waits to be sent, by peer, if that may have changed since last asked.
    pub fn unsent(&mut self) -> Option<Vec<(Peer, usize)>> {
        self.table.unsent()
    }

    /// Closes every connection, with a row each.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        self.table.close(cx);
    }
}
