//! Sending by a UDP socket: at once if the kernel has room, otherwise by the queue. Each failed
//! datagram has a row.

use super::UdpSocket;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::sys::datagram_socket::lacks_broadcast;
use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::{failure, source_address};
use crate::engine::transport::queued_datagram::QueuedDatagram;
use crate::engine::transport::send_queue::QueueRefusal;
use crate::traffic::{Cause, Operation};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Datagrams sent per turn, so that commands are handled in between.
const SENT: usize = 1024;
/// Attempts for one datagram: a send may return errors of earlier datagrams.
const TRIES: usize = 3;

impl UdpSocket {
    /// Queues a datagram, to be sent with others in one call.
    pub fn push(&mut self, to: SocketAddr, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        self.targets.observe(to);
        self.pushed.observe(to);
        let datagram = QueuedDatagram {
            to,
            from: self.reached.of(to),
            bytes,
            reason,
        };
        if let Err(cause) = self.queue.push(datagram) {
            fail(to, cause, cx);
        }
    }

    /// Sends a datagram at once if the queue is empty, which the kernel nearly always allows;
    /// otherwise queues it.
    pub fn send(&mut self, to: SocketAddr, bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        self.targets.observe(to);
        let from = self.reached.of(to);
        if let Err(cause @ Cause::TooLong { .. }) = self.queue.admits(bytes.len(), to) {
            return fail(to, cause, cx);
        }
        if self.queue.is_empty() && !self.queue.is_blocked() {
            // Taken before the send: a reply may arrive before the call returns.
            let now = cx.sink.now();
            match self.try_send(from, to, bytes, cx) {
                Ok(()) => {
                    reason.sent();
                    return cx.sink.sent_at(now, to, bytes, reason.origin());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.queue.block();
                    self.watch(cx);
                }
                Err(error) => return fail(to, self.send_cause(&error, to, cx), cx),
            }
        }
        let bytes = bytes.into();
        let datagram = QueuedDatagram {
            to,
            from,
            bytes,
            reason,
        };
        if let Err(cause) = self.queue.push(datagram) {
            fail(to, cause, cx);
        }
    }

    fn try_send(
        &self,
        mut from: Option<IpAddr>,
        to: SocketAddr,
        bytes: &[u8],
        cx: &mut Context<'_>,
    ) -> io::Result<()> {
        let mut tries = 0;
        loop {
            let sent = match self.remote {
                Some(_) => self.socket.send(bytes, None).map(|_| ()),
                None => source_address::send(
                    self.socket.as_ref(),
                    bytes,
                    from,
                    to,
                    self.local.is_ipv6(),
                ),
            };
            let Err(error) = sent else {
                return Ok(());
            };
            tries += 1;
            if error.kind() == ErrorKind::WouldBlock || tries >= TRIES {
                return Err(error);
            }
            match error.kind() {
                ErrorKind::PermissionDenied if lacks_broadcast(&error) => {
                    self.socket.allow_broadcast()?;
                }
                ErrorKind::PermissionDenied => {
                    self.report_icmp_except(Some(to), cx);
                    return Err(error);
                }
                ErrorKind::Interrupted => {}
                // The machine may have lost the source address or the route from it.
                ErrorKind::AddrNotAvailable | ErrorKind::InvalidInput if from.is_some() => {
                    from = None;
                }
                _ => self.report_earlier(&error, cx),
            }
        }
    }

    /// Sends the queue as far as the kernel takes it. Returns whether more can be sent at once.
    pub fn flush(&mut self, cx: &mut Context<'_>) -> bool {
        let more = self.send_waiting(cx);
        self.watch(cx);
        more
    }

    pub(super) fn send_waiting(&mut self, cx: &mut Context<'_>) -> bool {
        let mut count = 0;
        while self.queue.can_send() && cx.sink.has_room() {
            if count >= SENT {
                return true;
            }
            // A pending error would be returned as this send's own. A single datagram, such as a
            // reply, is sent without this check: its own send returns the error. In a batch, the
            // datagrams after the first would hide it.
            if count > 0 || self.queue.len() > 1 {
                self.report_icmp(cx);
            }
            // One time for the batch, taken before the send: a reply may arrive before the call
            // returns.
            let now = cx.sink.now();
            match self.queue.send(self.socket.as_ref()) {
                Ok(sent) => {
                    count += sent.len();
                    self.coalescing.sent();
                    for datagram in sent {
                        let to = canonical(datagram.to);
                        let origin = datagram.reason.origin();
                        cx.sink.sent_at(now, to, &datagram.bytes, origin);
                        datagram.reason.sent();
                    }
                }
                Err(QueueRefusal::Never(error, datagram)) => {
                    count += 1;
                    self.refused(&error, *datagram, cx);
                }
                Err(QueueRefusal::Later) => count += 1,
            }
        }
        false
    }

    fn refused(&mut self, error: &io::Error, datagram: QueuedDatagram, cx: &mut Context<'_>) {
        let to = datagram.to;
        // EPERM is of this datagram. A pending error would have been returned before the firewall
        // was asked.
        if error.kind() == ErrorKind::PermissionDenied && !lacks_broadcast(error) {
            self.report_icmp_except(Some(to), cx);
            return fail(to, self.send_cause(error, to, cx), cx);
        }
        // The error belonged to an earlier datagram; this one was not sent yet.
        if self.report_icmp(cx) {
            return self.queue.put_back(datagram);
        }
        // The machine may have lost the source address or the route from it.
        if datagram.from.is_some() {
            self.reached.forget(to);
            let from = None;
            return self.queue.put_back(QueuedDatagram { from, ..datagram });
        }
        fail(to, self.send_cause(error, to, cx), cx);
    }

    fn send_cause(&self, error: &io::Error, to: SocketAddr, cx: &Context<'_>) -> Cause {
        failure::send_cause(error, Some(self.local), to, cx.interfaces)
    }
}

fn fail(to: SocketAddr, cause: Cause, cx: &mut Context<'_>) {
    cx.sink
        .failure(Operation::Send, cx.interfaces.show(to), cause);
}
