//! Opening sockets: non-blocking, dual-stack, with a large receive buffer.

use crate::engine::sys::datagram_socket::BoundSocket;
use crate::engine::sys::endpoint::is_of_many;
use crate::engine::sys::exclusive_port::{self, reuse_after_close};
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::receive_buffer::{ask_receive_buffer, receive_buffer};
use crate::engine::sys::stream_socket::{BACKLOG, StreamListener, StreamSocket};
#[cfg(unix)]
use crate::engine::sys::unix;
use crate::peer::Peer;
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

pub use mio::net::UdpSocket;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

/// Binds a UDP socket, and requests a receive buffer of `buffer` bytes.
///
/// # Errors
/// The system's error.
pub fn udp(local: SocketAddr, buffer: usize) -> io::Result<BoundSocket> {
    let socket = new(local, Type::DGRAM, Protocol::UDP)?;
    #[cfg(target_os = "linux")]
    // Otherwise a socket bound to 0.0.0.0 or :: also receives groups that other sockets joined
    // (IP_MULTICAST_ALL, ip(7)).
    if local.is_ipv4() {
        socket.set_multicast_all_v4(false)?;
    } else {
        // Fails before Linux 4.20 (ipv6(7)), which has no remedy.
        socket.set_multicast_all_v6(false).ok();
    }
    ask_receive_buffer(&socket, buffer);
    bind(&socket, local, Type::DGRAM)?;
    let granted = receive_buffer(&socket)?;
    let socket = Box::new(mio::net::UdpSocket::from_std(socket.into()));
    Ok(BoundSocket { socket, granted })
}

/// Opens a listen socket.
///
/// # Errors
/// The system's error; [`ErrorKind::Unsupported`] for an unnamed peer, or a Unix socket where
/// there are none.
pub fn listen(local: Peer) -> io::Result<Box<dyn StreamListener>> {
    match local {
        Peer::Ip(local) => Ok(Box::new(listen_tcp(local)?)),
        #[cfg(unix)]
        Peer::Named(local) => Ok(Box::new(unix::listen(local)?)),
        _ => Err(ErrorKind::Unsupported.into()),
    }
}

fn listen_tcp(local: SocketAddr) -> io::Result<mio::net::TcpListener> {
    if is_of_many(local.ip()) {
        // Linux would listen on an IPv4 group, to which nobody can connect.
        return Err(io::Error::from_raw_os_error(INVALID));
    }
    let socket = new(local, Type::STREAM, Protocol::TCP)?;
    reuse_after_close(&socket)?;
    bind(&socket, local, Type::STREAM)?;
    #[cfg(target_os = "linux")]
    make_room(&socket);
    socket.listen(BACKLOG)?;
    Ok(mio::net::TcpListener::from_std(socket.into()))
}

/// EINVAL, or WSAEINVAL on Windows.
const INVALID: i32 = if cfg!(windows) { 10_022 } else { 22 };

/// Enlarges the descriptor table in one step, before clients wait. Linux doubles the table
/// whenever it is full and, in a process with several threads, waits tens of milliseconds each
/// time (`synchronize_rcu` in fs/file.c): long enough for a thousand clients to overflow the
/// backlog.
#[cfg(target_os = "linux")]
fn make_room(socket: &Socket) {
    use nix::fcntl::{FcntlArg, fcntl};
    for highest in [16_383, 4_095, 1_023] {
        // Fails with EINVAL above the limit of descriptors (setrlimit(2)).
        if let Ok(copy) = fcntl(socket, FcntlArg::F_DUPFD_CLOEXEC(highest)) {
            nix::unistd::close(copy).ok();
            return;
        }
    }
}

/// Starts to connect a stream socket; writable readiness reports the end of the attempt.
///
/// # Errors
/// The system's error, with the step that failed.
pub fn connect(
    local: Option<SocketAddr>,
    remote: Peer,
) -> Result<Box<dyn StreamSocket>, ConnectError> {
    match remote {
        Peer::Ip(remote) => Ok(Box::new(connect_tcp(local, remote)?)),
        #[cfg(unix)]
        Peer::Named(remote) => {
            let socket = unix::connect(remote).map_err(ConnectError::Connect)?;
            Ok(Box::new(socket))
        }
        _ => Err(ConnectError::Connect(ErrorKind::Unsupported.into())),
    }
}

fn connect_tcp(
    local: Option<SocketAddr>,
    remote: SocketAddr,
) -> Result<mio::net::TcpStream, ConnectError> {
    let socket = new(remote, Type::STREAM, Protocol::TCP).map_err(ConnectError::Connect)?;
    if let Some(local) = local {
        let bound = reuse_after_close(&socket).and_then(|()| socket.bind(&local.into()));
        bound.map_err(|error| ConnectError::Bind(local, error))?;
    }
    match socket.connect(&remote.into()) {
        Err(error) if !is_in_progress(&error) => Err(ConnectError::Connect(error)),
        _ => Ok(mio::net::TcpStream::from_std(socket.into())),
    }
}

/// The error of a connect, by the step that failed.
pub enum ConnectError {
    Bind(SocketAddr, io::Error),
    Connect(io::Error),
}

fn new(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if kind == Type::STREAM {
        // Otherwise an urgent byte (MSG_OOB, telnet's interrupt) is taken out of the stream and no
        // read returns it (tcp(7), RFC 6093). Accepted sockets inherit the option.
        socket.set_out_of_band_inline(true)?;
    }
    if address.is_ipv6() {
        // Makes `::` serve IPv4 too on systems where that is not the default.
        socket.set_only_v6(false)?;
    }
    Ok(socket)
}

/// Binds the socket, to a port that no other has in part.
fn bind(socket: &Socket, local: SocketAddr, kind: Type) -> io::Result<()> {
    if cfg!(not(target_os = "linux")) {
        exclusive_port::check(local, kind, &Interfaces::read())?;
    }
    socket.bind(&local.into())
}

/// Whether a connect continues in the background: EINPROGRESS, or WSAEWOULDBLOCK on Windows.
/// Elsewhere EAGAIN means that no local port is left (connect(2)).
fn is_in_progress(error: &io::Error) -> bool {
    const IN_PROGRESS: [i32; 2] = [115, 36];
    if cfg!(windows) {
        return error.kind() == io::ErrorKind::WouldBlock;
    }
    error
        .raw_os_error()
        .is_some_and(|code| IN_PROGRESS.contains(&code))
}
