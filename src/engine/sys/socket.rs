//! Sockets as this program wants them: non-blocking, dual-stack, with a large receive buffer.

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

/// A bound UDP socket and the receive buffer the kernel granted of what is asked for, in
/// bytes.
///
/// # Errors
/// What the system says of the bind.
pub fn udp(local: SocketAddr, buffer: usize) -> io::Result<(mio::net::UdpSocket, usize)> {
    let socket = new(local, Type::DGRAM, Protocol::UDP)?;
    #[cfg(target_os = "linux")]
    // Otherwise a socket bound to 0.0.0.0 or :: also gets groups that other sockets joined.
    if local.is_ipv4() {
        socket.set_multicast_all_v4(false)?;
    } else {
        // Since Linux 4.20 (ipv6(7)); before that it cannot be helped.
        socket.set_multicast_all_v6(false).ok();
    }
    ask_receive_buffer(&socket, buffer);
    socket.bind(&local.into())?;
    let granted = receive_buffer(&socket)?;
    Ok((mio::net::UdpSocket::from_std(socket.into()), granted))
}

/// A listening socket.
///
/// # Errors
/// What the system says of the bind.
pub fn listen(local: Peer) -> io::Result<Box<dyn StreamListener>> {
    match local {
        Peer::Ip(local) => Ok(Box::new(listen_tcp(local)?)),
        #[cfg(unix)]
        Peer::Named(local) => Ok(Box::new(unix::listen(local)?)),
        _ => Err(ErrorKind::Unsupported.into()),
    }
}

fn listen_tcp(local: SocketAddr) -> io::Result<mio::net::TcpListener> {
    let socket = new(local, Type::STREAM, Protocol::TCP)?;
    reuse_after_close(&socket)?;
    socket.bind(&local.into())?;
    #[cfg(target_os = "linux")]
    make_room(&socket);
    socket.listen(BACKLOG)?;
    Ok(mio::net::TcpListener::from_std(socket.into()))
}

/// Makes room for many descriptors at once, before anybody waits. Linux doubles a
/// process's table whenever it is full and, with several threads, waits tens of
/// milliseconds for it each time (`synchronize_rcu` in fs/file.c): long enough for a
/// thousand clients to overflow the backlog.
#[cfg(target_os = "linux")]
fn make_room(socket: &Socket) {
    use nix::fcntl::{FcntlArg, fcntl};
    for highest in [16_383, 4_095, 1_023] {
        // Refused (EINVAL) above the limit of descriptors (setrlimit(2)).
        if let Ok(copy) = fcntl(socket, FcntlArg::F_DUPFD_CLOEXEC(highest)) {
            nix::unistd::close(copy).ok();
            return;
        }
    }
}

/// A socket that has begun to connect; writable readiness tells when it has ended.
///
/// # Errors
/// What the system says of the bind or of the connect.
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
        Err(error) if !is_under_way(&error) => Err(ConnectError::Connect(error)),
        _ => Ok(mio::net::TcpStream::from_std(socket.into())),
    }
}

/// Which step of connecting failed.
pub enum ConnectError {
    Bind(SocketAddr, io::Error),
    Connect(io::Error),
}

fn new(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if kind == Type::STREAM {
        // Otherwise no read returns a byte sent as urgent (MSG_OOB, telnet's interrupt): it
        // is taken out of the stream (tcp(7), RFC 6093). Accepted sockets inherit it.
        socket.set_out_of_band_inline(true)?;
    }
    if address.is_ipv6() {
        // `::` serves IPv4 too on every system, not only where that is the default.
        socket.set_only_v6(false)?;
    }
    Ok(socket)
}

/// Lets a port be bound again while old connections of it linger (TIME_WAIT). On Windows
/// the same option would let another program take the port over.
fn reuse_after_close(socket: &Socket) -> io::Result<()> {
    if cfg!(windows) {
        Ok(())
    } else {
        socket.set_reuse_address(true)
    }
}

/// Whether connecting goes on in the background: EINPROGRESS, and WSAEWOULDBLOCK on Windows.
/// Elsewhere EAGAIN says that no port is left, and nothing goes on (connect(2)).
fn is_under_way(error: &io::Error) -> bool {
    const IN_PROGRESS: [i32; 2] = [115, 36];
    if cfg!(windows) {
        return error.kind() == io::ErrorKind::WouldBlock;
    }
    error
        .raw_os_error()
        .is_some_and(|code| IN_PROGRESS.contains(&code))
}
