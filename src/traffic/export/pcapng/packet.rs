//! IP packets made up around payloads.

use etherparse::{IpNumber, Ipv4Header, Ipv6Header, TcpHeader, UdpHeader};
use std::net::{IpAddr, SocketAddr};

/// Where a packet comes from, and where it goes; of one family.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub from: SocketAddr,
    pub to: SocketAddr,
}

impl Ends {
    pub fn turned(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
        }
    }
}

const UDP_HEADER: usize = 8;
/// The usual time to live.
const HOPS: u8 = 64;

/// A UDP datagram in its IP packet.
pub fn udp(out: &mut Vec<u8>, ends: Ends, payload: &[u8]) {
    out.clear();
    let length = UDP_HEADER + payload.len();
    let mut header = UdpHeader {
        source_port: ends.from.port(),
        destination_port: ends.to.port(),
        length: u16::try_from(length).unwrap_or(0),
        checksum: 0,
    };
    let checksum = match (ends.from.ip(), ends.to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), payload)
        }
        _ => header.calc_checksum_ipv6_raw(octets(ends.from), octets(ends.to), payload),
    };
    // A datagram is at most 65,535 bytes long, so that this cannot fail.
    header.checksum = checksum.unwrap_or(0);
    ip(out, ends, IpNumber::UDP, length);
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(payload);
}

/// A TCP segment in its IP packet.
pub fn tcp(out: &mut Vec<u8>, ends: Ends, mut header: TcpHeader, payload: &[u8]) {
    out.clear();
    let checksum = match (ends.from.ip(), ends.to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            header.calc_checksum_ipv4_raw(from.octets(), to.octets(), payload)
        }
        _ => header.calc_checksum_ipv6_raw(octets(ends.from), octets(ends.to), payload),
    };
    header.checksum = checksum.unwrap_or(0);
    ip(
        out,
        ends,
        IpNumber::TCP,
        header.header_len() + payload.len(),
    );
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(payload);
}

fn ip(out: &mut Vec<u8>, ends: Ends, protocol: IpNumber, length: usize) {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    if let (IpAddr::V4(from), IpAddr::V4(to)) = (ends.from.ip(), ends.to.ip()) {
        let made = Ipv4Header::new(length, HOPS, protocol, from.octets(), to.octets());
        if let Ok(mut header) = made {
            header.header_checksum = header.calc_header_checksum();
            out.extend_from_slice(&header.to_bytes());
        }
        return;
    }
    let header = Ipv6Header {
        payload_length: length,
        next_header: protocol,
        hop_limit: HOPS,
        source: octets(ends.from),
        destination: octets(ends.to),
        ..Ipv6Header::default()
    };
    out.extend_from_slice(&header.to_bytes());
}

fn octets(address: SocketAddr) -> [u8; 16] {
    match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}
