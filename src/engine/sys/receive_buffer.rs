//! The receive buffer of a socket (SO_RCVBUF, socket(7)): requested and granted size.

use socket2::Socket;
use std::io;

/// Requests a receive buffer of this size in bytes. The system may grant less;
/// [`receive_buffer`] returns the granted size.
pub fn ask_receive_buffer(socket: &Socket, bytes: usize) {
    socket.set_recv_buffer_size(bytes).ok();
}

/// The granted size of the receive buffer in bytes.
///
/// # Errors
/// The system's error.
pub fn receive_buffer(socket: &Socket) -> io::Result<usize> {
    // Linux doubles the requested size for its own bookkeeping (socket(7)).
    let doubled = if cfg!(target_os = "linux") { 2 } else { 1 };
    Ok(socket.recv_buffer_size()? / doubled)
}
