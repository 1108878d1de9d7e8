//! The send queue of one UDP socket.

use crate::engine::sys::datagram_socket::{DatagramSocket, lacks_broadcast};
use crate::engine::sys::limits::{SEND_QUEUE, max_datagram};
use crate::engine::transport::batches::Batches;
use crate::engine::transport::queued_datagram::QueuedDatagram;
use crate::traffic::Cause;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// Maximum number of datagrams and bytes of one batch.
const MANY: usize = 64;
const BYTES: usize = 256 << 10;

/// Datagrams in the order they are sent, bounded by [`SEND_QUEUE`] bytes.
#[derive(Debug, Default)]
pub struct SendQueue {
    waiting: VecDeque<QueuedDatagram>,
    bytes: usize,
    /// Whether the kernel's send buffer is full.
    blocked: bool,
    batches: Batches,
}

/// Why no datagram was sent.
#[derive(Debug)]
pub enum QueueRefusal {
    /// The datagram stays in the queue.
    Later,
    /// The first datagram failed and left the queue.
    Never(io::Error, Box<QueuedDatagram>),
}

impl SendQueue {
    /// Appends a datagram.
    ///
    /// # Errors
    /// If the datagram exceeds the maximum length, or the queue is full.
    pub fn push(&mut self, datagram: QueuedDatagram) -> Result<(), Cause> {
        self.admits(datagram.bytes.len(), datagram.to)?;
        self.bytes += datagram.bytes.len();
        self.waiting.push_back(datagram);
        Ok(())
    }

    /// Checks whether a datagram of this length to this address can be queued.
    ///
    /// # Errors
    /// If it exceeds the maximum length, or the queue is full.
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

    /// Puts a failed datagram back to the front.
    pub fn put_back(&mut self, datagram: QueuedDatagram) {
        self.bytes += datagram.bytes.len();
        self.waiting.push_front(datagram);
    }

    /// Number of queued bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a datagram is queued and the kernel has room.
    pub fn can_send(&self) -> bool {
        !self.blocked && !self.waiting.is_empty()
    }

    /// Whether the kernel's send buffer is full. Only then is write readiness requested: it would
    /// otherwise wake the worker after each datagram.
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

    /// Sends as many datagrams as the kernel takes in one call and returns them.
    ///
    /// # Errors
    /// If the kernel took none.
    pub fn send(
        &mut self,
        socket: &dyn DatagramSocket,
    ) -> Result<Vec<QueuedDatagram>, QueueRefusal> {
        let mut size = 0;
        // One call has one source address.
        let from = self.waiting.front().and_then(|datagram| datagram.from);
        let batch = self.waiting.iter().take(MANY).take_while(|datagram| {
            size += datagram.bytes.len();
            size <= BYTES.max(datagram.bytes.len()) && datagram.from == from
        });
        let count = batch.count();
        let batch = self.waiting.make_contiguous();
        let batch = batch.get(..count).unwrap_or_default();
        let sent = match self.batches.send(socket, batch) {
            Err(error) if lacks_broadcast(&error) => socket
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
                Err(QueueRefusal::Later)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(QueueRefusal::Later),
            Err(error) => Err(match self.waiting.pop_front() {
                None => QueueRefusal::Later,
                Some(datagram) => {
                    self.bytes -= datagram.bytes.len();
                    QueueRefusal::Never(error, Box::new(datagram))
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
    use nix::sys::socket::{setsockopt, sockopt};
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
        // On loopback the ICMP error arrived before the send returned.
        let Err(QueueRefusal::Never(error, refused)) = queue.send(&socket) else {
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

    #[test]
    fn datagrams_are_packets_of_their_own_unless_they_may_be_segments() {
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let wait = std::time::Duration::from_secs(10);
        peer.set_read_timeout(Some(wait)).unwrap();
        // The segments of a packet are read together.
        setsockopt(&peer, sockopt::UdpGroSegment, &true).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut queue = SendQueue::default();
        for segment in [true, false] {
            for _ in 0..8 {
                let datagram = QueuedDatagram {
                    to: peer.local_addr().unwrap(),
                    from: None,
                    bytes: Arc::from(&b"hello"[..]),
                    reason: Reason {
                        segment,
                        ..Reason::default()
                    },
                };
                queue.push(datagram).unwrap();
            }
        }
        while queue.can_send() {
            queue.send(&socket).unwrap();
        }
        let mut buffer = [0; 64];
        let lengths = [(); 9].map(|()| peer.recv(&mut buffer).unwrap());
        assert_eq!(lengths, [40, 5, 5, 5, 5, 5, 5, 5, 5]);
    }
}
