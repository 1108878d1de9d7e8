//! Reading datagrams: in batches with everything the kernel knows of each (Linux), or
//! one by one.

use crate::engine::sys::datagram_socket::Datagram;
use mio::net::UdpSocket;
use std::net::SocketAddr;

/// No datagram is longer than its 16-bit length field says (RFC 768).
const LONGEST: usize = 65_535;

/// Asks the kernel for all that a [`Datagram`] has, and for merging.
pub fn prepare(socket: &UdpSocket, local: SocketAddr, merge: bool) {
    // Whatever the kernel denies is not shown; the datagrams come all the same.
    platform::prepare(socket, local, merge).ok();
}

pub use platform::Reader;

#[cfg(target_os = "linux")]
mod platform {
    use super::Datagram;
    use super::LONGEST;
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use crate::engine::sys::endpoint::canonical;
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

    /// Datagrams asked for at once when they come fast.
    const MANY: usize = 64;
    /// Datagrams asked for when they do not.
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

    /// Buffers for one batch. Pages that no datagram reaches are never touched.
    pub struct Reader {
        buffer: Vec<u8>,
        batch: usize,
        /// The last batch was not full.
        emptied: bool,
        /// There is no recvmmsg here: old emulators and some sandboxes.
        one_by_one: bool,
    }

    impl Reader {
        pub fn new() -> Self {
            Self {
                buffer: vec![0; LONGEST * MANY],
                batch: FEW,
                emptied: false,
                one_by_one: false,
            }
        }

        /// Whether the socket had no more when it was last read: what comes makes new
        /// readiness, and asking again can be saved.
        pub fn has_emptied(&self) -> bool {
            self.emptied
        }

        /// Reads a batch and hands over each datagram; returns how many there were.
        ///
        /// # Errors
        /// What the kernel says instead of the first one.
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
            // The kernel writes the lengths it used into the headers, so that they cannot be used again.
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
                    // Merged by the kernel: these came as datagrams of this length.
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

    /// A message, and the length of each datagram if the kernel merged several.
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
                    datagram.destination =
                        Some((ip.into(), u32::try_from(info.ipi_ifindex).unwrap_or(0)));
                }
                ControlMessageOwned::Ipv6PacketInfo(info) if datagram.destination.is_none() => {
                    let ip = IpAddr::from(info.ipi6_addr.s6_addr).to_canonical();
                    datagram.destination = Some((ip, info.ipi6_ifindex));
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

    pub struct Reader {
        buffer: Vec<u8>,
    }

    impl Reader {
        pub fn new() -> Self {
            Self {
                buffer: vec![0; LONGEST],
            }
        }

        /// Only an error tells that here.
        pub fn has_emptied(&self) -> bool {
            false
        }

        /// Reads one datagram and hands it over.
        ///
        /// # Errors
        /// What the system says instead.
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
