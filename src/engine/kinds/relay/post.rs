//! Datagrams out of one socket: at once where the kernel takes them, which it nearly
//! always does, and in order where it does not.

use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::sys::failure;
use crate::engine::sys::limits::{SEND_QUEUE, max_datagram};
use crate::engine::sys::source;
use crate::engine::transport::icmp;
use crate::engine::transport::outgoing::QueuedDatagram;
use crate::traffic::{Cause, Operation};
use mio::net::UdpSocket;
use socket2::SockRef;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

/// Tries for one datagram: errors of earlier ones are reported as its own.
const TRIES: usize = 3;

#[derive(Debug)]
pub struct Post {
    way: Way,
    waiting: VecDeque<QueuedDatagram>,
    /// Bytes that wait.
    bytes: usize,
    /// The kernel has no room.
    blocked: bool,
    /// More waits than may; told when that began.
    full: bool,
}

/// What a socket sends to.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// The one it is connected to.
    Connected,
    /// Anybody; an IPv6 socket writes IPv4 addresses its own way.
    Anybody { ipv6: bool },
}

impl Post {
    pub fn new(way: Way) -> Self {
        Self {
            way,
            waiting: VecDeque::new(),
            bytes: 0,
            blocked: false,
            full: false,
        }
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether something waits that the kernel may take.
    pub fn can_send(&self) -> bool {
        !self.blocked && !self.waiting.is_empty()
    }

    /// Whether the kernel must say when it has room. Asked always, it would say so after
    /// every datagram, and wake the worker for nothing.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The kernel has room again.
    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Sends a datagram, behind those that wait.
    pub fn send(
        &mut self,
        socket: &UdpSocket,
        (from, to): (Option<IpAddr>, SocketAddr),
        bytes: &[u8],
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        let (length, limit) = (bytes.len(), max_datagram(to.ip()));
        if length > limit {
            return fail(to, Cause::TooLong { length, limit }, cx);
        }
        if self.waiting.is_empty() && !self.blocked {
            // An answer may be there before it returns.
            let now = cx.sink.now();
            match self.attempt(socket, (from, to), bytes, cx) {
                Ok(()) => return cx.sink.sent_at(now, to, bytes, reason.origin()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.blocked = true,
                Err(error) => {
                    let cause = cause(socket, &error, to, cx);
                    return fail(to, cause, cx);
                }
            }
        }
        if self.bytes + length > SEND_QUEUE {
            if !std::mem::replace(&mut self.full, true) {
                let limit = SEND_QUEUE;
                fail(to, Cause::QueueFull { length, limit }, cx);
            }
            return;
        }
        self.full = false;
        self.bytes += length;
        let bytes = bytes.into();
        self.waiting.push_back(QueuedDatagram {
            to,
            from,
            bytes,
            reason,
        });
    }

    /// Sends what waits, as far as the kernel takes it.
    pub fn work(&mut self, socket: &UdpSocket, cx: &mut Context<'_>) {
        while !self.blocked && cx.sink.has_room() {
            let Some(letter) = self.waiting.pop_front() else {
                return;
            };
            let now = cx.sink.now();
            match self.attempt(socket, (letter.from, letter.to), &letter.bytes, cx) {
                Ok(()) => {
                    let origin = letter.reason.origin();
                    cx.sink.sent_at(now, letter.to, &letter.bytes, origin);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.blocked = true;
                    self.waiting.push_front(letter);
                    return;
                }
                Err(error) => {
                    let cause = cause(socket, &error, letter.to, cx);
                    fail(letter.to, cause, cx);
                }
            }
            self.bytes -= letter.bytes.len();
        }
    }

    fn attempt(
        &self,
        socket: &UdpSocket,
        (mut from, to): (Option<IpAddr>, SocketAddr),
        bytes: &[u8],
        cx: &mut Context<'_>,
    ) -> io::Result<()> {
        let mut tries = 0;
        loop {
            let sent = match self.way {
                Way::Connected => socket.send(bytes).map(|_| ()),
                Way::Anybody { ipv6 } => source::send(socket, bytes, from, to, ipv6),
            };
            let Err(error) = sent else {
                return Ok(());
            };
            tries += 1;
            if error.kind() == ErrorKind::WouldBlock || tries >= TRIES {
                return Err(error);
            }
            match error.kind() {
                // EACCES without SO_BROADCAST (ip(7)): allowed once the kernel asks for it.
                ErrorKind::PermissionDenied => SockRef::from(socket).set_broadcast(true)?,
                ErrorKind::Interrupted => {}
                // This machine may have lost the address, or the way from there.
                ErrorKind::AddrNotAvailable | ErrorKind::InvalidInput if from.is_some() => {
                    from = None;
                }
                _ => earlier(socket, &error, to, cx),
            }
        }
    }
}

/// An error may be that of an earlier datagram: what came back for it is a row. Linux has
/// it in a queue, with its destination; elsewhere this is all that is known of it.
pub fn earlier(socket: &UdpSocket, error: &io::Error, to: SocketAddr, cx: &mut Context<'_>) {
    let refused = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    );
    if cfg!(target_os = "linux") {
        icmp::report(socket, cx);
    } else if refused {
        let code = error.raw_os_error().unwrap_or(0);
        fail(to, Cause::PortUnreachable { code, newer: None }, cx);
    }
}

fn cause(socket: &UdpSocket, error: &io::Error, to: SocketAddr, cx: &Context<'_>) -> Cause {
    failure::send_cause(error, socket.local_addr().ok(), to, cx.interfaces)
}

fn fail(to: SocketAddr, cause: Cause, cx: &mut Context<'_>) {
    cx.sink
        .failure(Operation::Send, cx.interfaces.show(to), cause);
}
