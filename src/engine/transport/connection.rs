//! One stream connection: reads, write queue, and the end of each direction. Its owner, a
//! session or a relay, handles the bytes.

mod ending;

use crate::automation::impair::SlowRead;
use crate::connection_id::{ConnectionId, FarSide};
use crate::engine::command::QueuedBytes;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::impairment::StreamPath;
use crate::engine::context::reason::Reason;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::stream_socket::StreamSocket;
use crate::engine::transport::stream_tickets::StreamTickets;
use crate::engine::transport::write_queue::WriteQueue;
use crate::peer::Peer;
use crate::traffic::Operation;
use std::io::{self, ErrorKind, IoSlice};
use std::sync::Arc;
use std::time::Instant;

/// Reads of one connection per turn, so that others are served too.
pub const READS: usize = 4;
/// Writes of one connection per turn.
const WRITES: usize = 32;
/// Maximum number of bytes of one vectored write.
const BYTES: usize = 256 << 10;
/// Bytes read from a closing connection if the size of its receive buffer is unknown.
const UNREAD: usize = 1 << 16;

/// The failed operation that ends a connection.
pub struct ConnectionFailure {
    pub operation: Operation,
    pub error: io::Error,
}

/// An established stream connection with its write queue.
pub struct Connection {
    pub socket: Box<dyn StreamSocket>,
    pub peer: Peer,
    pub id: ConnectionId,
    /// Set by readiness, cleared when the kernel returns EAGAIN.
    readable: bool,
    writable: bool,
    /// Readiness reported an error.
    errored: bool,
    /// The peer ended its direction (FIN).
    pub finished: bool,
    /// We ended our direction (FIN).
    pub ended: bool,
    /// The error of a read or write. Bytes the peer sent before it are read first.
    failed: Option<ConnectionFailure>,
    queue: WriteQueue,
    /// The tickets of the messages in the queue.
    tickets: StreamTickets,
    slow: Option<SlowRead>,
    /// A read before the close stopped at its limit: unread bytes may remain.
    more_may_wait: bool,
}

/// The result of a read.
pub enum ReadOutcome {
    /// This number of bytes.
    Bytes(usize),
    /// End of the peer's direction (FIN).
    End,
    /// Nothing more for now.
    Nothing,
}

impl Connection {
    /// A connection that is established. `failed` is an error it already reported: bytes received
    /// before it are still read.
    pub fn new(
        socket: Box<dyn StreamSocket>,
        (peer, id): (Peer, ConnectionId),
        failed: Option<io::Error>,
    ) -> Self {
        Self {
            socket,
            peer,
            id,
            readable: true,
            writable: true,
            errored: false,
            finished: false,
            ended: false,
            failed: failed.map(of_sending),
            queue: WriteQueue::default(),
            tickets: StreamTickets::default(),
            slow: None,
            more_may_wait: false,
        }
    }

    /// The peer as rows name it.
    pub fn far(&self) -> FarSide {
        (self.peer, self.id).into()
    }

    pub fn ready(&mut self, ready: Readiness) {
        self.readable |= ready.readable;
        self.writable |= ready.writable;
        self.errored |= ready.error;
    }

    /// Number of queued bytes.
    pub fn unsent(&self) -> usize {
        self.queue.unsent()
    }

    /// The same, with the connection.
    pub fn queued(&self) -> QueuedBytes {
        QueuedBytes {
            connection: self.id,
            bytes: self.unsent(),
        }
    }

    /// Sets the stream shaper of later writes and the read limit. Bytes delayed by the earlier
    /// shaper are due at once.
    pub fn impair(&mut self, path: StreamPath) {
        self.queue.impair(path.shaper);
        self.slow = path.slow_read;
    }

    /// When the simulated network allows the next write or read.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let out = self.queue.deadline();
        let slow = self.slow.as_ref().filter(|_| self.readable);
        let back = slow.and_then(|slow| slow.deadline(now));
        out.into_iter().chain(back).min()
    }

    /// Moves due segments into the send queue and writes a row for each effect.
    pub fn take_due(&mut self, cx: &mut Context<'_>) {
        let effects = self.queue.take_due(cx.now);
        cx.impair
            .report_stream_effects(self.far(), effects, cx.sink);
    }

    /// Whether the simulated network has cut the connection.
    pub fn is_cut(&self) -> bool {
        self.queue.cut().is_some()
    }

    /// The number of bytes after which the simulated network resets the connection, if the reset
    /// is due now.
    pub fn reset_due(&self) -> Option<u64> {
        let written = self.queue.is_empty() || self.failed.is_some();
        self.queue.cut().filter(|_| written)
    }

    /// Whether a read or write failed.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether an error ends the connection once the bytes before it are read.
    pub fn is_failing(&self) -> bool {
        self.errored || self.has_failed()
    }

    /// Whether reads are limited.
    pub fn is_slow(&self) -> bool {
        self.slow.is_some()
    }

    /// Whether bytes are queued and the socket is writable.
    pub fn can_write(&self) -> bool {
        self.writable && !self.queue.is_empty() && self.failed.is_none()
    }

    /// Whether a read may return bytes and the read limit allows them.
    pub fn can_read(&self, now: Instant) -> bool {
        let slow = self.slow.as_ref();
        let may = slow.is_none_or(|slow| slow.allowance(now) > 0);
        self.is_readable() && may
    }

    /// Whether bytes or an error may be pending.
    pub fn is_readable(&self) -> bool {
        self.readable && !self.finished
    }

    /// Reads once.
    pub fn read(&mut self, buffer: &mut [u8], now: Instant) -> ReadOutcome {
        let allowed = self.slow.as_ref().map(|slow| slow.allowance(now));
        let room = allowed.unwrap_or(buffer.len()).min(buffer.len());
        if room == 0 {
            return ReadOutcome::Nothing;
        }
        match self.socket.read(buffer.get_mut(..room).unwrap_or_default()) {
            Ok(0) => {
                self.readable = false;
                // The kernel reports an error once, and as an end of stream after that: no FIN
                // came, and none may be forwarded.
                if self.failed.is_some() {
                    return ReadOutcome::Nothing;
                }
                self.finished = true;
                return ReadOutcome::End;
            }
            Ok(count) => {
                if let Some(slow) = &mut self.slow {
                    slow.took(count, now);
                }
                return ReadOutcome::Bytes(count);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.readable = false;
                self.failed.get_or_insert(of_receiving(error));
            }
        }
        ReadOutcome::Nothing
    }

    /// Appends bytes to the write queue.
    pub fn push(&mut self, bytes: Arc<[u8]>, mut reason: Reason, now: Instant) {
        self.tickets.queue(bytes.len(), reason.ticket.take());
        self.queue.push(bytes, reason, now);
    }

    /// Writes bytes at once as far as the queue is empty and the kernel takes them; queues the
    /// rest.
    pub fn write(&mut self, mut bytes: &[u8], mut reason: Reason, cx: &mut Context<'_>) {
        self.tickets.queue(bytes.len(), reason.ticket.take());
        if self.queue.is_idle() && self.writable && self.failed.is_none() {
            let count = self.write_once(bytes, &reason, cx.sink);
            bytes = bytes.get(count..).unwrap_or_default();
        }
        if !bytes.is_empty() {
            self.queue.push(bytes.into(), reason, cx.now);
        }
        self.tickets.acknowledge(self.queue.unsent());
    }

    /// Writes queued bytes as far as the kernel takes them and the limit of a turn allows.
    /// Messages that were queued together go in one call.
    pub fn flush(&mut self, sink: &mut EventSink) {
        for _ in 0..WRITES {
            if !self.can_write() || !sink.has_room() {
                break;
            }
            let mut queue = std::mem::take(&mut self.queue);
            let count = self.write_many(&queue, sink);
            queue.took(count);
            self.queue = queue;
        }
        self.tickets.acknowledge(self.queue.unsent());
    }

    fn write_many(&mut self, queue: &WriteQueue, sink: &mut EventSink) -> usize {
        let mut length = 0;
        let some = queue
            .writes()
            .take(queue.at_once())
            .take_while(|(bytes, _)| {
                let fits = length < BYTES;
                length += bytes.len();
                fits
            });
        let slices: Vec<IoSlice<'_>> = some.map(|(bytes, _)| IoSlice::new(bytes)).collect();
        // Taken before the write: a reply may arrive before the call returns.
        let now = sink.now();
        let written = match slices.as_slice() {
            [one] => self.socket.write(one),
            many => self.socket.write_vectored(many),
        };
        let mut left = self.taken(written);
        let count = left;
        for (bytes, reason) in queue.writes() {
            if left == 0 {
                break;
            }
            let taken = bytes.get(..left).unwrap_or(bytes);
            sink.sent_at(now, self.far(), taken, reason.origin());
            left -= taken.len();
        }
        count
    }

    fn write_once(&mut self, bytes: &[u8], reason: &Reason, sink: &mut EventSink) -> usize {
        // Taken before the write: a reply may arrive before the call returns.
        let now = sink.now();
        let written = self.socket.write(bytes);
        let count = self.taken(written);
        if count > 0 {
            let taken = bytes.get(..count).unwrap_or(bytes);
            sink.sent_at(now, self.far(), taken, reason.origin());
        }
        count
    }

    /// The number of bytes a write took. Notes its error.
    fn taken(&mut self, written: io::Result<usize>) -> usize {
        match written {
            Ok(count) => return count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.writable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.failed.get_or_insert(of_sending(error));
                // The readiness of the bytes before the error may not have arrived yet.
                self.readable = true;
            }
        }
        0
    }

    /// No write follows: the stream shaper stops waiting for bytes to merge.
    pub fn end_queue(&mut self, now: Instant) {
        self.queue.end(now);
    }

    /// Ends our direction (FIN) if nothing is queued. Returns whether it has ended.
    pub fn end(&mut self, now: Instant) -> bool {
        self.queue.end(now);
        if self.ended || self.unsent() > 0 || self.failed.is_some() {
            return false;
        }
        match self.socket.shutdown_write() {
            Ok(()) => self.ended = true,
            // The connection was reset meanwhile (ENOTCONN).
            Err(_) => {
                let pending = self.socket.take_error().ok().flatten();
                let reset = || ErrorKind::ConnectionReset.into();
                self.failed = Some(of_sending(pending.unwrap_or_else(reset)));
            }
        }
        self.ended
    }

    /// Takes the error that ends the connection, unless bytes before it are still unread.
    pub fn take_failure(&mut self, is_unread: bool) -> Option<ConnectionFailure> {
        if is_unread {
            return None;
        }
        // No later read reports the peer's RST.
        if std::mem::take(&mut self.errored) && self.failed.is_none() {
            let pending = self.socket.take_error().unwrap_or_else(Some);
            self.failed = pending.map(of_sending);
        }
        self.failed.take()
    }

    /// Reads pending bytes before a close: closing with unread bytes would discard them and send
    /// a reset (RFC 1122 §4.2.2.13). Passes each piece to `take` and returns the number of bytes.
    ///
    /// Stops after the size of the receive buffer: a peer that keeps sending would never end.
    pub fn read_out(&mut self, buffer: &mut [u8], mut take: impl FnMut(&[u8])) -> usize {
        let (mut count, mut most) = (0, None);
        // No bytes follow the peer's FIN.
        while !self.finished {
            match self.socket.read(buffer) {
                Ok(0) => self.finished = true,
                Ok(more) => {
                    count += more;
                    take(buffer.get(..more).unwrap_or_default());
                    let receive_buffer = || self.socket.receive_buffer().unwrap_or(UNREAD);
                    if count >= *most.get_or_insert_with(receive_buffer) {
                        self.more_may_wait = true;
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    if error.kind() != ErrorKind::WouldBlock {
                        self.failed.get_or_insert(of_receiving(error));
                    }
                    break;
                }
            }
        }
        count
    }
}

/// A write error or a pending socket error; reads report their own.
fn of_sending(error: io::Error) -> ConnectionFailure {
    let operation = Operation::Send;
    ConnectionFailure { operation, error }
}

fn of_receiving(error: io::Error) -> ConnectionFailure {
    let operation = Operation::Receive;
    ConnectionFailure { operation, error }
}

#[cfg(test)]
mod tests;
