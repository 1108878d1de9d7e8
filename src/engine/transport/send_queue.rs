//! Datagrams that wait until one socket takes them, in the order they were sent.

use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::limits::{SEND_QUEUE, max_datagram};
use crate::engine::transport::batches::Batches;
use crate::engine::transport::queued_datagram::QueuedDatagram;
use crate::traffic::Cause;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// Datagrams and bytes handed over at once.
const MANY: usize = 64;
const BYTES: usize = 256 << 10;

#[derive(Debug, Default)]
pub struct SendQueue {
    waiting: VecDeque<QueuedDatagram>,
    bytes: usize,
    /// The kernel has no room.
    blocked: bool,
    batches: Batches,
}

/// Why nothing was handed over.
#[derive(Debug)]
pub enum Refusal {
    /// It waits on.
    Later,
    /// The first one does not go.
    Never(io::Error, Box<QueuedDatagram>),
}

impl SendQueue {
    /// # Errors
    /// Why it cannot wait here: no datagram is that long, or too much waits already.
    pub fn push(&mut self, datagram: QueuedDatagram) -> Result<(), Cause> {
        self.admits(datagram.bytes.len(), datagram.to)?;
        self.bytes += datagram.bytes.len();
        self.waiting.push_back(datagram);
        Ok(())
    }

    /// # Errors
    /// Why one of this length cannot go to this address, or cannot wait.
    pub fn admits(&self, length: usize, to: SocketAddr) -> Result<(), Cause> {
        let limit = max_datagram(to.ip());
        if length > limit {
            return Err(Cause::TooLong { length, limit });
        }
        if self.bytes + length > SEND_QUEUE {
            let limit = SEND_QUEUE;
            return Err(Cause::QueueFull { length, limit });
        }
        Ok(())
    }

    /// The one that was refused last goes first after all.
    pub fn put_back(&mut self, datagram: QueuedDatagram) {
        self.bytes += datagram.bytes.len();
        self.waiting.push_front(datagram);
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether the kernel may take one.
    pub fn can_send(&self) -> bool {
        !self.blocked && !self.waiting.is_empty()
    }

    /// Whether the kernel has no room. Only then is it asked to say when it has: it would say
    /// so after every datagram, and wake the worker for nothing.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    pub fn block(&mut self) {
        self.blocked = true;
    }

    /// The kernel has room again.
    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Hands over as many as the kernel takes at once, and returns them.
    ///
    /// # Errors
    /// If the kernel took none.
    pub fn send(&mut self, socket: &dyn DatagramSocket) -> Result<Vec<QueuedDatagram>, Refusal> {
        let mut size = 0;
        // One call sends from one address.
        let from = self.waiting.front().and_then(|datagram| datagram.from);
        let batch = self.waiting.iter().take(MANY).take_while(|datagram| {
            size += datagram.bytes.len();
            size <= BYTES.max(datagram.bytes.len()) && datagram.from == from
        });
        let count = batch.count();
        let batch = self.waiting.make_contiguous();
        let batch = batch.get(..count).unwrap_or_default();
        let sent = match self.batches.send(socket, batch) {
            // EACCES without SO_BROADCAST (ip(7)): allowed once the kernel asks for it.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => socket
                .allow_broadcast()
                .and_then(|()| self.batches.send(socket, batch)),
            other => other,
        };
        match sent {
            Ok(count) => {
                let count = count.min(self.waiting.len());
                let sent: Vec<QueuedDatagram> = self.waiting.drain(..count).collect();
                let bytes = sent.iter().map(|datagram| datagram.bytes.len());
                self.bytes -= bytes.sum::<usize>();
                Ok(sent)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.blocked = true;
                Err(Refusal::Later)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(Refusal::Later),
            Err(error) => Err(match self.waiting.pop_front() {
                None => Refusal::Later,
                Some(datagram) => {
                    self.bytes -= datagram.bytes.len();
                    Refusal::Never(error, Box::new(datagram))
                }
            }),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::engine::context::reason::Reason;
    use crate::engine::sys::socket::UdpSocket;
    use crate::engine::transport::icmp;
    use std::sync::Arc;

    #[test]
    fn the_error_of_an_earlier_one_keeps_a_lone_one_from_going_only_once() {
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let nobody = closed.local_addr().unwrap();
        drop(closed);
        let local = "127.0.0.1:0".parse().unwrap();
        let socket = UdpSocket::bind(local).unwrap();
        icmp::enable(&socket, local).unwrap();
        let mut queue = SendQueue::default();
        let datagram = |to| QueuedDatagram {
            to,
            from: None,
            bytes: Arc::from(&b"hello"[..]),
            reason: Reason::default(),
        };
        queue.push(datagram(nobody)).unwrap();
        assert_eq!(queue.send(&socket).unwrap().len(), 1);
        queue.push(datagram(peer.local_addr().unwrap())).unwrap();
        // On loopback the answer of the closed port was there before the send returned.
        let Err(Refusal::Never(error, refused)) = queue.send(&socket) else {
            panic!("it is not refused");
        };
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!((queue.len(), queue.bytes()), (0, 0));
        queue.put_back(*refused);
        assert_eq!((queue.len(), queue.bytes()), (1, 5));
        assert_eq!(queue.send(&socket).unwrap().len(), 1);
        let mut buffer = [0; 8];
        assert_eq!(peer.recv(&mut buffer).unwrap(), 5);
    }
}
