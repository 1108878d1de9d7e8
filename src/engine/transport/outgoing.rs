//! Datagrams on their way to the kernel.

use crate::engine::context::reason::Reason;
use crate::engine::sys::limits::{SEND_QUEUE, max_datagram};
use crate::traffic::Cause;
use socket2::SockRef;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Datagrams and bytes handed over at once.
const MANY: usize = 64;
const BYTES: usize = 256 << 10;

/// A datagram, where it goes, and why.
#[derive(Debug)]
pub struct QueuedDatagram {
    pub to: SocketAddr,
    /// The address of ours that it is to leave from, where that is not the kernel's choice.
    pub from: Option<IpAddr>,
    pub bytes: Arc<[u8]>,
    pub reason: Reason,
}

/// What waits until one socket takes it, in the order it was ordered.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: VecDeque<QueuedDatagram>,
    bytes: usize,
    /// The kernel has no room.
    blocked: bool,
    batches: platform::Batches,
}

impl Outgoing {
    /// # Errors
    /// Why it cannot wait here: no datagram is that long, or too much waits already.
    pub fn push(&mut self, letter: QueuedDatagram) -> Result<(), Cause> {
        let (length, limit) = (letter.bytes.len(), max_datagram(letter.to.ip()));
        if length > limit {
            return Err(Cause::TooLong { length, limit });
        }
        if self.bytes + length > SEND_QUEUE {
            let limit = SEND_QUEUE;
            return Err(Cause::QueueFull { length, limit });
        }
        self.bytes += length;
        self.waiting.push_back(letter);
        Ok(())
    }

    /// The one that was refused last goes first after all.
    pub fn put_back(&mut self, letter: QueuedDatagram) {
        self.bytes += letter.bytes.len();
        self.waiting.push_front(letter);
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the kernel may take one.
    pub fn can_send(&self) -> bool {
        !self.blocked && !self.waiting.is_empty()
    }

    /// Whether the kernel has no room.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The kernel has room again.
    pub fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Hands over as many as the kernel takes at once, and returns them.
    ///
    /// # Errors
    /// What the kernel says of the first one: with the datagram if it does not go, with
    /// `None` if it waits on.
    pub fn send(
        &mut self,
        socket: &mio::net::UdpSocket,
    ) -> Result<Vec<QueuedDatagram>, (io::Error, Option<Box<QueuedDatagram>>)> {
        let mut size = 0;
        // One call sends from one address.
        let from = self.waiting.front().and_then(|letter| letter.from);
        let batch = self.waiting.iter().take(MANY).take_while(|letter| {
            size += letter.bytes.len();
            size <= BYTES.max(letter.bytes.len()) && letter.from == from
        });
        let count = batch.count();
        let batch = self
            .waiting
            .make_contiguous()
            .get(..count)
            .unwrap_or_default();
        let sent = match self.batches.send(socket, batch) {
            // EACCES without SO_BROADCAST (ip(7)): allowed once the kernel asks for it.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => SockRef::from(socket)
                .set_broadcast(true)
                .and_then(|()| self.batches.send(socket, batch)),
            other => other,
        };
        match sent {
            Ok(count) => {
                let sent: Vec<QueuedDatagram> = self
                    .waiting
                    .drain(..count.min(self.waiting.len()))
                    .collect();
                self.bytes -= sent.iter().map(|letter| letter.bytes.len()).sum::<usize>();
                Ok(sent)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.blocked = true;
                Err((error, None))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err((error, None)),
            Err(error) => {
                let refused = self.waiting.pop_front();
                self.bytes -= refused.as_ref().map_or(0, |letter| letter.bytes.len());
                Err((error, refused.map(Box::new)))
            }
        }
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use super::QueuedDatagram;
    use crate::engine::sys::source;
    use crate::engine::sys::source::Source;
    use crate::engine::sys::source::destination;
    use mio::net::UdpSocket;
    use nix::libc;
    use nix::sys::socket::{
        ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg, sendmsg,
    };
    use std::io::{self, IoSlice};
    use std::os::fd::AsRawFd as _;

    /// Fewer than this are not worth a train.
    const TRAIN: usize = 4;
    /// What one train may hold: UDP_MAX_SEGMENTS of older kernels, and an IP packet's bytes.
    const WAGONS: usize = 64;
    const TRAIN_BYTES: usize = 65_000;

    /// How this socket takes many at once.
    #[derive(Debug)]
    pub struct Batches {
        /// The longest datagrams that go as a train (UDP_SEGMENT, udp(7)).
        longest_in_train: usize,
        /// Whether there is sendmmsg.
        many: bool,
        /// Whether the socket is an IPv6 one, once that was asked: it does not change.
        ipv6: Option<bool>,
    }

    impl Default for Batches {
        fn default() -> Self {
            Self {
                longest_in_train: TRAIN_BYTES / TRAIN,
                many: true,
                ipv6: None,
            }
        }
    }

    impl Batches {
        /// Sends the first of these, and as many behind it as go with it.
        ///
        /// # Errors
        /// What the kernel says of the first.
        pub fn send(&mut self, socket: &UdpSocket, batch: &[QueuedDatagram]) -> io::Result<usize> {
            let ipv6 = match self.ipv6 {
                Some(ipv6) => ipv6,
                None => *self.ipv6.insert(socket.local_addr()?.is_ipv6()),
            };
            let train = self.train(batch);
            if train.len() >= TRAIN {
                match send_train(socket, train, ipv6) {
                    Ok(()) => return Ok(train.len()),
                    Err(error @ (nix::Error::EAGAIN | nix::Error::EINTR)) => {
                        return Err(error.into());
                    }
                    // Longer than the way's MTU, or a device that cannot.
                    Err(nix::Error::EINVAL | nix::Error::EMSGSIZE | nix::Error::EIO) => {
                        let length = train.first().map_or(0, |letter| letter.bytes.len());
                        self.longest_in_train = length.saturating_sub(1);
                    }
                    // Whatever else there is, the first one alone will say.
                    Err(_) => {}
                }
            }
            match batch {
                [] => Ok(0),
                [_, _, ..] if self.many => match send_many(socket, batch, ipv6) {
                    Err(nix::Error::ENOSYS) => {
                        self.many = false;
                        self.send(socket, batch)
                    }
                    sent => Ok(sent?),
                },
                [letter, ..] => {
                    source::send(socket, &letter.bytes, letter.from, letter.to, ipv6)?;
                    Ok(1)
                }
            }
        }

        /// The first of these that have one destination and one length.
        fn train<'a>(&self, batch: &'a [QueuedDatagram]) -> &'a [QueuedDatagram] {
            let Some(first) = batch.first() else {
                return &[];
            };
            let length = first.bytes.len();
            if length == 0 || length > self.longest_in_train {
                return &[];
            }
            let most = WAGONS.min(TRAIN_BYTES / length);
            let alike =
                |letter: &&QueuedDatagram| letter.to == first.to && letter.bytes.len() == length;
            let count = batch.iter().take(most).take_while(alike).count();
            batch.get(..count).unwrap_or_default()
        }
    }

    fn send_train(socket: &UdpSocket, train: &[QueuedDatagram], ipv6: bool) -> nix::Result<()> {
        let Some(first) = train.first() else {
            return Ok(());
        };
        let slices: Vec<IoSlice<'_>> = train
            .iter()
            .map(|letter| IoSlice::new(&letter.bytes))
            .collect();
        let length = u16::try_from(first.bytes.len()).map_err(|_| nix::Error::EINVAL)?;
        let address = SockaddrStorage::from(destination(first.to, ipv6));
        let source = first.from.map(|from| Source::new(from, ipv6));
        let mut controls = vec![ControlMessage::UdpGsoSegments(&length)];
        controls.extend(source.as_ref().map(Source::control));
        sendmsg(
            socket.as_raw_fd(),
            &slices,
            &controls,
            MsgFlags::MSG_DONTWAIT,
            Some(&address),
        )?;
        Ok(())
    }

    fn send_many(socket: &UdpSocket, batch: &[QueuedDatagram], ipv6: bool) -> nix::Result<usize> {
        let slices: Vec<[IoSlice<'_>; 1]> = batch
            .iter()
            .map(|letter| [IoSlice::new(&letter.bytes)])
            .collect();
        let addresses: Vec<Option<SockaddrStorage>> = batch
            .iter()
            .map(|letter| Some(SockaddrStorage::from(destination(letter.to, ipv6))))
            .collect();
        // They have one source; see above.
        let from = batch.first().and_then(|letter| letter.from);
        let source = from.map(|from| Source::new(from, ipv6));
        let controls: Vec<ControlMessage<'_>> = source.iter().map(Source::control).collect();
        let room = (!controls.is_empty()).then(|| nix::cmsg_space!(libc::in6_pktinfo));
        let mut headers = MultiHeaders::preallocate(batch.len(), room);
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL);
        let results = sendmmsg(
            socket.as_raw_fd(),
            &mut headers,
            &slices,
            &addresses,
            &controls,
            flags,
        )?;
        Ok(results.count())
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::QueuedDatagram;
    use crate::engine::sys::source;
    use mio::net::UdpSocket;
    use std::io;

    #[derive(Debug, Default)]
    pub struct Batches;

    impl Batches {
        /// Sends the first of these.
        ///
        /// # Errors
        /// What the system says of it.
        pub fn send(&mut self, socket: &UdpSocket, batch: &[QueuedDatagram]) -> io::Result<usize> {
            let Some(letter) = batch.first() else {
                return Ok(0);
            };
            let ipv6 = socket.local_addr()?.is_ipv6();
            source::send(socket, &letter.bytes, letter.from, letter.to, ipv6)?;
            Ok(1)
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::engine::transport::icmp;

    #[test]
    fn the_error_of_an_earlier_one_keeps_a_lone_one_from_going_only_once() {
        let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let nobody = closed.local_addr().unwrap();
        drop(closed);
        let local = "127.0.0.1:0".parse().unwrap();
        let socket = mio::net::UdpSocket::bind(local).unwrap();
        icmp::enable(&socket, local).unwrap();
        let mut outgoing = Outgoing::default();
        let letter = |to| QueuedDatagram {
            to,
            from: None,
            bytes: Arc::from(&b"hello"[..]),
            reason: Reason::default(),
        };
        outgoing.push(letter(nobody)).unwrap();
        assert_eq!(outgoing.send(&socket).unwrap().len(), 1);
        outgoing.push(letter(peer.local_addr().unwrap())).unwrap();
        // On loopback the answer of the closed port was there before the send returned.
        let (error, refused) = outgoing.send(&socket).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!((outgoing.len(), outgoing.bytes()), (0, 0));
        outgoing.put_back(*refused.unwrap());
        assert_eq!((outgoing.len(), outgoing.bytes()), (1, 5));
        assert_eq!(outgoing.send(&socket).unwrap().len(), 1);
        let mut buffer = [0; 8];
        assert_eq!(peer.recv(&mut buffer).unwrap(), 5);
    }
}
