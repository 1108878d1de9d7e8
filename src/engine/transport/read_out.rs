//! Reads the remaining datagrams of a socket before it closes: the kernel would discard them
//! uncounted.

use crate::engine::context::Context;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::receive::BatchReceiver;
use crate::engine::transport::drops::KernelDrops;
use crate::traffic::RecordOrigin;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Maximum number of errors of earlier sends that may precede the last datagram.
const ERRORS: usize = 64;
/// Maximum number of datagrams read from a socket that cannot be shut off from other senders.
const MAX: usize = 1 << 16;

/// Writes a row for each remaining datagram and for drops before it. Returns the number of
/// datagrams. `known_by` is the socket's address in rows of failures.
pub fn write_out(
    socket: &dyn DatagramSocket,
    (local, known_by): (SocketAddr, SocketAddr),
    origin: RecordOrigin<'_>,
    reader: &mut BatchReceiver,
    losses: &mut KernelDrops,
    cx: &mut Context<'_>,
) -> usize {
    let (read, now) = (cx.sink.reading(), cx.now);
    read_out(socket, local, reader, |datagram| {
        losses.report_before(datagram, now, known_by, cx.interfaces, cx.sink);
        cx.sink.datagram(datagram, read, origin);
    })
}

/// Reads all remaining datagrams, passes each to `take` and returns their number.
///
/// A connected socket receives from its peer only (udp(7)). So the socket is first connected to
/// itself, and the read ends even while others keep sending.
fn read_out(
    socket: &dyn DatagramSocket,
    local: SocketAddr,
    reader: &mut BatchReceiver,
    mut take: impl FnMut(&Datagram<'_>),
) -> usize {
    let own = match local.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let closed_to_others = socket.connect(SocketAddr::new(own, local.port())).is_ok();
    let (mut count, mut errors) = (0, 0);
    while (closed_to_others || count < MAX) && errors < ERRORS {
        match reader.read(socket, |datagram| take(&datagram)) {
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(_) => errors += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sys::socket::UdpSocket;

    fn bound(to: &str) -> (UdpSocket, SocketAddr) {
        let socket = UdpSocket::bind(to.parse().unwrap()).unwrap();
        let local = socket.local_addr().unwrap();
        (socket, local)
    }

    #[test]
    fn all_that_came_is_read_and_nothing_that_comes_meanwhile() {
        for (to, from) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("0.0.0.0:0", "127.0.0.1:0"),
            ("[::1]:0", "[::1]:0"),
            ("[::]:0", "[::1]:0"),
        ] {
            let (socket, local) = bound(to);
            let peer = std::net::UdpSocket::bind(from).unwrap();
            let address = SocketAddr::new(peer.local_addr().unwrap().ip(), local.port());
            for number in 0..100_u8 {
                peer.send_to(&[number], address).unwrap();
            }
            let mut read = Vec::new();
            let count = read_out(&socket, local, &mut BatchReceiver::new(), |datagram| {
                read.extend_from_slice(datagram.bytes);
                // May be refused, as the port may be closed already.
                peer.send_to(&[0], address).ok();
            });
            assert_eq!(count, 100, "{to}");
            assert_eq!(read, (0..100).collect::<Vec<u8>>(), "{to}");
        }
    }
}
