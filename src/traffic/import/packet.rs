//! What a captured packet carries.

use etherparse::{EtherType, NetSlice, SlicedPacket, TransportSlice};
use std::net::{IpAddr, SocketAddr};

/// A UDP datagram, or a TCP segment, with its ends.
#[derive(Debug)]
pub struct Packet<'a> {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub payload: &'a [u8],
    /// What a TCP segment says besides its bytes.
    pub tcp: Option<Signs>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    pub syn: bool,
    pub ack: bool,
    pub fin: bool,
    pub rst: bool,
}

/// From whose side a packet was seen, where the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    In,
    Out,
}

/// Takes a packet of this link type (tcpdump.org/linktypes.html) apart; `None` if it is no
/// whole UDP datagram or TCP segment.
pub fn parse(link: u32, data: &[u8]) -> Option<Packet<'_>> {
    let ip = match link {
        1 => return carried(&SlicedPacket::from_ethernet(data).ok()?),
        // LINKTYPE_NULL and LOOP: a family of four bytes.
        0 | 108 => data.get(4..)?,
        101 | 228 | 229 => data,
        // LINUX_SLL and SLL2: the protocol, and where it begins.
        113 => return by_type(data.get(14..16)?, data.get(16..)?),
        276 => return by_type(data.get(..2)?, data.get(20..)?),
        _ => return None,
    };
    carried(&SlicedPacket::from_ip(ip).ok()?)
}

fn by_type<'a>(kind: &[u8], data: &'a [u8]) -> Option<Packet<'a>> {
    let kind = EtherType(u16::from_be_bytes(*kind.first_chunk()?));
    carried(&SlicedPacket::from_ether_type(kind, data).ok()?)
}

fn carried<'a>(packet: &SlicedPacket<'a>) -> Option<Packet<'a>> {
    if packet.is_ip_payload_fragmented() {
        return None;
    }
    let (from, to): (IpAddr, IpAddr) = match packet.net.as_ref()? {
        NetSlice::Ipv4(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header();
            (
                header.source_addr().into(),
                header.destination_addr().into(),
            )
        }
        _ => return None,
    };
    match packet.transport.as_ref()? {
        TransportSlice::Udp(udp) => Some(Packet {
            from: SocketAddr::new(from, udp.source_port()),
            to: SocketAddr::new(to, udp.destination_port()),
            payload: udp.payload(),
            tcp: None,
        }),
        TransportSlice::Tcp(tcp) => Some(Packet {
            from: SocketAddr::new(from, tcp.source_port()),
            to: SocketAddr::new(to, tcp.destination_port()),
            payload: tcp.payload(),
            tcp: Some(Signs {
                syn: tcp.syn(),
                ack: tcp.ack(),
                fin: tcp.fin(),
                rst: tcp.rst(),
            }),
        }),
        _ => None,
    }
}
