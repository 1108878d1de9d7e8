//! Unix sockets (unix(7)): their names, streams, listeners and datagrams.

use crate::engine::sys::local_sockets::Own;
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

/// A socket of this name, which may be a path, or abstract.
fn address(name: Name) -> io::Result<SockAddr> {
    SockAddr::unix(OsStr::from_bytes(&name.bytes()))
}

/// The name of a socket; `None` if it has none.
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

/// The far side of a stream; one that has no name is another each time.
fn peer(address: &SocketAddr) -> Peer {
    name_of(address).map_or_else(Peer::unnamed, Peer::Named)
}

fn new(kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The file that a bind made: closing the socket leaves it, and nobody could bind that name
/// again.
struct SocketFile {
    path: PathBuf,
    /// Device and inode: another file may have the name by then.
    id: (u64, u64),
}

impl SocketFile {
    /// That of a socket that is bound to this name; `None` if it is abstract.
    fn of(name: Name) -> Option<Self> {
        let bytes = name.bytes();
        let path = PathBuf::from(OsStr::from_bytes(&bytes));
        // A path cannot have a zero byte: there is no such file.
        let file = fs::symlink_metadata(&path).ok()?;
        // The program may change its folder.
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

pub struct Listener {
    socket: UnixListener,
    local: Name,
    _file: Option<SocketFile>,
}

/// A listening socket of this name.
///
/// # Errors
/// What the system says of the bind.
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
        let own = is_from_here(&socket).then(|| Own::new(peer));
        Ok((Box::new(Stream { socket, _own: own }), peer))
    }

    fn local(&self) -> io::Result<Peer> {
        Ok(Peer::Named(self.local))
    }

    fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut self.socket, token, Interest::Read)
    }
}

/// Whether the other end is a socket of this program: a client without a name is known by
/// nothing else.
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

/// A stream, and whether it comes from this program.
pub struct Stream {
    socket: UnixStream,
    _own: Option<Own>,
}

/// A stream to the socket of this name: it is connected, or not at all.
///
/// # Errors
/// What the system says of it.
pub fn connect(remote: Name) -> io::Result<Stream> {
    let socket = new(Type::STREAM)?;
    socket.connect(&address(remote)?)?;
    Ok(Stream {
        socket: UnixStream::from_std(socket.into()),
        _own: None,
    })
}

impl StreamSocket for Stream {
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

    /// There is no reset: the peer sees an end, or an error where bytes are left unread.
    fn reset_on_close(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nothing waits for more.
    fn send_at_once(&self) {}

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

pub struct DatagramSocket {
    socket: UnixDatagram,
    /// Its name; without one nobody can send to it.
    pub local: Option<Name>,
    /// Bytes of its receive buffer.
    pub receive_buffer: usize,
    _file: Option<SocketFile>,
    _own: Option<Own>,
}

/// A socket for datagrams of this name; without one, on Linux, of an abstract name that the
/// system chooses.
///
/// # Errors
/// What the system says of it.
pub fn datagrams(local: Option<Name>, buffer: usize) -> io::Result<DatagramSocket> {
    let socket = new(Type::DGRAM)?;
    ask_receive_buffer(&socket, buffer);
    // No datagram is longer than it.
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
    Ok(DatagramSocket {
        socket,
        local,
        receive_buffer,
        _file: file,
        _own: local.map(|name| Own::new(Peer::Named(name))),
    })
}

impl DatagramSocket {
    /// The next datagram: its length, and who sent it.
    ///
    /// # Errors
    /// What the system says of it: [`io::ErrorKind::WouldBlock`] where none has come.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<Name>)> {
        let (length, from) = self.socket.recv_from(buffer)?;
        Ok((length, name_of(&from)))
    }

    /// # Errors
    /// What the system says of it: [`io::ErrorKind::WouldBlock`] where the receiver has no
    /// room, and nothing tells when it has.
    pub fn send(&self, to: Name, bytes: &[u8]) -> io::Result<()> {
        let sent = SockRef::from(&self.socket).send_to(bytes, &address(to)?);
        sent.map(|_| ())
    }

    /// The longest datagram it sends, in bytes: one takes 32 bytes of the send buffer for
    /// itself (`unix_dgram_sendmsg` in net/unix/af_unix.c).
    ///
    /// # Errors
    /// What the system says of it.
    pub fn longest(&self) -> io::Result<usize> {
        let size = SockRef::from(&self.socket).send_buffer_size()?;
        Ok(size.saturating_sub(32))
    }

    /// Has readiness tell when a datagram has come.
    ///
    /// # Errors
    /// What the system says of it.
    pub fn watch(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut self.socket, token, Interest::Read)
    }
}
