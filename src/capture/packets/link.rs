//! Parses packets by link type: a number from tcpdump's LINKTYPE list.

use super::tcp_segment::TcpSegment;
use crate::traffic::SkipReason;
use etherparse::err::Layer;
use etherparse::{
    EtherType, IpFragOffset, IpNumber, LaxIpPayloadSlice, LaxNetSlice, LaxSlicedPacket, TcpSlice,
    TransportSlice, UdpHeader, UdpSlice,
};
use std::net::{IpAddr, SocketAddr};

/// A parsed packet.
pub(super) enum Parsed<'a> {
    Packet(IpPayload<'a>),
    Fragment(Fragment<'a>),
    Other(SkipReason),
}

/// A UDP or TCP payload and its two addresses.
pub(super) struct IpPayload<'a> {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) carried: TransportPayload<'a>,
    /// The number of payload bytes that the headers announce and that were not captured; `None`
    /// if the headers do not say. Padding and checksums of a frame are no payload.
    pub(super) missing: Option<usize>,
}

/// A UDP payload or a TCP segment.
pub(super) enum TransportPayload<'a> {
    Datagram(&'a [u8]),
    Segment(TcpSegment<'a>),
}

/// A fragment of an IP packet's payload.
pub(super) struct Fragment<'a> {
    pub(super) of: FragmentKey,
    pub(super) offset: IpFragOffset,
    pub(super) more: bool,
    pub(super) bytes: &'a [u8],
}

/// The identity of a fragmented IP packet (RFC 791, RFC 8200).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FragmentKey {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    pub(super) protocol: IpNumber,
}

/// Whether a packet was inbound, as far as the header of its link says so: Linux marks those that
/// this machine sent (LINUX_SLL, LINUX_SLL2: packet type 4). On loopback it marks none.
pub(super) fn inward(link: u32, bytes: &[u8]) -> Option<bool> {
    let kind = match link {
        113 => bytes.get(1),
        276 => bytes.get(10),
        _ => None,
    };
    kind.filter(|kind| **kind == 4).map(|_| false)
}

impl<'a> Parsed<'a> {
    /// Parses a packet of link type `link`.
    pub(super) fn of(link: u32, bytes: &'a [u8]) -> Self {
        let sliced = match link {
            // NULL and LOOP: an address family of four bytes, whose numbers depend on the
            // system. The version in the IP header says the same.
            0 | 108 => bytes.get(4..).map(from_ip),
            1 => Some(LaxSlicedPacket::from_ethernet(bytes).map_err(|_| SkipReason::Cut)),
            // RAW, with two system-specific numbers, IPV4 and IPV6.
            12 | 14 | 101 | 228 | 229 => Some(from_ip(bytes)),
            // LINUX_SLL: the protocol field is the last of the header.
            113 => bytes
                .split_first_chunk::<16>()
                .and_then(|(head, rest)| Some(Ok(from_ether(head.last_chunk()?, rest)))),
            // LINUX_SLL2: the protocol field is the first of the header.
            276 => bytes
                .split_first_chunk::<20>()
                .and_then(|(head, rest)| Some(Ok(from_ether(head.first_chunk()?, rest)))),
            _ => return Self::Other(SkipReason::Link(link)),
        };
        match sliced {
            Some(Ok(sliced)) => Self::from_sliced(sliced),
            Some(Err(other)) => Self::Other(other),
            None => Self::Other(SkipReason::Cut),
        }
    }

    fn from_sliced(sliced: LaxSlicedPacket<'a>) -> Self {
        let stopped = sliced.stop_err;
        let (source, destination, payload, length, identification) = match sliced.net {
            Some(LaxNetSlice::Ipv4(ip)) => {
                let header = ip.header();
                let part = header.is_fragmenting_payload().then(|| {
                    (
                        u32::from(header.identification()),
                        header.fragments_offset(),
                        header.more_fragments(),
                    )
                });
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                    ip.payload().clone(),
                    // 0 if the network card should fill in the length (segmentation offload).
                    header.payload_len().ok().map(usize::from),
                    part,
                )
            }
            Some(LaxNetSlice::Ipv6(ip)) => {
                let header = ip.header();
                let mut extensions = ip.extensions().clone().into_iter();
                let part = extensions.find_map(|extension| match extension {
                    etherparse::Ipv6ExtensionSlice::Fragment(part)
                        if part.is_fragmenting_payload() =>
                    {
                        let part = part.to_header();
                        Some((
                            part.identification,
                            part.fragment_offset,
                            part.more_fragments,
                        ))
                    }
                    _ => None,
                });
                let extensions = ip.extensions().slice().len();
                let length = usize::from(header.payload_length());
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                    ip.payload().clone(),
                    length.checked_sub(extensions),
                    part,
                )
            }
            Some(LaxNetSlice::Arp(_)) => return Self::Other(SkipReason::Arp),
            None => {
                let kind = sliced.link.and_then(|link| link.ether_payload());
                return Self::Other(match kind.map(|payload| payload.ether_type) {
                    _ if stopped.is_some() => SkipReason::Cut,
                    Some(EtherType::ARP) => SkipReason::Arp,
                    Some(kind) => SkipReason::Ethernet(kind.0),
                    None => SkipReason::Malformed,
                });
            }
        };
        if let Some((identification, offset, more)) = identification {
            let of = FragmentKey {
                source,
                destination,
                identification,
                protocol: payload.ip_number,
            };
            let bytes = payload.payload;
            return Self::Fragment(Fragment {
                of,
                offset,
                more,
                bytes,
            });
        }
        let transport = sliced.transport;
        Self::of_payload(source, destination, &payload, length, transport, stopped)
    }

    fn of_payload(
        source: IpAddr,
        destination: IpAddr,
        payload: &LaxIpPayloadSlice<'a>,
        length: Option<usize>,
        transport: Option<TransportSlice<'a>>,
        stopped: Option<(etherparse::err::packet::SliceError, Layer)>,
    ) -> Self {
        match (payload.ip_number, transport) {
            (_, Some(TransportSlice::Udp(udp))) => {
                Self::Packet(IpPayload::datagram(source, destination, &udp))
            }
            (_, Some(TransportSlice::Tcp(tcp))) => {
                let tcp = TcpSegment::new(&tcp);
                Self::Packet(IpPayload::segment(source, destination, tcp, length))
            }
            (IpNumber::ICMP | IpNumber::IPV6_ICMP, _) => Self::Other(SkipReason::Icmp),
            (IpNumber::TCP, None) if stopped.is_some() => {
                match TcpSegment::without_options(payload.payload) {
                    Some(tcp) => Self::Packet(IpPayload::segment(source, destination, tcp, length)),
                    None => Self::Other(SkipReason::Cut),
                }
            }
            (IpNumber::UDP, None) if stopped.is_some() => Self::Other(SkipReason::Cut),
            (IpNumber::UDP | IpNumber::TCP, None) => Self::Other(SkipReason::Malformed),
            (number, _) => Self::Other(SkipReason::Protocol(number.0)),
        }
    }
}

impl<'a> IpPayload<'a> {
    /// Parses the payload of an IP packet that was reassembled from fragments.
    pub(super) fn of_whole(whole: FragmentKey, payload: &'a [u8]) -> Result<Self, SkipReason> {
        let (source, destination) = (whole.source, whole.destination);
        match whole.protocol {
            IpNumber::UDP => match UdpSlice::from_slice_lax(payload) {
                Ok(udp) => Ok(Self::datagram(source, destination, &udp)),
                Err(_) => Err(SkipReason::Malformed),
            },
            IpNumber::TCP => match TcpSlice::from_slice(payload) {
                Ok(tcp) => {
                    let tcp = TcpSegment::new(&tcp);
                    Ok(Self::segment(source, destination, tcp, None))
                }
                Err(_) => Err(SkipReason::Malformed),
            },
            IpNumber::ICMP | IpNumber::IPV6_ICMP => Err(SkipReason::Icmp),
            number => Err(SkipReason::Protocol(number.0)),
        }
    }

    /// Parses the datagram whose first fragment this is, as far as the fragment goes; `None` for
    /// any other fragment.
    pub(super) fn of_first(fragment: &Fragment<'a>) -> Option<Self> {
        let FragmentKey {
            source,
            destination,
            protocol,
            ..
        } = fragment.of;
        if fragment.offset.byte_offset() != 0 || protocol != IpNumber::UDP {
            return None;
        }
        let udp = UdpSlice::from_slice_lax(fragment.bytes).ok()?;
        Some(Self::datagram(source, destination, &udp))
    }

    fn datagram(source: IpAddr, destination: IpAddr, udp: &UdpSlice<'a>) -> Self {
        let length = usize::from(udp.length()).checked_sub(UdpHeader::LEN);
        Self {
            missing: length.map(|length| length.saturating_sub(udp.payload().len())),
            source: SocketAddr::new(source, udp.source_port()),
            destination: SocketAddr::new(destination, udp.destination_port()),
            carried: TransportPayload::Datagram(udp.payload()),
        }
    }

    /// `length` is the length of the whole segment, if the IP header gives it.
    fn segment(
        source: IpAddr,
        destination: IpAddr,
        tcp: TcpSegment<'a>,
        length: Option<usize>,
    ) -> Self {
        let length = length.and_then(|length| length.checked_sub(tcp.header_length));
        Self {
            missing: length.map(|length| length.saturating_sub(tcp.payload.len())),
            source: SocketAddr::new(source, tcp.source_port),
            destination: SocketAddr::new(destination, tcp.destination_port),
            carried: TransportPayload::Segment(tcp),
        }
    }
}

fn from_ip(bytes: &[u8]) -> Result<LaxSlicedPacket<'_>, SkipReason> {
    use etherparse::err::ip::LaxHeaderSliceError;
    LaxSlicedPacket::from_ip(bytes).map_err(|error| match error {
        LaxHeaderSliceError::Len(_) => SkipReason::Cut,
        LaxHeaderSliceError::Content(_) => SkipReason::Malformed,
    })
}

fn from_ether<'a>(kind: &[u8; 2], bytes: &'a [u8]) -> LaxSlicedPacket<'a> {
    let kind = EtherType(u16::from_be_bytes(*kind));
    LaxSlicedPacket::from_ether_type(kind, bytes)
}
