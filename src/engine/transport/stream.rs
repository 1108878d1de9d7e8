//! One TCP connection: what it reads, what waits to be written, and how it ends.

use crate::automation::impair::SlowRead;
use crate::engine::context::Context;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::impairment::Way;
use crate::engine::context::reason::Reason;
use crate::engine::sys::failure;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::transport::read_out::read_out_stream;
use crate::engine::transport::write_queue::WriteQueue;
use crate::traffic::{Cause, Notice, Operation};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Reads one connection may do before the others have their turn.
const READS: usize = 4;
/// Writes; each is of one message, most of which are short.
const WRITES: usize = 32;

pub struct Stream {
    pub socket: mio::net::TcpStream,
    pub peer: SocketAddr,
    /// Set by readiness, cleared when the kernel says it would block.
    pub readable: bool,
    pub writable: bool,
    /// Whether it stands in the list of connections with something to do.
    pub listed: bool,
    /// Readiness told of an error.
    pub errored: bool,
    /// Writing, or what was written before, met this error; what the peer sent before it is
    /// read first.
    failed: Option<io::Error>,
    queue: WriteQueue,
    /// Messages and bytes left out since the queue was full.
    left_out: (u64, u64),
    peer_finished: bool,
    /// It is closed with the peer, once what answers the peer's last words has gone.
    parting: bool,
    finishing: Finishing,
    /// The version of the network this one has; see [`Impair`](crate::engine::context::impairment::Impair).
    pub version: Option<u64>,
    slow: Option<SlowRead>,
}

/// What is to happen once the queue is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finishing {
    No,
    /// End our direction.
    Write,
    /// Our direction has ended.
    Written,
    /// Close.
    Close,
}

/// How a turn ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing to do until the next readiness.
    Idle,
    /// There may be more to do.
    More,
    /// The connection is over; its last row is written.
    Over,
}

impl Stream {
    pub fn new(socket: mio::net::TcpStream, peer: SocketAddr, failed: Option<io::Error>) -> Self {
        Self {
            socket,
            peer,
            readable: true,
            writable: true,
            listed: false,
            errored: false,
            failed,
            queue: WriteQueue::default(),
            left_out: (0, 0),
            peer_finished: false,
            parting: false,
            finishing: Finishing::No,
            version: None,
            slow: None,
        }
    }

    /// Bytes the kernel has not taken yet.
    pub fn unsent(&self) -> usize {
        self.queue.unsent()
    }

    /// Has a network like this from now on; what waits in pieces goes as they are.
    pub fn impair(&mut self, (pieces, slow): Way) {
        self.queue.impair(pieces);
        self.slow = slow;
    }

    /// Whether a bad network lets something through by now.
    pub fn is_due(&self, now: Instant) -> bool {
        let out = self.queue.deadline();
        let reads = |slow: &SlowRead| self.readable && slow.allowance(now) > 0;
        out.is_some_and(|due| due <= now) || self.slow.as_ref().is_some_and(reads)
    }

    /// When a bad network lets something through.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let out = self.queue.deadline();
        let slow = self.slow.as_ref().filter(|_| self.readable);
        let back = slow.and_then(|slow| slow.deadline(now));
        out.into_iter().chain(back).min()
    }

    /// Whether it will be closed because the peer has finished.
    pub fn is_parting(&self) -> bool {
        self.parting && self.finishing != Finishing::Close
    }

    /// Whether our direction is still open.
    pub fn takes(&self) -> bool {
        self.finishing == Finishing::No
    }

    /// Puts bytes behind those that wait.
    ///
    /// # Errors
    /// If our direction has ended, or the queue has no room for all of them.
    pub fn enqueue(&mut self, bytes: Arc<[u8]>, reason: Reason) -> Result<(), Cause> {
        if self.finishing != Finishing::No {
            return Err(Cause::NotConnected);
        }
        let length = bytes.len();
        if self.left_out.0 > 0 {
            // Told when it began, and when it ends.
            self.left_out = (self.left_out.0 + 1, self.left_out.1 + length as u64);
            return Ok(());
        }
        if self.unsent() + length > SEND_QUEUE {
            self.left_out = (1, length as u64);
            let limit = SEND_QUEUE;
            return Err(Cause::QueueFull { length, limit });
        }
        self.queue.push(bytes, reason);
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

    /// Writes the row of our resetting it; the kernel does when it is dropped.
    pub fn reset(&self, sink: &mut EventSink) {
        // SO_LINGER of 0 (socket(7)). Where it is refused, closing is the next best.
        let lingers = socket2::SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
        let (peer, unsent) = (self.peer, self.unsent());
        sink.notice(match lingers {
            Ok(()) => Notice::Reset { peer, unsent },
            Err(_) => Notice::Closed { peer, unsent },
        });
    }

    /// Writes and reads what the kernel allows, up to a fair share.
    pub fn turn(&mut self, buffer: &mut [u8], close_with_peer: bool, cx: &mut Context<'_>) -> Turn {
        let parts = self.is_parting();
        if parts && !cx.responder.owes(self.peer) {
            self.finishing = Finishing::Close;
        }
        if self.finishing != Finishing::No {
            self.queue.end();
        }
        let told = self.queue.take_due();
        cx.impair.tell_pieces(self.peer, told, cx.sink);
        if self.failed.is_none() {
            self.failed = self.write(cx.sink).err();
            // The readiness that tells of what the peer said last may still be on its way.
            self.readable |= self.failed.is_some();
        }
        let written = self.queue.is_empty() || self.failed.is_some();
        if let Some(passed) = self.queue.cut().filter(|_| written) {
            cx.impair.tell_reset(self.peer, passed, cx.sink);
            self.reset(cx.sink);
            return Turn::Over;
        }
        let read = self.read(buffer, close_with_peer, cx);
        let sink = &mut *cx.sink;
        if let Err(error) = read {
            return self.lost(Operation::Receive, &error, sink);
        }
        // After the peer's FIN no read tells of its RST any more.
        if std::mem::take(&mut self.errored) && self.peer_finished && self.failed.is_none() {
            self.failed = self.socket.take_error().unwrap_or_else(Some);
        }
        let all_read = !self.readable || self.peer_finished;
        if let Some(error) = self.failed.take_if(|_| all_read) {
            return self.lost(Operation::Send, &error, sink);
        }
        if self.unsent() <= SEND_QUEUE / 2 {
            self.tell_left_out(sink);
        }
        if self.unsent() == 0 {
            match self.finishing {
                Finishing::Write if self.socket.shutdown(Shutdown::Write).is_ok() => {
                    self.finishing = Finishing::Written;
                    sink.notice(Notice::WriteClosed { peer: self.peer });
                }
                Finishing::Close => return self.over(buffer, sink),
                _ => {}
            }
            if self.finishing == Finishing::Written && self.peer_finished {
                return self.over(buffer, sink);
            }
        }
        let slow = self.slow.as_ref();
        let may_read = slow.is_none_or(|slow| slow.allowance(Instant::now()) > 0);
        let more = (self.readable && may_read && !self.peer_finished)
            || (self.writable && !self.queue.is_empty() && self.failed.is_none())
            || self.is_parting() && !parts;
        if more { Turn::More } else { Turn::Idle }
    }

    /// It keeps up again, or never will: what was left out meanwhile is a row, unless it
    /// was the one message that was told already.
    fn tell_left_out(&mut self, sink: &mut EventSink) {
        let (messages, bytes) = std::mem::take(&mut self.left_out);
        if messages > 1 {
            let cause = Cause::LeftOut { messages, bytes };
            sink.failure(Operation::Send, self.peer, cause);
        }
    }

    /// Writes the rows of what came and was not looked at, which no rule answers any more,
    /// and of our closing it.
    pub fn close(&mut self, buffer: &mut [u8], sink: &mut EventSink) {
        let peer = self.peer;
        read_out_stream(&self.socket, buffer, |bytes| sink.received(peer, bytes));
        self.closed(sink);
    }

    /// Writes the row of our closing it.
    fn closed(&self, sink: &mut EventSink) {
        sink.notice(Notice::Closed {
            peer: self.peer,
            unsent: self.unsent(),
        });
    }

    fn over(&mut self, buffer: &mut [u8], sink: &mut EventSink) -> Turn {
        self.close(buffer, sink);
        Turn::Over
    }

    fn write(&mut self, sink: &mut EventSink) -> io::Result<()> {
        for _ in 0..WRITES {
            let Some((rest, reason)) = self.queue.first() else {
                return Ok(());
            };
            if !self.writable || !sink.has_room() {
                return Ok(());
            }
            // A reply may be there before it returns.
            let now = sink.now();
            match self.socket.write(rest) {
                Ok(count) => {
                    let taken = rest.get(..count).unwrap_or_default();
                    sink.sent_at(now, self.peer, taken, reason.origin());
                    self.queue.took(count);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.writable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read(
        &mut self,
        buffer: &mut [u8],
        close_with_peer: bool,
        cx: &mut Context<'_>,
    ) -> io::Result<()> {
        for _ in 0..READS {
            if !self.readable || self.peer_finished || !cx.sink.has_room() {
                return Ok(());
            }
            let now = Instant::now();
            let allowed = self.slow.as_ref().map(|slow| slow.allowance(now));
            let room = allowed.unwrap_or(buffer.len()).min(buffer.len());
            if room == 0 {
                return Ok(());
            }
            let part = buffer.get_mut(..room).unwrap_or_default();
            match self.socket.read(part) {
                Ok(0) => {
                    self.peer_finished = true;
                    cx.sink.notice(Notice::PeerFinished { peer: self.peer });
                    self.parting = close_with_peer;
                }
                Ok(count) => {
                    if let Some(slow) = &mut self.slow {
                        slow.took(count, now);
                    }
                    cx.received(self.peer, buffer.get(..count).unwrap_or_default());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn lost(&self, operation: Operation, error: &io::Error, sink: &mut EventSink) -> Turn {
        let (peer, unsent) = (self.peer, self.unsent());
        match error.kind() {
            // A write after the peer's RST says EPIPE.
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted => {
                sink.notice(Notice::PeerReset { peer, unsent });
            }
            _ => {
                sink.failure(operation, peer, failure::cause(error));
                self.closed(sink);
            }
        }
        Turn::Over
    }
}
