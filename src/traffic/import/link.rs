//! Packets by what stands before them on their link: a number from tcpdump's list.

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice};
use std::net::SocketAddr;

/// What UDP or TCP carries between two addresses.
pub(super) struct Packet<'a> {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) carried: Carried<'a>,
}

pub(super) enum Carried<'a> {
    Datagram(&'a [u8]),
    Segment(TcpSlice<'a>),
}

impl<'a> Packet<'a> {
    /// Reads a packet of a link of type `link`; `None` of one that is neither UDP nor TCP,
    /// is a fragment, or ends before its headers do.
    pub(super) fn of(link: u32, bytes: &'a [u8]) -> Option<Self> {
        let ip = |bytes| LaxSlicedPacket::from_ip(bytes).ok();
        let ether = |kind: &[u8; 2], bytes| {
            let kind = EtherType(u16::from_be_bytes(*kind));
            Some(LaxSlicedPacket::from_ether_type(kind, bytes))
        };
        let sliced = match link {
            // NULL and LOOP: the family in four bytes, each system with its own numbers;
            // the first four bits of the IP header say as much.
            0 | 108 => ip(bytes.get(4..)?),
            1 => LaxSlicedPacket::from_ethernet(bytes).ok(),
            // RAW, by two of its systems' numbers too, IPV4 and IPV6.
            12 | 14 | 101 | 228 | 229 => ip(bytes),
            // LINUX_SLL: its protocol stands last.
            113 => {
                let (head, rest) = bytes.split_first_chunk::<16>()?;
                ether(head.last_chunk()?, rest)
            }
            // LINUX_SLL2: its protocol stands first.
            276 => {
                let (head, rest) = bytes.split_first_chunk::<20>()?;
                ether(head.first_chunk()?, rest)
            }
            _ => None,
        }?;
        Self::from_sliced(sliced)
    }

    fn from_sliced(sliced: LaxSlicedPacket<'a>) -> Option<Self> {
        let (source, destination) = match sliced.net? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let (from, to, carried) = match sliced.transport? {
            TransportSlice::Udp(udp) => (
                udp.source_port(),
                udp.destination_port(),
                Carried::Datagram(udp.payload()),
            ),
            TransportSlice::Tcp(tcp) => (
                tcp.source_port(),
                tcp.destination_port(),
                Carried::Segment(tcp),
            ),
            _ => return None,
        };
        Some(Self {
            source: SocketAddr::new(source, from),
            destination: SocketAddr::new(destination, to),
            carried,
        })
    }
}
