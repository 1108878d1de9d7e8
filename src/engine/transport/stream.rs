//! A connection of a TCP session: what it reads are rows and goes to the rules; it is closed
//! when it was asked to, or with its peer.

use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::transport::connection::{Connection, Found, READS};
use crate::engine::transport::table::{Entry, Turn};
use crate::traffic::{Cause, Notice, Operation};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

pub struct Stream {
    pub connection: Connection,
    close_with_peer: bool,
    /// Messages and bytes left out since the queue was full.
    left_out: (u64, u64),
    /// It is closed with the peer, once what answers the peer's last bytes has gone.
    parting: bool,
    finishing: Finishing,
    /// The version of the simulated network it has.
    version: u64,
}

/// What is to happen once the queue is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finishing {
    No,
    /// End our direction.
    Write,
    Close,
}

impl Stream {
    /// `close_with_peer` closes it when the peer ends its direction (FIN), instead of staying
    /// half-open.
    pub fn new(connection: Connection, close_with_peer: bool) -> Self {
        Self {
            connection,
            close_with_peer,
            left_out: (0, 0),
            parting: false,
            finishing: Finishing::No,
            version: 0,
        }
    }

    /// Whether our direction is still open.
    pub fn takes(&self) -> bool {
        self.finishing == Finishing::No
    }

    /// Why it takes nothing more.
    pub fn why_closed(&self) -> Cause {
        match self.parting {
            true => Cause::PeerFinished,
            false => Cause::NotConnected,
        }
    }

    /// Puts bytes behind those that wait.
    ///
    /// # Errors
    /// If our direction has ended, or the queue has no room for all of them.
    pub fn enqueue(&mut self, bytes: Arc<[u8]>, reason: Reason, now: Instant) -> Result<(), Cause> {
        if !self.takes() {
            return Err(self.why_closed());
        }
        let length = bytes.len();
        if self.left_out.0 > 0 {
            // Told when it began, and when it ends.
            self.left_out = (self.left_out.0 + 1, self.left_out.1 + length as u64);
            return Ok(());
        }
        if self.connection.unsent() + length > SEND_QUEUE {
            self.left_out = (1, length as u64);
            let limit = SEND_QUEUE;
            return Err(Cause::QueueFull { length, limit });
        }
        self.connection.push(bytes, reason, now);
        Ok(())
    }

    /// Ends our direction when the queue is empty.
    pub fn finish_writing(&mut self) {
        if self.finishing == Finishing::No {
            self.finishing = Finishing::Write;
        }
    }

    /// Closes when the queue is empty.
    pub fn finish(&mut self) {
        self.finishing = Finishing::Close;
    }

    /// Closes with the peer, if that has finished.
    pub fn part(&mut self) {
        self.parting = self.connection.finished;
    }

    /// Whether it will be closed because the peer has finished.
    fn is_parting(&self) -> bool {
        self.parting && self.finishing != Finishing::Close
    }

    /// Brings it to the simulated network as it is now.
    fn impair(&mut self, cx: &mut Context<'_>) {
        let version = cx.impair.version();
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let (pieces, slow) = cx.impair.stream(cx.now);
        let peer = self.connection.peer;
        cx.impair.tell_slow(peer, slow.as_ref(), cx.sink);
        self.connection.impair(pieces, slow);
    }

    fn read(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        for _ in 0..READS {
            if !self.connection.is_readable() || !cx.sink.has_room() {
                return;
            }
            let peer = self.connection.peer;
            match self.connection.read(buffer, cx.now) {
                Found::Bytes(count) => cx.received(peer, buffer.get(..count).unwrap_or_default()),
                Found::End => {
                    cx.sink.notice(Notice::PeerFinished { peer });
                    self.parting = self.close_with_peer;
                }
                Found::Nothing => {}
            }
        }
    }

    /// It keeps up again, or never will: what was left out meanwhile is a row, unless it
    /// was the one message that was told already.
    fn tell_left_out(&mut self, sink: &mut EventSink) {
        let (messages, bytes) = std::mem::take(&mut self.left_out);
        if messages > 1 {
            let cause = Cause::LeftOut { messages, bytes };
            sink.failure(Operation::Send, self.connection.peer, cause);
        }
    }
}

impl Entry for Stream {
    fn turn(&mut self, _number: usize, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn {
        self.impair(cx);
        let peer = self.connection.peer;
        let parts = self.is_parting();
        if parts && !cx.responder.owes(peer) {
            self.finishing = Finishing::Close;
        }
        if !self.takes() {
            self.connection.end_queue(cx.now);
        }
        self.connection.take_due(cx);
        self.connection.flush(cx.sink);
        if let Some(passed) = self.connection.reset_due() {
            cx.impair.tell_reset(peer, passed, cx.sink);
            cx.sink.notice(self.connection.reset(0));
            return Turn::Over;
        }
        self.read(buffer, cx);
        if self.connection.unsent() <= SEND_QUEUE / 2 {
            self.tell_left_out(cx.sink);
        }
        if self.finishing == Finishing::Write && self.connection.end(cx.now) {
            cx.sink.notice(Notice::WriteClosed { peer });
        }
        let is_unread = self.connection.is_readable();
        if let Some((operation, error)) = self.connection.take_failure(is_unread) {
            let lost = self.connection.lost(operation, &error, 0, cx);
            cx.sink.notice(lost);
            return Turn::Over;
        }
        let both_ended = self.connection.ended && self.connection.finished;
        if self.connection.unsent() == 0 && (self.finishing == Finishing::Close || both_ended) {
            self.close(buffer, cx);
            return Turn::Over;
        }
        let more = self.connection.can_read(cx.now)
            || self.connection.can_write()
            || self.is_parting() && !parts;
        if more { Turn::More } else { Turn::Idle }
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        self.connection.deadline(now)
    }

    fn unsent(&self) -> impl Iterator<Item = (SocketAddr, usize)> {
        std::iter::once((self.connection.peer, self.connection.unsent()))
    }

    /// Writes the rows of what came and was not looked at, which no rule answers any more,
    /// and of our closing it.
    fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        let peer = self.connection.peer;
        self.connection
            .read_out(buffer, |bytes| cx.sink.received(peer, bytes));
        cx.sink.notice(self.connection.closed(0));
    }
}
