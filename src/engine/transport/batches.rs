//! Batched sends of a UDP socket: segmentation offload (UDP_SEGMENT, udp(7)), `sendmmsg`(2), or
//! single datagrams.

pub use platform::Batches;

#[cfg(target_os = "linux")]
mod platform {
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use crate::engine::sys::socket::UdpSocket;
    use crate::engine::sys::source_address;
    use crate::engine::sys::source_address::SourceAddress;
    use crate::engine::sys::source_address::destination;
    use crate::engine::transport::queued_datagram::QueuedDatagram;
    use nix::libc;
    use nix::sys::socket::{
        ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg, sendmsg,
    };
    use std::io::{self, IoSlice};
    use std::os::fd::AsRawFd as _;

    /// Minimum number of datagrams for segmentation offload.
    const MIN_SEGMENTS: usize = 4;
    /// Limits of segmentation offload: UDP_MAX_SEGMENTS of older kernels, and the bytes of an IP
    /// packet.
    const MAX_SEGMENTS: usize = 64;
    const MAX_SEGMENTED_BYTES: usize = 65_000;

    /// The batching that works on this socket.
    #[derive(Debug)]
    pub struct Batches {
        /// Maximum length in bytes of datagrams sent by segmentation offload.
        longest_segment: usize,
        /// Whether the kernel has `sendmmsg`(2).
        many: bool,
        /// Whether the socket is IPv6, cached: it never changes.
        ipv6: Option<bool>,
    }

    impl Default for Batches {
        fn default() -> Self {
            Self {
                longest_segment: MAX_SEGMENTED_BYTES / MIN_SEGMENTS,
                many: true,
                ipv6: None,
            }
        }
    }

    impl Batches {
        /// Sends the first datagram and as many after it as fit into one call. Returns how many
        /// were sent. The datagrams have one source.
        ///
        /// # Errors
        /// The kernel's error for the first datagram.
        pub fn send(
            &mut self,
            socket: &dyn DatagramSocket,
            batch: &[QueuedDatagram],
        ) -> io::Result<usize> {
            let ipv6 = match self.ipv6 {
                Some(ipv6) => ipv6,
                None => *self.ipv6.insert(socket.local()?.is_ipv6()),
            };
            let (system, burst) = (socket.system(), self.burst(batch));
            if let Some(system) = system.filter(|_| burst.len() >= MIN_SEGMENTS) {
                match send_segmented(system, burst, ipv6) {
                    Ok(()) => return Ok(burst.len()),
                    Err(error @ (nix::Error::EAGAIN | nix::Error::EINTR)) => {
                        return Err(error.into());
                    }
                    // Longer than the path MTU, or a device without the offload.
                    Err(nix::Error::EINVAL | nix::Error::EMSGSIZE | nix::Error::EIO) => {
                        let length = burst.first().map_or(0, |datagram| datagram.bytes.len());
                        self.longest_segment = length.saturating_sub(1);
                    }
                    // A single send reports any other error of the first datagram.
                    Err(_) => {}
                }
            }
            match (batch, system) {
                ([], _) => Ok(0),
                ([_, _, ..], Some(system)) if self.many => match send_many(system, batch, ipv6) {
                    Err(nix::Error::ENOSYS) => {
                        self.many = false;
                        self.send(socket, batch)
                    }
                    sent => Ok(sent?),
                },
                ([datagram, ..], _) => {
                    source_address::send(
                        socket,
                        &datagram.bytes,
                        datagram.from,
                        datagram.to,
                        ipv6,
                    )?;
                    Ok(1)
                }
            }
        }

        /// The leading datagrams of one destination and one length that may be segments of one
        /// packet.
        fn burst<'a>(&self, batch: &'a [QueuedDatagram]) -> &'a [QueuedDatagram] {
            let Some(first) = batch.first() else {
                return &[];
            };
            let length = first.bytes.len();
            if length == 0 || length > self.longest_segment {
                return &[];
            }
            let most = MAX_SEGMENTS.min(MAX_SEGMENTED_BYTES / length);
            let alike = |datagram: &&QueuedDatagram| {
                datagram.reason.segment && datagram.to == first.to && datagram.bytes.len() == length
            };
            let count = batch.iter().take(most).take_while(alike).count();
            batch.get(..count).unwrap_or_default()
        }
    }

    fn send_segmented(socket: &UdpSocket, burst: &[QueuedDatagram], ipv6: bool) -> nix::Result<()> {
        let Some(first) = burst.first() else {
            return Ok(());
        };
        let slices: Vec<IoSlice<'_>> = burst
            .iter()
            .map(|datagram| IoSlice::new(&datagram.bytes))
            .collect();
        let length = u16::try_from(first.bytes.len()).map_err(|_| nix::Error::EINVAL)?;
        let address = SockaddrStorage::from(destination(first.to, ipv6));
        let source = first.from.map(|from| SourceAddress::new(from, ipv6));
        let mut controls = vec![ControlMessage::UdpGsoSegments(&length)];
        controls.extend(source.as_ref().map(SourceAddress::control));
        sendmsg(
            socket.as_raw_fd(),
            &slices,
            &controls,
            MsgFlags::MSG_DONTWAIT,
            Some(&address),
        )?;
        Ok(())
    }

    fn send_many(socket: &UdpSocket, batch: &[QueuedDatagram], ipv6: bool) -> nix::Result<usize> {
        let slices: Vec<[IoSlice<'_>; 1]> = batch
            .iter()
            .map(|datagram| [IoSlice::new(&datagram.bytes)])
            .collect();
        let addresses: Vec<Option<SockaddrStorage>> = batch
            .iter()
            .map(|datagram| Some(SockaddrStorage::from(destination(datagram.to, ipv6))))
            .collect();
        // The datagrams of a batch have one source.
        let from = batch.first().and_then(|datagram| datagram.from);
        let source = from.map(|from| SourceAddress::new(from, ipv6));
        let controls: Vec<ControlMessage<'_>> = source.iter().map(SourceAddress::control).collect();
        let room = (!controls.is_empty()).then(|| nix::cmsg_space!(libc::in6_pktinfo));
        let mut headers = MultiHeaders::preallocate(batch.len(), room);
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL);
        let results = sendmmsg(
            socket.as_raw_fd(),
            &mut headers,
            &slices,
            &addresses,
            &controls,
            flags,
        )?;
        Ok(results.count())
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use crate::engine::sys::datagram_socket::DatagramSocket;
    use crate::engine::sys::source_address;
    use crate::engine::transport::queued_datagram::QueuedDatagram;
    use std::io;

    #[derive(Debug, Default)]
    pub struct Batches;

    impl Batches {
        /// Sends the first datagram. Returns how many were sent.
        ///
        /// # Errors
        /// The system's error.
        pub fn send(
            &mut self,
            socket: &dyn DatagramSocket,
            batch: &[QueuedDatagram],
        ) -> io::Result<usize> {
            let Some(datagram) = batch.first() else {
                return Ok(0);
            };
            let ipv6 = socket.local()?.is_ipv6();
            source_address::send(socket, &datagram.bytes, datagram.from, datagram.to, ipv6)?;
            Ok(1)
        }
    }
}
