//! Properties of sockets that the tables in /proc lack (sock_diag(7)).

use super::interfaces::InterfaceFacts;
use super::sockets::SocketRow;
use crate::engine::sys::netlink::{self, SOCK_DIAG, attributes, u32_at};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// SOCK_DIAG_BY_FAMILY.
const BY_FAMILY: u16 = 20;
/// IPPROTO_TCP and IPPROTO_UDP.
const TCP: u8 = 6;
const UDP: u8 = 17;
/// AF_INET and AF_INET6.
const FAMILIES: [u8; 2] = [2, 10];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Details {
    inode: u64,
    interface: u32,
    /// The longest queue of a listening socket.
    backlog: u64,
    v6_only: Option<bool>,
}

/// Adds what the kernel says of bound sockets. Without it they stay unknown.
pub(super) fn add(rows: &mut [SocketRow], interfaces: &[InterfaceFacts], until: Instant) {
    let bound = rows.iter().filter(|row| row.is_bound());
    let asked: BTreeSet<(bool, u16)> = bound.map(|row| (row.is_tcp, row.local.port())).collect();
    let mut all = BTreeMap::new();
    for (is_tcp, port) in asked {
        for family in FAMILIES {
            let mut keep = |message: &[u8]| {
                if let Some(details) = details(message) {
                    all.insert(details.inode, details);
                }
            };
            let request = request(family, is_tcp, port);
            // A kernel without this module answers with an error.
            netlink::dump(SOCK_DIAG, BY_FAMILY, &request, until, &mut keep).ok();
        }
    }
    for row in rows.iter_mut().filter(|row| row.is_bound()) {
        let Some(details) = all.get(&row.inode) else {
            continue;
        };
        row.v6_only = details.v6_only;
        row.backlog = row.is_tcp.then_some(details.backlog);
        let known = interfaces.iter();
        row.interface = known
            .filter(|interface| interface.index == details.interface)
            .map(|interface| interface.name.clone())
            .next();
    }
}

/// An inet_diag_req_v2 for bound sockets at a port.
fn request(family: u8, is_tcp: bool, port: u16) -> Vec<u8> {
    /// The states of bound sockets: 1 << TCP_LISTEN, and 1 << TCP_CLOSE for UDP.
    const LISTEN: u32 = 1 << 10;
    const CLOSE: u32 = 1 << 7;
    let (protocol, states) = match is_tcp {
        true => (TCP, LISTEN),
        false => (UDP, CLOSE),
    };
    let mut request = vec![family, protocol, 0, 0];
    request.extend(states.to_ne_bytes());
    request.extend(port.to_be_bytes());
    // No other port, no addresses, no interface.
    request.extend([0; 2 + 32 + 4]);
    // No cookie (INET_DIAG_NOCOOKIE).
    request.extend([0xFF; 8]);
    request
}

/// Reads an inet_diag_msg.
fn details(message: &[u8]) -> Option<Details> {
    const LENGTH: usize = 72;
    const INTERFACE: usize = 40;
    const WRITE_QUEUE: usize = 60;
    const INODE: usize = 68;
    /// INET_DIAG_SKV6ONLY.
    const V6_ONLY: u16 = 11;
    let flag = attributes(message.get(LENGTH..)?)
        .find(|(kind, _)| *kind == V6_ONLY)
        .and_then(|(_, content)| content.first());
    Some(Details {
        inode: u32_at(message, INODE)?.into(),
        interface: u32_at(message, INTERFACE)?,
        backlog: u32_at(message, WRITE_QUEUE)?.into(),
        v6_only: flag.map(|&flag| flag != 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_about_a_socket_is_read() {
        let mut message = vec![0; 72];
        message[40..44].copy_from_slice(&3_u32.to_ne_bytes());
        message[60..64].copy_from_slice(&128_u32.to_ne_bytes());
        message[68..72].copy_from_slice(&4242_u32.to_ne_bytes());
        let expected = Details {
            inode: 4242,
            interface: 3,
            backlog: 128,
            v6_only: None,
        };
        assert_eq!(details(&message), Some(expected));
        message.extend(5_u16.to_ne_bytes());
        message.extend(11_u16.to_ne_bytes());
        message.extend([1, 0, 0, 0]);
        let v6_only = details(&message).and_then(|details| details.v6_only);
        assert_eq!(v6_only, Some(true));
        assert_eq!(details(&message[..71]), None);
        assert_eq!(details(&[]), None);
    }

    #[test]
    fn a_request_has_the_length_of_its_structure() {
        assert_eq!(request(2, true, 80).len(), 56);
    }
}
