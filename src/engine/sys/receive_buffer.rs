//! The receive buffer of a socket: what is asked for, and what the kernel grants.

use socket2::Socket;
use std::io;

/// Asks for a receive buffer, in bytes. A smaller one than asked for is no failure: what was
/// [granted](receive_buffer) is shown.
pub fn ask_receive_buffer(socket: &Socket, bytes: usize) {
    socket.set_recv_buffer_size(bytes).ok();
}

/// The receive buffer that the kernel granted, in bytes.
///
/// # Errors
/// What the system says of it.
pub fn receive_buffer(socket: &Socket) -> io::Result<usize> {
    // Linux doubles what was asked for, for its own bookkeeping (socket(7)).
    let doubled = if cfg!(target_os = "linux") { 2 } else { 1 };
    Ok(socket.recv_buffer_size()? / doubled)
}
