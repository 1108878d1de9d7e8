//! UDP sockets of the far side. Their reads have a deadline.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Only a failing test waits this long.
const DEADLINE: Duration = Duration::from_secs(30);

/// A socket on loopback, and its address.
pub fn far_side() -> (UdpSocket, SocketAddr) {
    bound_to("127.0.0.1:0")
}

/// A socket bound to this address, and its address.
pub fn bound_to(local: &str) -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind(local).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// A server that returns each datagram with these words as a prefix.
#[cfg(target_os = "linux")]
pub fn server(words: &'static str) -> SocketAddr {
    let (socket, address) = far_side();
    std::thread::spawn(move || {
        let mut buffer = [0; 65_535];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            let answer = [words.as_bytes(), &buffer[..count]].concat();
            socket.send_to(&answer, from).unwrap();
        }
    });
    address
}

/// The next datagram.
pub fn receive(socket: &UdpSocket) -> Vec<u8> {
    next(socket).0
}

/// The next datagram, which is text.
pub fn receive_text(socket: &UdpSocket) -> String {
    receive_from(socket).0
}

/// The next datagram, which is text, and its sender.
pub fn receive_from(socket: &UdpSocket) -> (String, SocketAddr) {
    let (bytes, from) = next(socket);
    (String::from_utf8(bytes).unwrap(), from)
}

fn next(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 65_535];
    let (count, from) = socket.recv_from(&mut buffer).unwrap();
    buffer.truncate(count);
    (buffer, from)
}
