//! Sockets at some ports, asked of the kernel (sock_diag(7)): quick on a machine with very many,
//! and with properties that the tables in /proc lack.

use super::interfaces::InterfaceFacts;
use super::sockets::SocketRow;
use crate::engine::sys::netlink::{self, SOCK_DIAG, attributes, u32_at};
use crate::engine::sys::socket::Transport;
use crate::engine::sys::socket_table::SocketEntry;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// SOCK_DIAG_BY_FAMILY.
const BY_FAMILY: u16 = 20;
/// AF_INET and AF_INET6.
const V4: u8 = 2;
const V6: u8 = 10;
/// States as bits: TCP_LISTEN, and TCP_CLOSE, which unconnected sockets of UDP have.
const LISTEN: u32 = 1 << 10;
const CLOSE: u32 = 1 << 7;

/// The ports of a question to the kernel; 0 is any.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ports {
    pub(super) local: u16,
    pub(super) remote: u16,
}

/// Passes the sockets of a transport that are bound, or those that are connected.
///
/// # Errors
/// Those of [`netlink::dump`]: a kernel without this module has none.
pub(super) fn visit(
    transport: Transport,
    (ports, is_bound): (Ports, bool),
    interfaces: &[InterfaceFacts],
    until: Instant,
    each: &mut dyn FnMut(SocketRow),
) -> io::Result<()> {
    let bound = match transport {
        Transport::Udp => CLOSE,
        Transport::Tcp => LISTEN,
    };
    let states = if is_bound { bound } else { !bound };
    for family in [V4, V6] {
        let request = request(family, transport, states, ports);
        netlink::dump(SOCK_DIAG, BY_FAMILY, &request, until, &mut |message| {
            each_of(transport, interfaces, message)
                .into_iter()
                .for_each(&mut *each);
        })?;
    }
    Ok(())
}

/// An inet_diag_req_v2.
fn request(family: u8, transport: Transport, states: u32, ports: Ports) -> Vec<u8> {
    /// 1 << (INET_DIAG_SKMEMINFO - 1).
    const MEMORY: u8 = 1 << 6;
    // IPPROTO_UDP and IPPROTO_TCP.
    let protocol = match transport {
        Transport::Udp => 17,
        Transport::Tcp => 6,
    };
    let mut request = vec![family, protocol, MEMORY, 0];
    request.extend(states.to_ne_bytes());
    request.extend(ports.local.to_be_bytes());
    request.extend(ports.remote.to_be_bytes());
    // No addresses, no interface.
    request.extend([0; 32 + 4]);
    // No cookie (INET_DIAG_NOCOOKIE).
    request.extend([0xFF; 8]);
    request
}

/// Reads an inet_diag_msg.
fn each_of(
    transport: Transport,
    interfaces: &[InterfaceFacts],
    message: &[u8],
) -> Option<SocketRow> {
    const LENGTH: usize = 72;
    /// The longest life of a closed connection, in seconds (TCP_TIMEWAIT_LEN).
    const KEPT: u64 = 60;
    /// INET_DIAG_SKMEMINFO and INET_DIAG_SKV6ONLY.
    const MEMORY: u16 = 7;
    const V6_ONLY: u16 = 11;
    let number = |at: usize| u32_at(message, at).map(u64::from);
    let attribute = |wanted: u16| {
        let mut all = attributes(message.get(LENGTH..)?);
        all.find_map(|(kind, content)| (kind == wanted).then_some(content))
    };
    let (read, written) = (number(56)?, number(60)?);
    let is_listening = transport == Transport::Tcp && *message.get(1)? == 0x0A;
    // 3 is the timer of TIME_WAIT, in milliseconds.
    let left = number(52)?.div_ceil(1_000);
    let dropped = attribute(MEMORY).and_then(|memory| u32_at(memory, 32));
    let entry = SocketEntry {
        local: address(message, 4, 8)?,
        remote: address(message, 6, 24)?,
        state: *message.get(1)?,
        unsent: if is_listening { 0 } else { written },
        unread: read,
        inode: number(68)?,
        seconds: if *message.get(2)? == 3 { left } else { KEPT },
        dropped: dropped
            .map(u64::from)
            .filter(|_| transport == Transport::Udp),
    };
    let mut row = SocketRow::new(transport, &entry);
    row.backlog = is_listening.then_some(written);
    row.v6_only = attribute(V6_ONLY).and_then(|flag| Some(*flag.first()? != 0));
    let index = u32_at(message, 40)?;
    let of = interfaces
        .iter()
        .find(|interface| index != 0 && interface.index == index);
    row.interface = of.map(|interface| interface.name.clone());
    Some(row)
}

/// A port, and an address of 16 bytes of which IPv4 uses 4.
fn address(message: &[u8], port: usize, ip: usize) -> Option<SocketAddr> {
    let port = u16::from_be_bytes(*message.get(port..)?.first_chunk()?);
    let ip = message.get(ip..)?;
    let ip = match *message.first()? {
        V4 => IpAddr::from(*ip.first_chunk::<4>()?),
        V6 => IpAddr::from(*ip.first_chunk::<16>()?),
        _ => return None,
    };
    Some(SocketAddr::new(ip.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(message: &[u8]) -> Option<SocketRow> {
        each_of(Transport::Tcp, &[], message)
    }

    #[test]
    fn a_message_about_a_socket_is_read() {
        let mut message = vec![0; 72];
        message[..2].copy_from_slice(&[V4, 0x0A]);
        message[4..6].copy_from_slice(&8080_u16.to_be_bytes());
        message[8..12].copy_from_slice(&[127, 0, 0, 1]);
        message[56..60].copy_from_slice(&3_u32.to_ne_bytes());
        message[60..64].copy_from_slice(&128_u32.to_ne_bytes());
        message[68..72].copy_from_slice(&4242_u32.to_ne_bytes());
        let listening = row(&message).unwrap();
        assert_eq!(listening.local, "127.0.0.1:8080".parse().unwrap());
        assert!(listening.is_bound() && listening.remote.is_none());
        let numbers = (listening.inode, listening.unread, listening.backlog);
        assert_eq!(numbers, (4242, 3, Some(128)));
        assert_eq!((listening.unsent, listening.v6_only), (0, None));
        message.extend(5_u16.to_ne_bytes());
        message.extend(11_u16.to_ne_bytes());
        message.extend([1, 0, 0, 0]);
        assert_eq!(row(&message).and_then(|row| row.v6_only), Some(true));
        for length in 0..72 {
            assert_eq!(row(&message[..length]), None, "{length}");
        }
        message[0] = 99;
        assert_eq!(row(&message), None);
    }

    #[test]
    fn a_request_has_the_length_of_its_structure() {
        let request = request(V4, Transport::Udp, CLOSE, Ports::default());
        assert_eq!(request.len(), 56);
    }
}
