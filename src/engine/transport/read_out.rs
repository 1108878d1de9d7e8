//! Datagrams that wait in a socket that is about to close: the kernel took them, and would
//! throw them away without counting them.

use crate::engine::context::Context;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::receive::Reader;
use crate::engine::transport::drops::Losses;
use crate::traffic::Origin;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Errors of earlier sends that may stand before the last datagram.
const ERRORS: usize = 64;
/// Datagrams read of a socket that cannot be closed to others first.
const MOST: usize = 1 << 16;

/// Writes a row of each datagram that waits, and of those that were lost before it; returns
/// how many rows of datagrams there are. In failures the socket is known by this address.
pub fn write_out(
    socket: &dyn DatagramSocket,
    (local, known_by): (SocketAddr, SocketAddr),
    origin: Origin<'_>,
    reader: &mut Reader,
    losses: &mut Losses,
    cx: &mut Context<'_>,
) -> usize {
    let (read, now) = (cx.sink.reading(), cx.now);
    read_out(socket, local, reader, |datagram| {
        losses.tell_before(datagram, now, known_by, cx.interfaces, cx.sink);
        cx.sink.datagram_for(datagram, read, origin);
    })
}

/// Reads it to its end and hands over each datagram; returns how many there were.
///
/// A connected socket hears its peer alone (udp(7)): one that is connected to itself gets
/// nothing new, so that there is an end even while others go on sending.
fn read_out(
    socket: &dyn DatagramSocket,
    local: SocketAddr,
    reader: &mut Reader,
    mut take: impl FnMut(&Datagram<'_>),
) -> usize {
    let own = match local.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let closed_to_others = socket.connect(SocketAddr::new(own, local.port())).is_ok();
    let (mut count, mut errors) = (0, 0);
    while (closed_to_others || count < MOST) && errors < ERRORS {
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
            let count = read_out(&socket, local, &mut Reader::new(), |datagram| {
                read.extend_from_slice(datagram.bytes);
                // Refused by now, as by a port that is closed.
                peer.send_to(&[0], address).ok();
            });
            assert_eq!(count, 100, "{to}");
            assert_eq!(read, (0..100).collect::<Vec<u8>>(), "{to}");
        }
    }
}
