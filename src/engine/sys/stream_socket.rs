//! The interface of a stream socket: the system's sockets, and in tests simulated ones.

use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::peer::Peer;
use socket2::SockRef;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::time::Duration;

/// Size of the accept queue (listen(2)): Linux's default maximum. When the queue is full, a
/// client waits a second until it retransmits its SYN.
pub const BACKLOG: i32 = 4096;

/// A non-blocking stream socket. A call that cannot proceed returns
/// [`io::ErrorKind::WouldBlock`]; readiness reports when it can.
pub trait StreamSocket: Send {
    /// Reads received bytes; 0 means the end of the stream.
    ///
    /// # Errors
    /// The system's error.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes bytes. Returns how many the kernel took.
    ///
    /// # Errors
    /// The system's error.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes several pieces in one call (writev(2)). Returns how many bytes the kernel took.
    ///
    /// # Errors
    /// The system's error.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Ends our direction (FIN, shutdown(2)).
    ///
    /// # Errors
    /// The system's error.
    fn shutdown_write(&self) -> io::Result<()>;

    /// Takes the pending error (SO_ERROR, socket(7)).
    ///
    /// # Errors
    /// The system's error of the query itself.
    fn take_error(&self) -> io::Result<Option<io::Error>>;

    /// Makes a close reset the connection.
    ///
    /// # Errors
    /// If the socket has no reset, or the system refuses.
    fn reset_on_close(&self) -> io::Result<()>;

    /// Disables Nagle's algorithm (TCP_NODELAY, tcp(7)), which delays small writes, or enables it
    /// again.
    fn send_at_once(&self, on: bool);

    /// Whether received bytes are unread.
    fn has_unread(&self) -> bool {
        false
    }

    /// Size of the receive buffer in bytes, if known.
    fn receive_buffer(&self) -> Option<usize>;

    /// The local address of an established connection; `None` while it is being established.
    ///
    /// # Errors
    /// The error of the connect.
    fn connected_from(&self) -> io::Result<Option<Peer>>;

    /// The local address, whether or not the socket is connected.
    ///
    /// # Errors
    /// The system's error.
    fn local(&self) -> io::Result<Peer>;

    /// Registers the socket for readiness under this token.
    ///
    /// # Errors
    /// The system's error.
    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()>;
}

/// A non-blocking listen socket.
pub trait StreamListener: Send {
    /// Accepts the next waiting client. Returns its socket and address.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::WouldBlock`] if no client waits.
    fn accept(&self) -> io::Result<(Box<dyn StreamSocket>, Peer)>;

    /// The local address.
    ///
    /// # Errors
    /// The system's error.
    fn local(&self) -> io::Result<Peer>;

    /// Registers the socket for readiness under this token: a client waits.
    ///
    /// # Errors
    /// The system's error.
    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()>;
}

impl StreamListener for mio::net::TcpListener {
    fn accept(&self) -> io::Result<(Box<dyn StreamSocket>, Peer)> {
        let (stream, peer) = Self::accept(self)?;
        Ok((Box::new(stream), canonical(peer).into()))
    }

    fn local(&self) -> io::Result<Peer> {
        self.local_addr().map(Peer::from)
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(self, token, Interest::Read)
    }
}

impl StreamSocket for mio::net::TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(self, buffer)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(self, bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        io::Write::write_vectored(self, pieces)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Self::take_error(self)
    }

    fn reset_on_close(&self) -> io::Result<()> {
        // SO_LINGER with 0 seconds (socket(7)).
        SockRef::from(self).set_linger(Some(Duration::ZERO))
    }

    fn send_at_once(&self, on: bool) {
        // If it fails, small writes only take longer, or go in more segments.
        self.set_nodelay(on).ok();
    }

    fn has_unread(&self) -> bool {
        self.peek(&mut [0]).is_ok_and(|count| count > 0)
    }

    fn receive_buffer(&self) -> Option<usize> {
        SockRef::from(self).recv_buffer_size().ok()
    }

    fn connected_from(&self) -> io::Result<Option<Peer>> {
        match self.peer_addr() {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(None),
            Err(error) => Err(error),
            Ok(_) => self.local().map(Some),
        }
    }

    fn local(&self) -> io::Result<Peer> {
        self.local_addr().map(Peer::from)
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(self, token, Interest::ReadAndWrite)
    }
}
