//! A Unix datagram session: one bound socket that receives from and sends to any socket of this
//! machine (unix(7)).

use crate::engine::command::{QueuedBytes, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::sys::socket::Transport;
use crate::engine::sys::unix::{self, UnixDatagramSocket};
use crate::engine::sys::{failure, name_failure};
use crate::engine::transport::datagram_messages::DatagramMessages;
use crate::payload::message::Message;
use crate::peer::{Name, Peer};
use crate::traffic::{Arrival, Cause, NameProblem, Notice, Operation, RecordOrigin};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams read, or sent, per turn, so that commands are handled in between.
const MANY: usize = 1024;
/// Size of the read buffer in bytes, far above the default limit of a sender's buffer
/// (`/proc/sys/net/core/wmem_max`, socket(7)). A datagram that fills it counts as truncated.
const LONGEST: usize = 4 << 20;
/// Pause before the next attempt on a full receiver: no readiness reports when it has room.
const RETRY: Duration = Duration::from_millis(5);

struct UnixDatagram {
    setup: Setup,
    socket: Option<UnixDatagramSocket>,
    readable: bool,
    buffer: Vec<u8>,
    messages: DatagramMessages,
    queue: VecDeque<(Name, Arc<[u8]>, Reason)>,
    queued: usize,
    /// When to try again: the receiver of the first queued datagram is full.
    retry: Option<Instant>,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    Some(Box::new(UnixDatagram {
        setup,
        socket: None,
        readable: true,
        buffer: vec![0; LONGEST],
        messages: DatagramMessages::default(),
        queue: VecDeque::new(),
        queued: 0,
        retry: None,
    }))
}

impl UnixDatagram {
    fn open(&mut self, cx: &Context<'_>) -> io::Result<UnixDatagramSocket> {
        let name = match self.setup.local {
            Some(Peer::Named(name)) => Some(name),
            Some(Peer::Ip(_) | Peer::Unnamed(_)) => return Err(ErrorKind::InvalidInput.into()),
            None => None,
        };
        let mut socket = unix::datagrams(name, self.setup.receiving.buffer)?;
        socket.watch(cx.registry, FIRST)?;
        Ok(socket)
    }

    fn local(&self) -> Peer {
        let name = self.socket.as_ref().and_then(|socket| socket.local);
        name.map_or(Peer::NAMELESS, Peer::Named)
    }

    /// Appends a datagram to the queue.
    fn push(&mut self, to: Peer, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        let Peer::Named(name) = to else {
            let problem = NameProblem::Nameless;
            let cause = Cause::Name { problem, code: 0 };
            return cx.sink.failure(Operation::Send, to, cause);
        };
        if self.queued + bytes.len() > SEND_QUEUE {
            let (length, limit) = (bytes.len(), SEND_QUEUE);
            let cause = Cause::QueueFull { length, limit };
            return cx.sink.failure(Operation::Send, to, cause);
        }
        self.queued += bytes.len();
        self.queue.push_back((name, bytes, reason));
    }

    /// Sends queued datagrams. Returns whether more can be sent at once.
    fn flush(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(due) = cx.impair.next_outgoing(cx.now) {
            self.push(due.tag.peer, due.bytes, due.tag.reason, cx);
        }
        if self.retry.is_some_and(|retry| cx.now < retry) {
            return false;
        }
        self.retry = None;
        for _ in 0..MANY {
            let (Some(socket), Some((to, bytes, reason))) = (&self.socket, self.queue.front())
            else {
                return false;
            };
            if !cx.sink.has_room() {
                return false;
            }
            // Taken before the send: a reply may arrive before the call returns.
            let now = cx.sink.now();
            match socket.send(*to, bytes) {
                Ok(()) => {
                    reason.sent();
                    cx.sink
                        .sent_at(now, Peer::Named(*to), bytes, reason.origin());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.retry = Some(cx.now + RETRY);
                    return false;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    let to = Peer::Named(*to);
                    let length = bytes.len();
                    let cause = match socket.longest() {
                        Ok(limit) if length > limit => Cause::TooLong { length, limit },
                        _ => name_failure::cause_of(&error, to),
                    };
                    cx.sink.failure(Operation::Send, to, cause);
                }
            }
            self.queued -= bytes.len();
            self.queue.pop_front();
        }
        !self.queue.is_empty()
    }

    /// Reads up to `most` datagrams. Returns whether more may be ready. `asks` applies the rules,
    /// which are not applied before a close.
    fn receive(&mut self, most: usize, asks: bool, cx: &mut Context<'_>) -> bool {
        for _ in 0..most {
            let Some(socket) = self.socket.as_ref().filter(|_| self.readable) else {
                return false;
            };
            if asks && !cx.sink.has_room() {
                return false;
            }
            match socket.receive(&mut self.buffer) {
                Ok((length, from)) => {
                    let peer = from.map_or(Peer::NAMELESS, Peer::Named);
                    let bytes = self.buffer.get(..length).unwrap_or_default();
                    let arrival = Arrival {
                        truncated: length == LONGEST,
                        ..Arrival::default()
                    };
                    cx.sink
                        .arrived(peer, bytes, arrival, RecordOrigin::default());
                    match (asks, cx.impair.impairs_incoming()) {
                        (false, _) => {}
                        (true, true) => cx.impair.enqueue_incoming(peer, bytes, cx.now, cx.sink),
                        (true, false) => self.messages.receive(peer, bytes, false, cx),
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.readable = false;
                    if error.kind() != ErrorKind::WouldBlock {
                        let cause = failure::cause(&error);
                        cx.sink.failure(Operation::Receive, self.local(), cause);
                    }
                }
            }
        }
        self.readable
    }
}

impl Driver for UnixDatagram {
    fn start(&mut self, cx: &mut Context<'_>) {
        match self.open(cx) {
            Ok(socket) => {
                let receive_buffer = socket.receive_buffer;
                self.socket = Some(socket);
                cx.sink.notice(Notice::Bound {
                    local: self.local(),
                    receive_buffer,
                    asked: self.setup.receiving.buffer,
                });
            }
            Err(error) => {
                let local = self.setup.local.unwrap_or(Peer::NAMELESS);
                let cause = failure::bind_cause(&error, Transport::Udp, local, cx.interfaces);
                cx.sink.failure(Operation::Bind, local, cause);
            }
        }
    }

    fn ready(&mut self, ready: Readiness, _cx: &mut Context<'_>) {
        self.readable |= ready.readable;
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let bytes = match cx.composer.bytes(message, &to) {
            Ok(bytes) => cx.framing.wire(bytes),
            Err(cause) => return cx.sink.failure(Operation::Send, &to, cause),
        };
        match to {
            Target::Peer(to) if cx.impair.impairs_outgoing() => {
                cx.impair
                    .enqueue_outgoing(to, bytes, reason, cx.now, cx.sink);
            }
            Target::Peer(to) => self.push(to, bytes, reason, cx),
            to @ (Target::Endpoint(_) | Target::Connection(_) | Target::All) => {
                cx.sink.failure(Operation::Send, to, Cause::WrongTarget);
            }
        }
    }

    fn resolved(&mut self, _answer: ResolvedName, _cx: &mut Context<'_>) {}

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.messages.report_due(cx);
        let sending = self.flush(cx);
        let receiving = self.receive(MANY, true, cx);
        // Datagrams the simulated network had delayed.
        while let Some(due) = cx.impair.next_incoming(cx.now, cx.sink) {
            self.messages.receive(due.tag.peer, &due.bytes, false, cx);
        }
        sending || receiving
    }

    fn deadline(&self, _now: Instant) -> Option<Instant> {
        let deadlines = [self.retry, self.messages.deadline()];
        deadlines.into_iter().flatten().min()
    }

    fn backlog(&self, _to: &Target) -> Option<usize> {
        self.socket.as_ref().map(|_| self.queued)
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        None
    }

    fn is_over(&self) -> bool {
        self.socket.is_none()
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        // Messages of the last commands are still sent if the kernel takes them.
        self.retry = None;
        self.flush(cx);
        // The kernel queues few datagrams (`net.unix.max_dgram_qlen`), so the read ends.
        self.receive(MANY, false, cx);
        self.messages.report_rest(cx.sink);
        let local = self.local();
        if let Some((to, ..)) = self.queue.front().filter(|_| self.retry.is_some()) {
            let problem = NameProblem::Full;
            let cause = Cause::Name { problem, code: 0 };
            cx.sink.failure(Operation::Send, Peer::Named(*to), cause);
        }
        if self.socket.take().is_some() {
            let unsent = self.queue.len() + cx.impair.outgoing_len();
            cx.sink.notice(Notice::Unbound { local, unsent });
        }
    }
}
