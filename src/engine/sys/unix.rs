//! Unix sockets (unix(7)): their names, streams, listeners and datagrams.

use crate::engine::sys::local_sockets::RegisteredSocket;
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::engine::sys::receive_buffer::{ask_receive_buffer, receive_buffer};
use crate::engine::sys::stream_socket::{BACKLOG, StreamListener, StreamSocket};
use crate::peer::{Name, Peer};
use mio::net::{UnixDatagram, UnixListener, UnixStream};
use socket2::{Domain, SockAddr, SockRef, Socket, Type};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::SocketAddr;
use std::path::PathBuf;

/// The address of a name: a path or an abstract name.
fn address(name: Name) -> io::Result<SockAddr> {
    SockAddr::unix(OsStr::from_bytes(&name.bytes()))
}

/// The name of a socket; `None` for an unnamed one.
fn name_of(address: &SocketAddr) -> Option<Name> {
    if let Some(path) = address.as_pathname() {
        return Name::new(path.as_os_str().as_bytes());
    }
    abstract_name(address)
}

#[cfg(target_os = "linux")]
fn abstract_name(address: &SocketAddr) -> Option<Name> {
    use std::os::linux::net::SocketAddrExt as _;
    Name::new(&[&[0], address.as_abstract_name()?].concat())
}

#[cfg(not(target_os = "linux"))]
fn abstract_name(_: &SocketAddr) -> Option<Name> {
    None
}

/// The peer of a stream. Each unnamed socket is a peer of its own.
fn peer(address: &SocketAddr) -> Peer {
    name_of(address).map_or_else(Peer::unnamed, Peer::Named)
}

fn new(kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The file that a bind created, removed on drop: closing the socket leaves it, and the name
/// could not be bound again.
struct SocketFile {
    path: PathBuf,
    /// Device and inode, since another file may have taken the name.
    id: (u64, u64),
}

impl SocketFile {
    /// The file of a bound socket; `None` for an abstract name.
    fn of(name: Name) -> Option<Self> {
        let bytes = name.bytes();
        let path = PathBuf::from(OsStr::from_bytes(&bytes));
        // An abstract name starts with a zero byte, which no path contains, so this fails for it.
        let file = fs::symlink_metadata(&path).ok()?;
        // The process may change its working directory.
        let path = std::path::absolute(path).ok()?;
        let id = (file.dev(), file.ino());
        Some(Self { path, id })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let file = fs::symlink_metadata(&self.path);
        if file.is_ok_and(|file| (file.dev(), file.ino()) == self.id) {
            fs::remove_file(&self.path).ok();
        }
    }
}

/// A listen socket with its file, which is removed on drop.
pub struct Listener {
    socket: UnixListener,
    local: Name,
    _file: Option<SocketFile>,
}

/// Opens a listen socket with this name.
///
/// # Errors
/// The system's error.
pub fn listen(local: Name) -> io::Result<Listener> {
    let socket = new(Type::STREAM)?;
    socket.bind(&address(local)?)?;
    let file = SocketFile::of(local);
    socket.listen(BACKLOG)?;
    Ok(Listener {
        socket: UnixListener::from_std(socket.into()),
        local,
        _file: file,
    })
}

impl StreamListener for Listener {
    fn accept(&self) -> io::Result<(Box<dyn StreamSocket>, Peer)> {
        let (socket, address) = self.socket.accept()?;
        let peer = peer(&address);
        let own = is_from_here(&socket).then(|| RegisteredSocket::new(peer));
        Ok((Box::new(UnixStreamSocket { socket, _own: own }), peer))
    }

    fn local(&self) -> io::Result<Peer> {
        Ok(Peer::Named(self.local))
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut self.socket, token, Interest::Read)
    }
}

/// Whether the peer is a socket of this process (SO_PEERCRED, unix(7)). An unnamed client has
/// nothing else to identify it.
#[cfg(target_os = "linux")]
fn is_from_here(socket: &UnixStream) -> bool {
    use nix::sys::socket::{getsockopt, sockopt};
    let peer = getsockopt(socket, sockopt::PeerCredentials);
    peer.is_ok_and(|peer| u32::try_from(peer.pid()) == Ok(std::process::id()))
}

#[cfg(not(target_os = "linux"))]
fn is_from_here(_: &UnixStream) -> bool {
    false
}

/// A stream; `_own` is set if its peer is a socket of this process.
pub struct UnixStreamSocket {
    socket: UnixStream,
    _own: Option<RegisteredSocket>,
}

/// Connects a stream to the socket of this name, at once or not at all.
///
/// # Errors
/// The system's error.
pub fn connect(remote: Name) -> io::Result<UnixStreamSocket> {
    let socket = new(Type::STREAM)?;
    socket.connect(&address(remote)?)?;
    Ok(UnixStreamSocket {
        socket: UnixStream::from_std(socket.into()),
        _own: None,
    })
}

impl StreamSocket for UnixStreamSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.socket, buffer)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut self.socket, bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        io::Write::write_vectored(&mut self.socket, pieces)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// Unix sockets have no reset: the peer reads the end of the stream, or an error if bytes were
    /// left unread.
    fn reset_on_close(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Unix sockets do not delay small writes.
    fn send_at_once(&self, _on: bool) {}

    fn has_unread(&self) -> bool {
        let peeked = SockRef::from(&self.socket).peek(&mut [MaybeUninit::new(0)]);
        peeked.is_ok_and(|count| count > 0)
    }

    fn receive_buffer(&self) -> Option<usize> {
        SockRef::from(&self.socket).recv_buffer_size().ok()
    }

    fn connected_from(&self) -> io::Result<Option<Peer>> {
        self.local().map(Some)
    }

    fn local(&self) -> io::Result<Peer> {
        let name = name_of(&self.socket.local_addr()?);
        Ok(name.map_or(Peer::NAMELESS, Peer::Named))
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut self.socket, token, Interest::ReadAndWrite)
    }
}

/// A datagram socket with its file, which is removed on drop.
pub struct UnixDatagramSocket {
    socket: UnixDatagram,
    /// Its name; no one can send to a socket without a name.
    pub local: Option<Name>,
    /// Granted size of the receive buffer in bytes.
    pub receive_buffer: usize,
    _file: Option<SocketFile>,
    _own: Option<RegisteredSocket>,
}

/// Binds a datagram socket to this name; with `None`, on Linux, to an abstract name of the
/// system's choice (autobind, unix(7)).
///
/// # Errors
/// The system's error.
pub fn datagrams(local: Option<Name>, buffer: usize) -> io::Result<UnixDatagramSocket> {
    let socket = new(Type::DGRAM)?;
    ask_receive_buffer(&socket, buffer);
    // The send buffer limits the length of a datagram.
    socket.set_send_buffer_size(buffer).ok();
    match local {
        Some(name) => socket.bind(&address(name)?)?,
        None if cfg!(target_os = "linux") => socket.bind(&SockAddr::unix("")?)?,
        None => {}
    }
    let file = local.and_then(SocketFile::of);
    let receive_buffer = receive_buffer(&socket)?;
    let socket = UnixDatagram::from_std(socket.into());
    let local = name_of(&socket.local_addr()?);
    Ok(UnixDatagramSocket {
        socket,
        local,
        receive_buffer,
        _file: file,
        _own: local.map(|name| RegisteredSocket::new(Peer::Named(name))),
    })
}

impl UnixDatagramSocket {
    /// Receives the next datagram. Returns its length and its sender's name.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::WouldBlock`] if none is pending.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<Name>)> {
        let (length, from) = self.socket.recv_from(buffer)?;
        Ok((length, name_of(&from)))
    }

    /// Sends one datagram.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::WouldBlock`] if the receiver has no room, and no
    /// readiness reports when it has.
    pub fn send(&self, to: Name, bytes: &[u8]) -> io::Result<()> {
        let sent = SockRef::from(&self.socket).send_to(bytes, &address(to)?);
        sent.map(|_| ())
    }

    /// Maximum length of a datagram to send, in bytes: the send buffer less 32 bytes of overhead
    /// (`unix_dgram_sendmsg` in net/unix/af_unix.c).
    ///
    /// # Errors
    /// The system's error.
    pub fn longest(&self) -> io::Result<usize> {
        let size = SockRef::from(&self.socket).send_buffer_size()?;
        Ok(size.saturating_sub(32))
    }

    /// Registers the socket for read readiness under this token.
    ///
    /// # Errors
    /// The system's error.
    pub fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut self.socket, token, Interest::Read)
    }
}
