//! A socket that carries a stream of bytes, as a connection uses it: those of the system, and
//! in tests one in memory.

use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::peer::Peer;
use socket2::SockRef;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::time::Duration;

/// Connections the kernel holds until they are accepted: what Linux allows by default. When
/// it is full, a client waits a second until its SYN is sent again.
pub const BACKLOG: i32 = 4096;

/// None of its methods blocks: what cannot go on says [`io::ErrorKind::WouldBlock`], and
/// readiness tells when it can.
pub trait StreamSocket: Send {
    /// Reads what has come; 0 bytes are the end.
    ///
    /// # Errors
    /// What the system says of it.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// # Errors
    /// What the system says of it.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes several pieces in one call; says how many bytes were taken.
    ///
    /// # Errors
    /// What the system says of it.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Ends our direction.
    ///
    /// # Errors
    /// What the system says of it.
    fn shutdown_write(&self) -> io::Result<()>;

    /// The error that is pending, where no read or write tells it.
    ///
    /// # Errors
    /// What the system says instead.
    fn take_error(&self) -> io::Result<Option<io::Error>>;

    /// Has closing it reset the connection.
    ///
    /// # Errors
    /// Where there is no such thing.
    fn reset_on_close(&self) -> io::Result<()>;

    /// Has short writes go at once, where they would wait for more.
    fn send_at_once(&self);

    /// Whether bytes have come that nobody has read.
    fn has_unread(&self) -> bool {
        false
    }

    /// Bytes its receive buffer holds, where that is known.
    fn receive_buffer(&self) -> Option<usize>;

    /// Where it is connected from; `None` while it is being connected.
    ///
    /// # Errors
    /// Why it could not be connected.
    fn connected_from(&self) -> io::Result<Option<Peer>>;

    /// Where it is bound, whether it is connected or not any more.
    ///
    /// # Errors
    /// What the system says of it.
    fn local(&self) -> io::Result<Peer>;

    /// Has its readiness told under this token.
    ///
    /// # Errors
    /// What the system says of it.
    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()>;
}

/// A socket that waits for those who connect. None of its methods blocks.
pub trait StreamListener: Send {
    /// The next client that waits, and who it is.
    ///
    /// # Errors
    /// What the system says of it: [`io::ErrorKind::WouldBlock`] where none waits.
    fn accept(&self) -> io::Result<(Box<dyn StreamSocket>, Peer)>;

    /// Where it listens.
    ///
    /// # Errors
    /// What the system says of it.
    fn local(&self) -> io::Result<Peer>;

    /// Has readiness tell when a client waits.
    ///
    /// # Errors
    /// What the system says of it.
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
        // SO_LINGER of 0 (socket(7)).
        SockRef::from(self).set_linger(Some(Duration::ZERO))
    }

    fn send_at_once(&self) {
        // Where it is refused, it only takes longer.
        self.set_nodelay(true).ok();
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
