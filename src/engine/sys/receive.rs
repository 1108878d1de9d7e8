//! Receiving datagrams: in batches with the kernel's metadata (Linux), or one by one.

use crate::engine::sys::datagram_socket::Datagram;
use mio::net::UdpSocket;
use std::net::SocketAddr;

/// Maximum length of a datagram in bytes, by its 16-bit length field (RFC 768).
const LONGEST: usize = 65_535;

/// Requests the metadata of a [`Datagram`] from the kernel, and merging if `merge` is set.
pub fn prepare(socket: &UdpSocket, local: SocketAddr, merge: bool) {
    // Without a refused option its metadata is missing, but datagrams still arrive.
    platform::prepare(socket, local, merge).ok();
}

pub use platform::BatchReceiver;

#[cfg(target_os = "linux")]
mod platform {
    use super::Datagram;
    use super::LONGEST;
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use crate::engine::sys::endpoint::canonical;
    use crate::traffic::Destination;
    use mio::net::UdpSocket;
    use nix::libc;
    use nix::sys::socket::{
        ControlMessageOwned, MsgFlags, MultiHeaders, RecvMsg, SockaddrStorage, recvmmsg,
        setsockopt, sockopt,
    };
    use std::io::{self, IoSliceMut};
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::os::fd::AsRawFd as _;
    use std::time::Duration;

    /// Size of a batch when datagrams arrive fast.
    const MANY: usize = 64;
    /// Minimum size of a batch.
    const FEW: usize = 2;

    pub fn prepare(socket: &UdpSocket, local: SocketAddr, merge: bool) -> io::Result<()> {
        if merge {
            setsockopt(socket, sockopt::UdpGroSegment, &true)?;
        }
        setsockopt(socket, sockopt::RxqOvfl, &1)?;
        setsockopt(socket, sockopt::ReceiveTimestampns, &true)?;
        setsockopt(socket, sockopt::Ipv4PacketInfo, &true)?;
        if local.is_ipv6() {
            setsockopt(socket, sockopt::Ipv6RecvPacketInfo, &true)?;
        }
        Ok(())
    }

    /// The buffers of one batch. Pages that no datagram reaches stay untouched.
    pub struct BatchReceiver {
        buffer: Vec<u8>,
        batch: usize,
        /// Whether the last batch was not full.
        emptied: bool,
        /// Whether recvmmsg(2) is missing: old emulators and some sandboxes.
        one_by_one: bool,
    }

    impl BatchReceiver {
        pub fn new() -> Self {
            Self {
                buffer: vec![0; LONGEST * MANY],
                batch: FEW,
                emptied: false,
                one_by_one: false,
            }
        }

        /// Whether the last read emptied the socket: new datagrams then cause new readiness, so
        /// another read is unnecessary.
        pub fn has_emptied(&self) -> bool {
            self.emptied
        }

        /// Reads a batch and passes each datagram to `take`. Returns the number of messages; the
        /// datagrams of a merged message count as one.
        ///
        /// # Errors
        /// The kernel's error for the first datagram.
        pub fn read(
            &mut self,
            socket: &dyn DatagramSocket,
            mut take: impl FnMut(Datagram<'_>),
        ) -> io::Result<usize> {
            self.emptied = false;
            if let Some(system) = socket.system().filter(|_| !self.one_by_one) {
                match self.read_batch(system, &mut take) {
                    Err(error) if no_recvmmsg(&error) => self.one_by_one = true,
                    read => return read,
                }
            }
            let datagram = socket.receive(&mut self.buffer)?;
            let peer = canonical(datagram.peer);
            take(Datagram { peer, ..datagram });
            Ok(1)
        }

        fn read_batch(
            &mut self,
            socket: &UdpSocket,
            take: &mut impl FnMut(Datagram<'_>),
        ) -> io::Result<usize> {
            let control = nix::cmsg_space!(
                libc::timespec,
                u32,
                i32,
                libc::in_pktinfo,
                libc::in6_pktinfo
            );
            // The kernel writes the used lengths into the headers, so they cannot be reused.
            let mut headers =
                MultiHeaders::<SockaddrStorage>::preallocate(self.batch, Some(control));
            let mut slices: Vec<[IoSliceMut<'_>; 1]> = self
                .buffer
                .chunks_mut(LONGEST)
                .take(self.batch)
                .map(|slot| [IoSliceMut::new(slot)])
                .collect();
            let results = recvmmsg(
                socket.as_raw_fd(),
                &mut headers,
                slices.iter_mut(),
                MsgFlags::MSG_DONTWAIT,
                None,
            )?;
            let mut count = 0;
            for message in results {
                count += 1;
                let Some((datagram, length)) = read_message(&message) else {
                    continue;
                };
                match length.filter(|length| *length < datagram.bytes.len()) {
                    None => take(datagram),
                    // The kernel merged datagrams of this length (UDP_GRO, udp(7)).
                    Some(length) => datagram
                        .bytes
                        .chunks(length)
                        .for_each(|bytes| take(Datagram { bytes, ..datagram })),
                }
            }
            self.emptied = count < self.batch;
            self.batch = if count == self.batch {
                MANY
            } else {
                FEW.max(count.next_power_of_two()).min(MANY)
            };
            Ok(count)
        }
    }

    fn no_recvmmsg(error: &io::Error) -> bool {
        matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM))
    }

    /// A message, with the length of each datagram if the kernel merged several.
    fn read_message<'a>(
        message: &RecvMsg<'_, 'a, SockaddrStorage>,
    ) -> Option<(Datagram<'a>, Option<usize>)> {
        let address = message.address?;
        let v4 = address
            .as_sockaddr_in()
            .map(|v4| SocketAddr::from(std::net::SocketAddrV4::from(*v4)));
        let peer = v4.or_else(|| {
            address
                .as_sockaddr_in6()
                .map(|v6| SocketAddr::from(std::net::SocketAddrV6::from(*v6)))
        })?;
        let bytes = message.iovs().next().unwrap_or_default();
        let mut datagram = Datagram {
            truncated: message.flags.contains(MsgFlags::MSG_TRUNC),
            ..Datagram::bare(bytes, canonical(peer))
        };
        let mut merged = None;
        for control in message.cmsgs().into_iter().flatten() {
            match control {
                ControlMessageOwned::ScmTimestampns(time) => {
                    datagram.arrived = Some(Duration::from(time))
                }
                ControlMessageOwned::UdpGroSegments(length) => {
                    merged = usize::try_from(length).ok().filter(|length| *length > 0);
                }
                ControlMessageOwned::RxqOvfl(lost) => datagram.lost = Some(lost),
                ControlMessageOwned::Ipv4PacketInfo(info) => {
                    let ip = Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr));
                    datagram.destination = Some(Destination {
                        ip: ip.into(),
                        interface: u32::try_from(info.ipi_ifindex).unwrap_or(0),
                    });
                }
                ControlMessageOwned::Ipv6PacketInfo(info) if datagram.destination.is_none() => {
                    let ip = IpAddr::from(info.ipi6_addr.s6_addr).to_canonical();
                    datagram.destination = Some((ip, info.ipi6_ifindex).into());
                }
                _ => {}
            }
        }
        Some((datagram, merged))
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::Datagram;
    use super::LONGEST;
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use crate::engine::sys::endpoint::canonical;
    use mio::net::UdpSocket;
    use std::io;
    use std::net::SocketAddr;

    pub fn prepare(_socket: &UdpSocket, _local: SocketAddr, _merge: bool) -> io::Result<()> {
        Ok(())
    }

    pub struct BatchReceiver {
        buffer: Vec<u8>,
    }

    impl BatchReceiver {
        pub fn new() -> Self {
            Self {
                buffer: vec![0; LONGEST],
            }
        }

        /// Always false: only an error reports an empty socket here.
        pub fn has_emptied(&self) -> bool {
            false
        }

        /// Reads one datagram and passes it to `take`. Returns 1.
        ///
        /// # Errors
        /// The system's error.
        pub fn read(
            &mut self,
            socket: &dyn DatagramSocket,
            mut take: impl FnMut(Datagram<'_>),
        ) -> io::Result<usize> {
            let datagram = socket.receive(&mut self.buffer)?;
            let peer = canonical(datagram.peer);
            take(Datagram { peer, ..datagram });
            Ok(1)
        }
    }
}
