//! One TCP connection: what can be read of it, what waits to be written, and how each
//! direction ends. What is done with its bytes is for its owner: a session or a relay.

mod ending;

use crate::automation::impair::{Pieces, SlowRead};
use crate::connection_id::{ConnectionId, FarSide};
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::stream_socket::StreamSocket;
use crate::engine::transport::write_queue::WriteQueue;
use crate::peer::Peer;
use crate::traffic::Operation;
use std::io::{self, ErrorKind, IoSlice};
use std::sync::Arc;
use std::time::Instant;

/// Reads of one connection before others have their turn.
pub const READS: usize = 4;
/// Writes before others have theirs.
const WRITES: usize = 32;
/// Bytes of one write of many messages.
const BYTES: usize = 256 << 10;
/// Bytes read of a closing connection whose buffer's size is not known.
const UNREAD: usize = 1 << 16;

pub struct Connection {
    pub socket: Box<dyn StreamSocket>,
    pub peer: Peer,
    pub id: ConnectionId,
    /// Set by readiness, cleared when the kernel says it would block.
    readable: bool,
    writable: bool,
    /// Readiness told of an error.
    errored: bool,
    /// The peer ended its direction (FIN).
    pub finished: bool,
    /// We ended ours.
    pub ended: bool,
    /// Reading or writing met this error; what the peer sent before it is read first.
    failed: Option<(Operation, io::Error)>,
    queue: WriteQueue,
    slow: Option<SlowRead>,
    /// It was read before it closes, and not to the end of what came.
    more_may_wait: bool,
}

/// What a read found.
pub enum Found {
    /// This many bytes.
    Bytes(usize),
    /// The end of the peer's direction.
    End,
    /// Nothing more for now.
    Nothing,
}

impl Connection {
    /// `failed` is an error it has already met: what was received before it is still read.
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
            slow: None,
            more_may_wait: false,
        }
    }

    /// Whom it goes to, as rows name it.
    pub fn far(&self) -> FarSide {
        (self.peer, self.id).into()
    }

    pub fn ready(&mut self, ready: Readiness) {
        self.readable |= ready.readable;
        self.writable |= ready.writable;
        self.errored |= ready.error;
    }

    /// Bytes the kernel has not taken yet.
    pub fn unsent(&self) -> usize {
        self.queue.unsent()
    }

    /// Sends what is written from now on through `pieces`, and limits reading; what waits in
    /// earlier pieces goes at once.
    pub fn impair(&mut self, pieces: Option<Pieces>, slow: Option<SlowRead>) {
        self.queue.impair(pieces);
        self.slow = slow;
    }

    /// When the simulated network lets something through, or lets something be read.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let out = self.queue.deadline();
        let slow = self.slow.as_ref().filter(|_| self.readable);
        let back = slow.and_then(|slow| slow.deadline(now));
        out.into_iter().chain(back).min()
    }

    /// Moves what the simulated network lets through by now into the queue, with a row of
    /// each effect.
    pub fn take_due(&mut self, cx: &mut Context<'_>) {
        let told = self.queue.take_due(cx.now);
        cx.impair.tell_pieces(self.far(), told, cx.sink);
    }

    /// Whether the simulated network lets nothing more through.
    pub fn is_cut(&self) -> bool {
        self.queue.cut().is_some()
    }

    /// If the simulated network resets it now, after how many bytes.
    pub fn reset_due(&self) -> Option<u64> {
        let written = self.queue.is_empty() || self.failed.is_some();
        self.queue.cut().filter(|_| written)
    }

    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Whether it is read more slowly than the peer may send.
    pub fn is_slow(&self) -> bool {
        self.slow.is_some()
    }

    /// Whether something waits that the kernel may take.
    pub fn can_write(&self) -> bool {
        self.writable && !self.queue.is_empty() && self.failed.is_none()
    }

    /// Whether there may be something to read.
    pub fn can_read(&self, now: Instant) -> bool {
        let slow = self.slow.as_ref();
        let may = slow.is_none_or(|slow| slow.allowance(now) > 0);
        self.is_readable() && may
    }

    /// Whether bytes or an error may wait to be read.
    pub fn is_readable(&self) -> bool {
        self.readable && !self.finished
    }

    /// Reads once.
    pub fn read(&mut self, buffer: &mut [u8], now: Instant) -> Found {
        let allowed = self.slow.as_ref().map(|slow| slow.allowance(now));
        let room = allowed.unwrap_or(buffer.len()).min(buffer.len());
        if room == 0 {
            return Found::Nothing;
        }
        match self.socket.read(buffer.get_mut(..room).unwrap_or_default()) {
            Ok(0) => {
                self.finished = true;
                self.readable = false;
                // After a failed write, this is how the kernel says it a second time.
                return match self.failed {
                    Some(_) => Found::Nothing,
                    None => Found::End,
                };
            }
            Ok(count) => {
                if let Some(slow) = &mut self.slow {
                    slow.took(count, now);
                }
                return Found::Bytes(count);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.readable = false;
                self.failed.get_or_insert((Operation::Receive, error));
            }
        }
        Found::Nothing
    }

    /// Puts bytes behind those that wait.
    pub fn push(&mut self, bytes: Arc<[u8]>, reason: Reason, now: Instant) {
        self.queue.push(bytes, reason, now);
    }

    /// Writes bytes behind those that wait: at once, as far as the kernel takes them.
    pub fn write(&mut self, mut bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        if self.queue.is_idle() && self.writable && self.failed.is_none() {
            let count = self.write_once(bytes, &reason, cx.sink);
            bytes = bytes.get(count..).unwrap_or_default();
        }
        if !bytes.is_empty() {
            self.queue.push(bytes.into(), reason, cx.now);
        }
    }

    /// Writes what waits, as far as the kernel takes it and others wait for their turn. What
    /// was queued together goes in one call.
    pub fn flush(&mut self, sink: &mut EventSink) {
        for _ in 0..WRITES {
            if !self.can_write() || !sink.has_room() {
                return;
            }
            let mut queue = std::mem::take(&mut self.queue);
            let count = self.write_many(&queue, sink);
            queue.took(count);
            self.queue = queue;
        }
    }

    fn write_many(&mut self, queue: &WriteQueue, sink: &mut EventSink) -> usize {
        let mut length = 0;
        let some = queue
            .pieces()
            .take(queue.at_once())
            .take_while(|(bytes, _)| {
                let fits = length < BYTES;
                length += bytes.len();
                fits
            });
        let slices: Vec<IoSlice<'_>> = some.map(|(bytes, _)| IoSlice::new(bytes)).collect();
        // A reply may be there before it returns.
        let now = sink.now();
        let written = match slices.as_slice() {
            [one] => self.socket.write(one),
            many => self.socket.write_vectored(many),
        };
        let mut left = self.taken(written);
        let count = left;
        for (bytes, reason) in queue.pieces() {
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
        // A reply may be there before it returns.
        let now = sink.now();
        let written = self.socket.write(bytes);
        let count = self.taken(written);
        if count > 0 {
            let taken = bytes.get(..count).unwrap_or(bytes);
            sink.sent_at(now, self.far(), taken, reason.origin());
        }
        count
    }

    /// Bytes that a write took; what else it says is noted.
    fn taken(&mut self, written: io::Result<usize>) -> usize {
        match written {
            Ok(count) => return count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.writable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.failed.get_or_insert(of_sending(error));
                // The readiness that tells of what it said last may still be on its way.
                self.readable = true;
            }
        }
        0
    }

    /// No more will be written: nothing in pieces waits to be joined with more.
    pub fn end_queue(&mut self, now: Instant) {
        self.queue.end(now);
    }

    /// Ends our direction (FIN), once nothing waits; says whether it did.
    pub fn end(&mut self, now: Instant) -> bool {
        self.queue.end(now);
        if self.ended || self.unsent() > 0 || self.failed.is_some() {
            return false;
        }
        match self.socket.shutdown_write() {
            Ok(()) => self.ended = true,
            // It was reset meanwhile: no direction is left (ENOTCONN).
            Err(_) => {
                let pending = self.socket.take_error().ok().flatten();
                let reset = || ErrorKind::ConnectionReset.into();
                self.failed = Some(of_sending(pending.unwrap_or_else(reset)));
            }
        }
        self.ended
    }

    /// Takes the error that ends it, unless what its peer sent before it `is_unread`.
    pub fn take_failure(&mut self, is_unread: bool) -> Option<(Operation, io::Error)> {
        if is_unread {
            return None;
        }
        // No read tells of the peer's RST any more.
        if std::mem::take(&mut self.errored) && self.failed.is_none() {
            let pending = self.socket.take_error().unwrap_or_else(Some);
            self.failed = pending.map(of_sending);
        }
        self.failed.take()
    }

    /// Reads what the kernel has taken of it before it is closed, which would throw that away
    /// and answer it with a reset (RFC 1122 §4.2.2.13), though we only closed. Hands over each
    /// piece; returns how many bytes there were.
    ///
    /// No more is read than its receive buffer holds: a peer that goes on sending would never
    /// be read to its end.
    pub fn read_out(&mut self, buffer: &mut [u8], mut take: impl FnMut(&[u8])) -> usize {
        let (mut count, mut most) = (0, None);
        // Nothing comes after the peer's end.
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
                        self.failed.get_or_insert((Operation::Receive, error));
                    }
                    break;
                }
            }
        }
        count
    }
}

/// An error of what was written, or that was pending: a read tells its own.
fn of_sending(error: io::Error) -> (Operation, io::Error) {
    (Operation::Send, error)
}

#[cfg(test)]
mod tests;
