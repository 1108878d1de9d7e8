//! Builds IP packets around payloads (RFC 791, 8200, 768, 9293), with `etherparse`.

use crate::capture::packets::Remark;
use crate::peer::Peer;
use etherparse::checksum::Sum16BitWords;
use etherparse::{
    IpNumber, Ipv4Header, Ipv6Header, TcpHeader, TcpOptionElement, TcpOptions, UdpHeader,
};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The time to live of IPv4 packets, and the hop limit of IPv6 packets.
const HOPS: u8 = 64;

/// The direction of a packet, as seen from this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PacketDirection {
    In,
    Out,
}

impl PacketDirection {
    pub(super) fn other(self) -> Self {
        match self {
            Self::In => Self::Out,
            Self::Out => Self::In,
        }
    }
}

/// The longest packet that Wireshark reads, in bytes.
pub(super) const LONGEST: usize = 256 << 10;
/// The length of the hop-by-hop header with the jumbo payload option, which packets need that
/// are longer than the IPv6 header can say (RFC 2675 §2).
const JUMBO: usize = 8;

/// The two addresses of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    /// The local and the far end, where their addresses are placeholders.
    named: [Option<Peer>; 2],
}

impl Route {
    pub(super) fn between(local: Peer, peer: Peer) -> Self {
        let named = |peer: Peer| peer.address().is_none().then_some(peer);
        Self {
            local: address(local),
            peer: address(peer),
            named: [named(local), named(peer)],
        }
    }

    /// Adds the names of the ends to a remark.
    pub(super) fn remark(self, remark: Remark) -> Remark {
        let [local, peer] = self.named;
        Remark {
            peer,
            local,
            ..remark
        }
    }

    /// The source and the destination address.
    fn ends(self, direction: PacketDirection) -> (SocketAddr, SocketAddr) {
        match direction {
            PacketDirection::In => (self.peer, self.local),
            PacketDirection::Out => (self.local, self.peer),
        }
    }

    /// The route for a datagram of this number of bytes. A datagram of a Unix socket may be
    /// longer than IPv4 allows: its placeholder addresses are then IPv6 ones.
    pub(super) fn of_datagram(self, length: usize) -> Self {
        let is_named = self.named.iter().any(Option::is_some);
        if !is_named || length <= self.room(UdpHeader::LEN) {
            return self;
        }
        let wide = |end: SocketAddr| SocketAddr::from((Ipv6Addr::UNSPECIFIED, end.port()));
        Self {
            local: wide(self.local),
            peer: wide(self.peer),
            ..self
        }
    }

    /// The largest payload of a datagram on this route, in bytes.
    pub(super) fn datagram_room(self) -> usize {
        match (self.named, self.peer) {
            ([None, None], _) | (_, SocketAddr::V4(_)) => self.room(UdpHeader::LEN),
            _ => LONGEST - Ipv6Header::LEN - JUMBO - UdpHeader::LEN,
        }
    }

    /// The largest payload of a packet after a transport header of this length, in bytes. The
    /// IPv4 total length includes the IP header, the IPv6 payload length does not.
    pub(super) fn room(self, header: usize) -> usize {
        let whole = usize::from(u16::MAX) - header;
        match self.peer {
            SocketAddr::V4(_) => whole - Ipv4Header::MIN_LEN,
            SocketAddr::V6(_) => whole,
        }
    }
}

/// The address of a peer in a capture. A peer without one gets a placeholder, whose port is
/// probably unique. Its remark holds the exact name.
pub(super) fn address(peer: Peer) -> SocketAddr {
    let number = match peer {
        Peer::Ip(address) => return address,
        // `unix:#7` gets port 7.
        Peer::Unnamed(number) => number.wrapping_add(65_534),
        Peer::Named(name) => name.bytes().iter().fold(0, |hash: u64, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(*byte))
        }),
    };
    let port = u16::try_from(number % 65_535 + 1).unwrap_or(u16::MAX);
    SocketAddr::from(([0, 0, 0, 0], port))
}

/// A TCP segment without its addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentFields<'a> {
    pub(super) direction: PacketDirection,
    pub(super) sequence: u32,
    pub(super) acknowledged: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) bytes: &'a [u8],
    /// The number of bytes after these that were not captured.
    pub(super) missing: usize,
}

/// Appends a UDP datagram with its IP header. Of its payload, the `missing` bytes after these were
/// not captured, so that it has no checksum.
pub(super) fn push_udp(
    out: &mut Vec<u8>,
    route: Route,
    direction: PacketDirection,
    (bytes, missing): (&[u8], usize),
) {
    let (source, destination) = route.ends(direction);
    let length = UdpHeader::LEN + bytes.len() + missing;
    let mut header = UdpHeader {
        source_port: source.port(),
        destination_port: destination.port(),
        // 0 in a packet that is longer than this field can say (RFC 2675 §4).
        length: u16::try_from(length).unwrap_or(0),
        checksum: 0,
    };
    let checksum = match (source.ip(), destination.ip()) {
        _ if missing > 0 => Ok(0),
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), bytes)
        }
        (from, to) if header.length == 0 => {
            // Only the pseudo-header holds the length (RFC 2675 §4).
            let sum = Sum16BitWords::new()
                .add_16bytes(octets(from))
                .add_16bytes(octets(to))
                .add_4bytes((length as u32).to_be_bytes())
                .add_2bytes([0, IpNumber::UDP.0])
                .add_2bytes(header.source_port.to_be_bytes())
                .add_2bytes(header.destination_port.to_be_bytes())
                .add_slice(bytes);
            Ok(sum.to_ones_complement_with_no_zero().to_be())
        }
        (from, to) => header.calc_checksum_ipv6_raw(octets(from), octets(to), bytes),
    };
    // Fails only if the payload is too long.
    header.checksum = checksum.unwrap_or(0);
    push_ip(out, source, destination, IpNumber::UDP, length);
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(bytes);
}

/// Appends a TCP segment with its IP header; without a checksum if some of it was not captured.
pub(super) fn push_tcp(out: &mut Vec<u8>, route: Route, segment: &SegmentFields<'_>) {
    let (source, destination) = route.ends(segment.direction);
    // The largest window: flow control does not matter in a synthetic stream.
    let mut header = TcpHeader::new(
        source.port(),
        destination.port(),
        segment.sequence,
        u16::MAX,
    );
    header.ack = segment.acknowledged.is_some();
    header.acknowledgment_number = segment.acknowledged.unwrap_or(0);
    header.syn = segment.syn;
    header.fin = segment.fin;
    header.rst = segment.rst;
    header.psh = !segment.bytes.is_empty();
    if segment.syn {
        let most = route.room(TcpHeader::MIN_LEN) as u16;
        let options = [
            TcpOptionElement::MaximumSegmentSize(most),
            TcpOptionElement::WindowScale(14),
        ];
        header.options = TcpOptions::try_from_elements(&options).unwrap_or_default();
    }
    let checksum = match (source.ip(), destination.ip()) {
        _ if segment.missing > 0 => Ok(0),
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), segment.bytes)
        }
        (from, to) => header.calc_checksum_ipv6_raw(octets(from), octets(to), segment.bytes),
    };
    header.checksum = checksum.unwrap_or(0);
    let length = header.header_len() + segment.bytes.len() + segment.missing;
    push_ip(out, source, destination, IpNumber::TCP, length);
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(segment.bytes);
}

/// Appends the IP header of a packet with `length` bytes of payload.
fn push_ip(
    out: &mut Vec<u8>,
    source: SocketAddr,
    destination: SocketAddr,
    protocol: IpNumber,
    length: usize,
) {
    if let (IpAddr::V4(from), IpAddr::V4(to)) = (source.ip(), destination.ip()) {
        let mut header = Ipv4Header {
            total_len: (Ipv4Header::MIN_LEN + length) as u16,
            // An unfragmentable packet needs no identification (RFC 6864 §4.1).
            dont_fragment: true,
            time_to_live: HOPS,
            protocol,
            source: from.octets(),
            destination: to.octets(),
            ..Ipv4Header::default()
        };
        header.header_checksum = header.calc_header_checksum();
        out.extend_from_slice(&header.to_bytes());
        return;
    }
    let short = u16::try_from(length).ok();
    let header = Ipv6Header {
        payload_length: short.unwrap_or(0),
        next_header: match short {
            Some(_) => protocol,
            None => IpNumber::IPV6_HEADER_HOP_BY_HOP,
        },
        hop_limit: HOPS,
        source: octets(source.ip()),
        destination: octets(destination.ip()),
        ..Ipv6Header::default()
    };
    out.extend_from_slice(&header.to_bytes());
    if short.is_none() {
        // The jumbo payload option, 0xC2, with a length of four bytes (RFC 2675 §2).
        out.extend_from_slice(&[protocol.0, 0, 0xC2, 4]);
        out.extend_from_slice(&((JUMBO + length) as u32).to_be_bytes());
    }
}

/// The address as 16 bytes. Both ends belong to the family of the peer; an IPv4 address would
/// be mapped.
fn octets(ip: IpAddr) -> [u8; 16] {
    let ip: Ipv6Addr = match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    ip.octets()
}
