//! The source address of a datagram from a socket that is bound to all addresses.

use std::net::{IpAddr, SocketAddr};

/// The destination in the socket's address family: an IPv6 socket needs IPv4-mapped addresses
/// (RFC 4291).
pub fn destination(to: SocketAddr, ipv6: bool) -> SocketAddr {
    match to.ip() {
        IpAddr::V4(ip) if ipv6 => SocketAddr::new(ip.to_ipv6_mapped().into(), to.port()),
        _ => to,
    }
}

#[cfg(target_os = "linux")]
pub use platform::{SourceAddress, send};

#[cfg(target_os = "linux")]
mod platform {
    use super::destination;
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use nix::libc;
    use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg};
    use std::io::{self, IoSlice};
    use std::net::{IpAddr, SocketAddr};
    use std::os::fd::AsRawFd as _;

    /// The control message of a source address: IP_PKTINFO (ip(7)), IPV6_PKTINFO (RFC 3542 §6.2).
    pub enum SourceAddress {
        V4(libc::in_pktinfo),
        V6(libc::in6_pktinfo),
    }

    impl SourceAddress {
        /// The control message for `from`; an IPv6 socket needs IPv4-mapped addresses.
        pub fn new(from: IpAddr, ipv6: bool) -> Self {
            match from {
                IpAddr::V4(from) if !ipv6 => Self::V4(libc::in_pktinfo {
                    ipi_ifindex: 0,
                    ipi_spec_dst: libc::in_addr {
                        s_addr: u32::from_ne_bytes(from.octets()),
                    },
                    ipi_addr: libc::in_addr { s_addr: 0 },
                }),
                from => {
                    let from = match from {
                        IpAddr::V4(from) => from.to_ipv6_mapped(),
                        IpAddr::V6(from) => from,
                    };
                    Self::V6(libc::in6_pktinfo {
                        ipi6_addr: libc::in6_addr {
                            s6_addr: from.octets(),
                        },
                        ipi6_ifindex: 0,
                    })
                }
            }
        }

        pub fn control(&self) -> ControlMessage<'_> {
            match self {
                Self::V4(info) => ControlMessage::Ipv4PacketInfo(info),
                Self::V6(info) => ControlMessage::Ipv6PacketInfo(info),
            }
        }
    }

    /// Sends one datagram, with the source address `from` if there is one.
    ///
    /// # Errors
    /// The system's error.
    pub fn send(
        socket: &dyn DatagramSocket,
        bytes: &[u8],
        from: Option<IpAddr>,
        to: SocketAddr,
        ipv6: bool,
    ) -> io::Result<()> {
        let to = destination(to, ipv6);
        let (Some(from), Some(system)) = (from, socket.system()) else {
            return socket.send(bytes, Some(to)).map(|_| ());
        };
        let source = SourceAddress::new(from, ipv6);
        sendmsg(
            system.as_raw_fd(),
            &[IoSlice::new(bytes)],
            &[source.control()],
            MsgFlags::MSG_DONTWAIT | MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL),
            Some(&SockaddrStorage::from(to)),
        )?;
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
pub fn send(
    socket: &dyn crate::engine::sys::datagram_socket::DatagramSocket,
    bytes: &[u8],
    _from: Option<std::net::IpAddr>,
    to: std::net::SocketAddr,
    ipv6: bool,
) -> std::io::Result<()> {
    let to = destination(to, ipv6);
    socket.send(bytes, Some(to)).map(|_| ())
}
