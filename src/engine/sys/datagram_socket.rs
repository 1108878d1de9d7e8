//! A socket that carries datagrams, as `UdpSocket` uses it: those of the system, and in tests
//! one in memory.

use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::traffic::Reached;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A datagram and what the kernel says of it.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    pub bytes: &'a [u8],
    pub peer: SocketAddr,
    /// The address it was sent to and the interface it came by, where the kernel tells.
    pub destination: Option<(std::net::IpAddr, u32)>,
    /// When it reached the kernel, since 1970, where the kernel tells.
    pub arrived: Option<Duration>,
    /// Whether the buffer was too short for it.
    pub truncated: bool,
    /// Datagrams this socket has lost so far, where the kernel tells.
    pub lost: Option<u32>,
}

impl<'a> Datagram<'a> {
    /// Notes at which address of ours it came to a socket bound to `local`, where that would
    /// answer from another.
    pub fn note_reached(&self, local: SocketAddr, interfaces: &Interfaces, reached: &mut Reached) {
        let destination = self.destination.filter(|_| local.ip().is_unspecified());
        let Some((ip, _)) = destination else {
            return;
        };
        // Of most it is known by now: whose address it is need not be looked up again.
        let is_new = reached.of(self.peer) != Some(ip);
        if is_new && !ip.is_multicast() && !interfaces.is_broadcast(ip) {
            reached.note(self.peer, ip);
        }
    }

    /// One of which nothing more is known.
    pub fn bare(bytes: &'a [u8], peer: SocketAddr) -> Self {
        Self {
            bytes,
            peer,
            destination: None,
            arrived: None,
            truncated: false,
            lost: None,
        }
    }
}

/// None of its methods blocks: what cannot go on says [`io::ErrorKind::WouldBlock`], and
/// readiness tells when it can. Their errors are what the system says of them.
pub trait DatagramSocket: Send {
    /// The system's socket, if it is one. It is read and written in batches, and has what only
    /// a kernel has: an error queue, groups, a number.
    fn system(&self) -> Option<&mio::net::UdpSocket> {
        None
    }

    /// Reads one datagram into the buffer.
    fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Datagram<'a>>;

    /// Sends one; without an address, to the peer it is connected to.
    fn send(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize>;

    /// Hears this address alone from now on.
    fn connect(&self, remote: SocketAddr) -> io::Result<()>;

    /// Lets datagrams go to whole networks.
    fn allow_broadcast(&self) -> io::Result<()>;

    /// Where it is bound.
    fn local(&self) -> io::Result<SocketAddr>;

    /// Has it told under this token what there is to read.
    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()>;

    /// The same for something else, of a socket that is watched already.
    fn watch_for(&mut self, registry: &Registry, token: Token, what: Interest) -> io::Result<()>;
}

impl DatagramSocket for mio::net::UdpSocket {
    fn system(&self) -> Option<&mio::net::UdpSocket> {
        Some(self)
    }

    fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Datagram<'a>> {
        let (count, peer) = self.recv_from(buffer)?;
        Ok(Datagram::bare(
            buffer.get(..count).unwrap_or_default(),
            peer,
        ))
    }

    fn send(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
        match to {
            Some(to) => self.send_to(bytes, to),
            None => Self::send(self, bytes),
        }
    }

    fn connect(&self, remote: SocketAddr) -> io::Result<()> {
        Self::connect(self, remote)
    }

    fn allow_broadcast(&self) -> io::Result<()> {
        self.set_broadcast(true)
    }

    fn local(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(self, token, Interest::Read)
    }

    fn watch_for(&mut self, registry: &Registry, token: Token, what: Interest) -> io::Result<()> {
        registry.change(self, token, what)
    }
}
