//! The interface of a datagram socket: the system's UDP socket, and in tests a simulated one.

use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::traffic::{Destination, LocalAddresses};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

/// A received datagram with the kernel's metadata.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    pub bytes: &'a [u8],
    pub peer: SocketAddr,
    /// If the kernel reports it (IP_PKTINFO, ip(7)).
    pub destination: Option<Destination>,
    /// The kernel's receive time since 1970, if it reports one (SO_TIMESTAMPNS, socket(7)).
    pub arrived: Option<Duration>,
    /// Whether the datagram was longer than the buffer.
    pub truncated: bool,
    /// Number of datagrams this socket has dropped so far, if the kernel reports it (SO_RXQ_OVFL,
    /// socket(7)).
    pub lost: Option<u32>,
}

impl<'a> Datagram<'a> {
    /// Records the local address the datagram was sent to, for a socket bound to all addresses,
    /// which might reply from another.
    pub fn observe_reached(
        &self,
        local: SocketAddr,
        interfaces: &Interfaces,
        reached: &mut LocalAddresses,
    ) {
        let destination = self.destination.filter(|_| local.ip().is_unspecified());
        let Some(Destination { ip, .. }) = destination else {
            return;
        };
        // Usually known already, which saves the lookup in the interfaces.
        let is_new = reached.of(self.peer) != Some(ip);
        if is_new && !ip.is_multicast() && !interfaces.is_broadcast(ip) {
            reached.observe(self.peer, ip);
        }
    }

    /// A datagram without metadata.
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

/// A bound datagram socket.
pub struct BoundSocket {
    pub socket: Box<dyn DatagramSocket>,
    /// The granted receive buffer in bytes.
    pub granted: usize,
}

/// A non-blocking datagram socket. A call that cannot proceed returns
/// [`io::ErrorKind::WouldBlock`]; readiness reports when it can. Other errors are the system's.
pub trait DatagramSocket: Send {
    /// The system's socket; `None` for a simulated one. It allows batches, the error queue,
    /// multicast groups and the inode.
    fn system(&self) -> Option<&mio::net::UdpSocket> {
        None
    }

    /// Reads one datagram into the buffer.
    fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Datagram<'a>>;

    /// Sends one datagram; with `None`, to the connected peer.
    fn send(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize>;

    /// Connects the socket: from now on it receives from this address only (connect(2)).
    fn connect(&self, remote: SocketAddr) -> io::Result<()>;

    /// Allows sending to broadcast addresses (SO_BROADCAST, socket(7)).
    fn allow_broadcast(&self) -> io::Result<()>;

    /// The local address.
    fn local(&self) -> io::Result<SocketAddr>;

    /// Registers the socket for read readiness under this token.
    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()>;

    /// Changes the requested readiness of a registered socket.
    fn watch_for(&mut self, registry: &Registry, token: Token, what: Interest) -> io::Result<()>;
}

/// Whether a send failed because SO_BROADCAST is not set (EACCES, ip(7)): it is set on demand. EPERM
/// is the verdict of this machine's firewall.
pub fn lacks_broadcast(error: &io::Error) -> bool {
    const EPERM: i32 = 1;
    error.kind() == ErrorKind::PermissionDenied && error.raw_os_error() != Some(EPERM)
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
