//! IP packets around payloads (RFC 791, 8200, 768, 9293), by `etherparse`.

use crate::capture::packets::Remark;
use crate::peer::Peer;
use etherparse::checksum::Sum16BitWords;
use etherparse::{
    IpNumber, Ipv4Header, Ipv6Header, TcpHeader, TcpOptionElement, TcpOptions, UdpHeader,
};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What IPv4 headers and IPv6 headers say of how far a packet may go.
const HOPS: u8 = 64;

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

/// The longest packet Wireshark reads.
pub(super) const LONGEST: usize = 256 << 10;
/// The option that says how long an IPv6 packet is that is longer than its header can say, in
/// a header of its own (RFC 2675 §2).
const JUMBO: usize = 8;

/// Between which two addresses packets go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    /// Our side and the far one, where their addresses only stand for them.
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

    /// What a remark on a packet of it says, with its ends.
    pub(super) fn remark(self, remark: Remark) -> Remark {
        let [local, peer] = self.named;
        Remark {
            peer,
            local,
            ..remark
        }
    }

    /// Source and destination.
    fn ends(self, direction: PacketDirection) -> (SocketAddr, SocketAddr) {
        match direction {
            PacketDirection::In => (self.peer, self.local),
            PacketDirection::Out => (self.local, self.peer),
        }
    }

    /// The same for a datagram of so many bytes. One of a Unix socket may be longer than IPv4
    /// can say: the addresses that stand for its ends are then of IPv6.
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

    /// The most payload a datagram of it has room for.
    pub(super) fn datagram_room(self) -> usize {
        match (self.named, self.peer) {
            ([None, None], _) | (_, SocketAddr::V4(_)) => self.room(UdpHeader::LEN),
            _ => LONGEST - Ipv6Header::LEN - JUMBO - UdpHeader::LEN,
        }
    }

    /// The most payload a packet has room for behind a transport header of this length:
    /// the length of IPv4 counts its own header, that of IPv6 does not.
    pub(super) fn room(self, header: usize) -> usize {
        let whole = usize::from(u16::MAX) - header;
        match self.peer {
            SocketAddr::V4(_) => whole - Ipv4Header::MIN_LEN,
            SocketAddr::V6(_) => whole,
        }
    }
}

/// The address a peer has in a capture: one without is at no address, and a port tells it from
/// others, most likely. Its remark tells it for certain.
pub(super) fn address(peer: Peer) -> SocketAddr {
    let number = match peer {
        Peer::Ip(address) => return address,
        // So that `unix:#7` has port 7.
        Peer::Unnamed(number) => number.wrapping_add(65_534),
        Peer::Named(name) => name.bytes().iter().fold(0, |hash: u64, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(*byte))
        }),
    };
    let port = u16::try_from(number % 65_535 + 1).unwrap_or(u16::MAX);
    SocketAddr::from(([0, 0, 0, 0], port))
}

/// A TCP segment, but for its addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub(super) direction: PacketDirection,
    pub(super) sequence: u32,
    pub(super) acknowledged: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) bytes: &'a [u8],
}

pub(super) fn push_udp(out: &mut Vec<u8>, route: Route, direction: PacketDirection, bytes: &[u8]) {
    let (source, destination) = route.ends(direction);
    let length = UdpHeader::LEN + bytes.len();
    let mut header = UdpHeader {
        source_port: source.port(),
        destination_port: destination.port(),
        // 0 in a packet that is longer than this can say (RFC 2675 §4).
        length: u16::try_from(length).unwrap_or(0),
        checksum: 0,
    };
    let checksum = match (source.ip(), destination.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), bytes)
        }
        (from, to) if header.length == 0 => {
            // The length is that of the pseudo-header alone (RFC 2675 §4).
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
    // Only of a payload that is too long.
    header.checksum = checksum.unwrap_or(0);
    push_ip(out, source, destination, IpNumber::UDP, length);
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(bytes);
}

pub(super) fn push_tcp(out: &mut Vec<u8>, route: Route, segment: &Segment<'_>) {
    let (source, destination) = route.ends(segment.direction);
    // The widest window there is: nobody waits in a stream that is made up.
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
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), segment.bytes)
        }
        (from, to) => header.calc_checksum_ipv6_raw(octets(from), octets(to), segment.bytes),
    };
    header.checksum = checksum.unwrap_or(0);
    let length = header.header_len() + segment.bytes.len();
    push_ip(out, source, destination, IpNumber::TCP, length);
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(segment.bytes);
}

/// The IP header before `length` bytes.
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
            // With this, a packet needs no number of its own (RFC 6864 §4.1).
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
        // Option 0xC2, four bytes long: the length with this header (RFC 2675 §2).
        out.extend_from_slice(&[protocol.0, 0, 0xC2, 4]);
        out.extend_from_slice(&((JUMBO + length) as u32).to_be_bytes());
    }
}

/// Both ends are of the peer's family; if they were not, IPv4 would be mapped.
fn octets(ip: IpAddr) -> [u8; 16] {
    let ip: Ipv6Addr = match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    ip.octets()
}
