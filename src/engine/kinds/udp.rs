//! A UDP session: one bound socket that receives from and sends to any address.

use crate::engine::command::{GroupCommand, QueuedBytes, Receiving, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::sys::failure;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::receive::BatchReceiver;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::sys::socket::Transport;
use crate::engine::transport::datagram_messages::DatagramMessages;
use crate::engine::transport::dispatch::Dispatch;
use crate::engine::transport::memberships::Memberships;
use crate::engine::transport::udp_socket::UdpSocket;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation, RecordOrigin};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams read per turn, so that commands are handled in between.
const READ: usize = 1024;

struct Udp {
    local: SocketAddr,
    receiving: Receiving,
    socket: Option<UdpSocket>,
    reader: BatchReceiver,
    dispatch: Dispatch,
    messages: DatagramMessages,
    groups: Memberships,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    Some(Box::new(Udp {
        local: setup.local?.address()?,
        receiving: setup.receiving,
        socket: None,
        reader: BatchReceiver::new(),
        dispatch: Dispatch::default(),
        messages: DatagramMessages::default(),
        groups: Memberships::default(),
    }))
}

impl Udp {
    /// Reads pending datagrams. Returns whether more may be ready.
    fn receive(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        let (local, messages) = (socket.local, &mut self.messages);
        let more = socket.receive(&mut self.reader, READ, cx, |datagram, read, cx| {
            cx.sink.datagram(datagram, read, RecordOrigin::default());
            let (peer, bytes) = (datagram.peer, datagram.bytes);
            match cx.impair.impairs_incoming() {
                true => cx
                    .impair
                    .enqueue_incoming(peer.into(), bytes, cx.now, cx.sink),
                false => inbound(local, (peer, bytes), messages, cx),
            }
        });
        // Datagrams the simulated network had delayed.
        while let Some(due) = cx.impair.next_incoming(cx.now, cx.sink) {
            if let Peer::Ip(peer) = due.tag.peer {
                inbound(local, (peer, &*due.bytes), &mut self.messages, cx);
            }
        }
        if socket.is_gone {
            self.socket = None;
        }
        more
    }

    fn send_waiting(&mut self, cx: &mut Context<'_>) -> bool {
        let socket = self.socket.as_mut();
        socket.is_some_and(|socket| self.dispatch.flush(socket, cx))
    }
}

/// Applies the rules to the messages of a datagram received by a socket bound to `local`.
fn inbound(
    local: SocketAddr,
    (peer, bytes): (SocketAddr, &[u8]),
    messages: &mut DatagramMessages,
    cx: &mut Context<'_>,
) {
    let forgeable = !local.ip().is_loopback() && !peer.ip().is_loopback();
    messages.receive(peer.into(), bytes, forgeable, cx);
}

impl Driver for Udp {
    fn start(&mut self, cx: &mut Context<'_>) {
        match UdpSocket::bind(self.local, self.receiving, FIRST, cx) {
            Ok(mut socket) => {
                socket.names_newest = true;
                self.local = socket.local;
                cx.sink.notice(Notice::Bound {
                    local: socket.local.into(),
                    receive_buffer: socket.receive_buffer,
                    asked: self.receiving.buffer,
                });
                self.socket = Some(socket);
            }
            Err(error) => {
                let cause = failure::bind_cause(&error, Transport::Udp, self.local, cx.interfaces);
                let local = cx.interfaces.show(self.local);
                cx.sink.failure(Operation::Bind, local, cause);
            }
        }
    }

    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        if let Some(socket) = &mut self.socket {
            socket.ready(ready, cx);
        }
    }

    fn group(&mut self, command: GroupCommand, cx: &mut Context<'_>) {
        let udp = self.socket.as_ref();
        let Some(socket) = udp.and_then(|udp| udp.socket.system()) else {
            return;
        };
        self.groups.command(command, socket, cx);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let bytes = match cx.composer.bytes(message, &to) {
            Ok(bytes) => cx.framing.wire(bytes),
            Err(cause) => return cx.sink.failure(Operation::Send, &to, cause),
        };
        let Some(socket) = &mut self.socket else {
            return;
        };
        match to {
            Target::Endpoint(to) => self.dispatch.send(socket, to, bytes, reason, cx),
            Target::Peer(Peer::Ip(to)) => self.dispatch.send_to(socket, to, bytes, reason, cx),
            to @ (Target::Peer(_) | Target::Connection(_) | Target::All) => {
                cx.sink.failure(Operation::Send, to, Cause::WrongTarget);
            }
        }
    }

    fn resolved(&mut self, answer: ResolvedName, cx: &mut Context<'_>) {
        if let Some(socket) = &mut self.socket {
            self.dispatch.resolved(socket, answer, cx);
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        if self.groups.deadline().is_some_and(|due| due <= cx.now)
            && let Some(socket) = self.socket.as_ref().and_then(|udp| udp.socket.system())
        {
            self.groups.check(socket, cx);
        }
        self.messages.report_due(cx);
        let sending = self.send_waiting(cx);
        self.receive(cx) || sending
    }

    fn deadline(&self, _now: Instant) -> Option<Instant> {
        let deadlines = [
            self.socket.as_ref()?.deadline(),
            self.groups.deadline(),
            self.messages.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn gather(&self, now: Instant) -> Option<Duration> {
        self.socket.as_ref()?.coalescing.gather(now)
    }

    fn backlog(&self, _to: &Target) -> Option<usize> {
        let socket = self.socket.as_ref()?;
        Some(match self.dispatch.unresolved() {
            0 => socket.backlog(),
            _ => usize::MAX,
        })
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        None
    }

    fn is_over(&self) -> bool {
        self.socket.is_none()
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        // Messages of the last commands are still sent if the kernel takes them.
        self.send_waiting(cx);
        let Some(mut socket) = self.socket.take() else {
            return;
        };
        // No rule replies to these unread datagrams.
        socket.finish(RecordOrigin::default(), &mut self.reader, cx);
        self.messages.report_rest(cx.sink);
        let unsent = socket.waiting() + self.dispatch.unresolved() + cx.impair.outgoing_len();
        let local = self.local;
        drop(socket);
        let local = local.into();
        cx.sink.notice(Notice::Unbound { local, unsent });
    }
}
