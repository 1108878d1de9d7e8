//! One of the two connections of a pair: what can be read of it, and what waits to be
//! written to it.

use crate::automation::impair::{Effect, Pieces, SlowRead};
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::engine::transport::write_queue::WriteQueue;
use crate::traffic::Operation;
use mio::net::TcpStream;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

pub struct End {
    pub socket: TcpStream,
    pub peer: SocketAddr,
    /// Set by readiness, cleared when the kernel says it would block.
    pub readable: bool,
    pub writable: bool,
    /// Readiness told of an error.
    pub errored: bool,
    /// Its peer ended its direction (FIN).
    pub finished: bool,
    /// We ended ours.
    pub ended: bool,
    /// Reading or writing met this error; what its peer sent before is read first.
    pub failed: Option<(Operation, io::Error)>,
    queue: WriteQueue,
    slow: Option<SlowRead>,
}

/// What a read found.
pub enum Heard {
    /// So many bytes.
    Bytes(usize),
    Finished,
    /// Nothing more for now.
    Nothing,
}

impl End {
    pub fn new(socket: TcpStream, peer: SocketAddr, failed: Option<io::Error>) -> Self {
        // What is passed on must not wait for more: the sender has decided that already.
        // Where it is refused, it only takes longer.
        socket.set_nodelay(true).ok();
        Self {
            socket,
            peer,
            readable: true,
            writable: true,
            errored: false,
            finished: false,
            ended: false,
            failed: failed.map(of_sending),
            queue: WriteQueue::default(),
            slow: None,
        }
    }

    pub fn ready(&mut self, event: &mio::event::Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_error();
        self.errored |= event.is_error();
    }

    /// Bytes the kernel has not taken yet.
    pub fn unsent(&self) -> usize {
        self.queue.unsent()
    }

    /// Has what is written to it go through these from now on; what waits goes at once.
    pub fn impair(&mut self, pieces: Option<Pieces>) {
        self.queue.impair(pieces);
    }

    /// Has it read at most so fast.
    pub fn slow_down(&mut self, slow: Option<SlowRead>) {
        self.slow = slow;
    }

    /// When the bad network lets something through, or something may be read.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let out = self.queue.deadline();
        let slow = self.slow.as_ref().filter(|_| self.readable);
        let back = slow.and_then(|slow| slow.deadline(now));
        out.into_iter().chain(back).min()
    }

    /// Takes over what the bad network lets through by now, and hands over what it does to
    /// it.
    pub fn take_due(&mut self) -> Vec<Effect> {
        self.queue.take_due()
    }

    /// Whether the bad network lets nothing more through.
    pub fn is_cut(&self) -> bool {
        self.queue.cut().is_some()
    }

    /// If it is to be reset now, after how many bytes.
    pub fn reset_due(&self) -> Option<u64> {
        let written = self.queue.is_empty() || self.failed.is_some();
        self.queue.cut().filter(|_| written)
    }

    /// Whether something waits that the kernel may take.
    pub fn can_write(&self) -> bool {
        self.writable && !self.queue.is_empty() && self.failed.is_none()
    }

    /// Whether there may be something to read.
    pub fn can_read(&self) -> bool {
        let slow = self.slow.as_ref();
        let may = slow.is_none_or(|slow| slow.allowance(Instant::now()) > 0);
        self.readable && !self.finished && may
    }

    /// Reads once.
    pub fn read(&mut self, buffer: &mut [u8]) -> Heard {
        let now = Instant::now();
        let allowed = self.slow.as_ref().map(|slow| slow.allowance(now));
        let room = allowed.unwrap_or(buffer.len()).min(buffer.len());
        if room == 0 {
            return Heard::Nothing;
        }
        match self.socket.read(buffer.get_mut(..room).unwrap_or_default()) {
            Ok(0) => {
                // After a failed write, this is how the kernel says it a second time.
                self.finished = true;
                self.readable = false;
                return if self.failed.is_some() {
                    Heard::Nothing
                } else {
                    Heard::Finished
                };
            }
            Ok(count) => {
                if let Some(slow) = &mut self.slow {
                    slow.took(count, now);
                }
                return Heard::Bytes(count);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.readable = false;
                self.failed.get_or_insert((Operation::Receive, error));
            }
        }
        Heard::Nothing
    }

    /// Writes bytes behind those that wait: at once, as far as the kernel takes them.
    pub fn write(&mut self, mut bytes: &[u8], reason: Reason, sink: &mut EventSink) {
        if self.queue.is_idle() && self.writable && self.failed.is_none() {
            let count = self.write_once(bytes, &reason, sink);
            bytes = bytes.get(count..).unwrap_or_default();
        }
        if !bytes.is_empty() {
            self.queue.push(bytes.into(), reason);
        }
    }

    /// Writes what waits, as far as the kernel takes it and rows have room.
    pub fn flush(&mut self, sink: &mut EventSink) {
        while self.can_write() && sink.has_room() {
            let mut queue = std::mem::take(&mut self.queue);
            if let Some((bytes, reason)) = queue.first() {
                let count = self.write_once(bytes, reason, sink);
                queue.took(count);
            }
            self.queue = queue;
        }
    }

    fn write_once(&mut self, bytes: &[u8], reason: &Reason, sink: &mut EventSink) -> usize {
        // An answer may be there before it returns.
        let now = sink.now();
        match self.socket.write(bytes) {
            Ok(count) => {
                let taken = bytes.get(..count).unwrap_or_default();
                sink.sent_at(now, self.peer, taken, reason.origin());
                return count;
            }
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

    /// Ends our direction, once nothing waits; says whether it did.
    pub fn end(&mut self) -> bool {
        self.queue.end();
        if self.ended || self.unsent() > 0 || self.failed.is_some() {
            return false;
        }
        match self.socket.shutdown(Shutdown::Write) {
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

    /// Takes the error that readiness told of, where no read will tell it.
    pub fn take_error(&mut self) {
        if std::mem::take(&mut self.errored) && self.failed.is_none() {
            let pending = self.socket.take_error().unwrap_or_else(Some);
            self.failed = pending.map(of_sending);
        }
    }

    /// Lets the kernel reset the connection when it is dropped; says whether it will.
    pub fn will_reset(&self) -> bool {
        // Both directions have ended: there is nothing left to reset (RFC 9293 §3.10.5).
        if self.finished && self.ended {
            return false;
        }
        // SO_LINGER of 0 (socket(7)). Where it is refused, closing is the next best.
        socket2::SockRef::from(&self.socket)
            .set_linger(Some(Duration::ZERO))
            .is_ok()
    }
}

/// An error of what was written, or that was pending: a read tells its own.
fn of_sending(error: io::Error) -> (Operation, io::Error) {
    (Operation::Send, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream as Stream};

    #[test]
    fn what_has_ended_both_ways_is_not_reset() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = listener.local_addr().unwrap();
        let ours = Stream::connect(peer).unwrap();
        // It blocks, so that a read waits for what it is to find.
        ours.set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let (theirs, _) = listener.accept().unwrap();
        let mut end = End::new(TcpStream::from_std(ours), peer, None);
        assert!(end.end());
        assert!(end.will_reset());
        drop(theirs);
        assert!(matches!(end.read(&mut [0; 8]), Heard::Finished));
        assert!(!end.will_reset());
    }
}
