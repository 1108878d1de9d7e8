//! The network interfaces.

use super::super::Seen;
#[cfg(not(target_os = "linux"))]
use super::super::Unseen;
use crate::engine::sys::interfaces::shares;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceFacts {
    pub name: String,
    pub index: u32,
    /// Addresses with their prefix lengths.
    pub addresses: Vec<(IpAddr, u8)>,
    pub is_up: bool,
    pub is_loopback: bool,
    /// Whether a cable or a network is connected; `None` if it has nothing of the kind.
    pub has_carrier: Option<bool>,
    pub mtu: u32,
    /// Addresses that another machine has too (IPv6 duplicate address detection).
    pub duplicates: Vec<IpAddr>,
    /// Packets that the interface received and sent, and dropped.
    pub received: u64,
    pub sent: u64,
    pub received_dropped: u64,
    pub sent_dropped: u64,
    /// Strictness of the check of source addresses (rp_filter): 0 off, 1 strict, 2 loose.
    pub rp_filter: Option<u8>,
}

impl InterfaceFacts {
    /// Whether this is one of its addresses. Every address of 127.0.0.0/8 is one of the loopback.
    pub fn has(&self, ip: IpAddr) -> bool {
        self.addresses.iter().any(|&(own, prefix)| {
            own == ip || self.is_loopback && own.is_loopback() && shares(own, prefix, ip)
        })
    }

    /// The longest prefix of its networks that have this address in them.
    pub fn network_of(&self, ip: IpAddr) -> Option<u8> {
        let all = self.addresses.iter();
        let networks = all.filter(|&&(own, prefix)| shares(own, prefix, ip));
        networks.map(|&(_, prefix)| prefix).max()
    }

    /// An address of it whose network would have this address in it with the usual mask, and has
    /// not, with its prefix length.
    pub fn leaves_out(&self, ip: IpAddr) -> Option<(IpAddr, u8)> {
        let mut all = self.addresses.iter().copied();
        all.find(|&(own, prefix)| shares(own, usual(ip), ip) && !shares(own, prefix, ip))
    }

    /// An address of it whose network has this address in it, and would not have it with the usual
    /// mask, with its prefix length.
    pub fn takes_in(&self, ip: IpAddr) -> Option<(IpAddr, u8)> {
        let mut all = self.addresses.iter().copied();
        all.find(|&(own, prefix)| shares(own, prefix, ip) && !shares(own, usual(ip), ip))
    }
}

/// The usual prefix length: 255.255.255.0, and that of SLAAC (RFC 4862).
fn usual(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 24,
        IpAddr::V6(_) => 64,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read(_until: Instant) -> Seen<Vec<InterfaceFacts>> {
    Seen::Unseen(Unseen::NotHere)
}

/// Reads them. One that vanishes meanwhile is left out.
#[cfg(target_os = "linux")]
pub(super) fn read(until: Instant) -> Seen<Vec<InterfaceFacts>> {
    match linux::read(until) {
        Ok(interfaces) => Seen::Known(interfaces),
        Err(error) => Seen::Unseen(super::reason(&error, "ip address")),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::InterfaceFacts;
    use crate::engine::sys::netlink::{self, ROUTE, attributes, u32_at, u64_at};
    use std::io;
    use std::net::IpAddr;
    use std::time::Instant;

    /// The most interfaces, and the most addresses of one, that are kept.
    const MOST: usize = 1024;
    /// RTM_GETLINK and RTM_GETADDR (rtnetlink(7)).
    const GET_LINK: u16 = 18;
    const GET_ADDRESS: u16 = 22;

    pub(super) fn read(until: Instant) -> io::Result<Vec<InterfaceFacts>> {
        let mut all: Vec<InterfaceFacts> = Vec::new();
        netlink::dump(ROUTE, GET_LINK, &[0; 16], until, &mut |message| {
            all.extend(link(message).filter(|_| all.len() < MOST));
        })?;
        netlink::dump(ROUTE, GET_ADDRESS, &[0; 8], until, &mut |message| {
            let Some(address) = address(message) else {
                return;
            };
            let of = all.iter_mut().find(|link| link.index == address.index);
            if let Some(link) = of.filter(|link| link.addresses.len() < MOST) {
                link.addresses.push((address.ip, address.prefix));
                link.duplicates
                    .extend(address.is_duplicate.then_some(address.ip));
            }
        })?;
        for link in &mut all {
            link.rp_filter = rp_filter(&link.name);
        }
        Ok(all)
    }

    /// The stricter one of the interface and of all (ip-sysctl).
    fn rp_filter(name: &str) -> Option<u8> {
        // A name may have a dot, and no slash (dev_valid_name).
        let of = |name: &str| -> Option<u8> {
            let path = format!("/proc/sys/net/ipv4/conf/{name}/rp_filter");
            std::fs::read_to_string(path).ok()?.trim().parse().ok()
        };
        Some(of(name)?.max(of("all")?))
    }

    /// Reads an ifinfomsg.
    pub(super) fn link(message: &[u8]) -> Option<InterfaceFacts> {
        const LENGTH: usize = 16;
        const INDEX: usize = 4;
        const FLAGS: usize = 8;
        const IFF_UP: u32 = 1;
        const IFF_LOOPBACK: u32 = 8;
        let flags = u32_at(message, FLAGS)?;
        let is_loopback = flags & IFF_LOOPBACK != 0;
        let mut link = InterfaceFacts {
            name: String::new(),
            index: u32_at(message, INDEX)?,
            addresses: Vec::new(),
            is_up: flags & IFF_UP != 0,
            is_loopback,
            has_carrier: None,
            mtu: 0,
            duplicates: Vec::new(),
            received: 0,
            sent: 0,
            received_dropped: 0,
            sent_dropped: 0,
            rp_filter: None,
        };
        for (kind, content) in attributes(message.get(LENGTH..)?) {
            match kind {
                // IFLA_IFNAME, IFLA_MTU, IFLA_STATS64 and IFLA_CARRIER.
                3 => {
                    let name = content.strip_suffix(&[0]).unwrap_or(content);
                    link.name = String::from_utf8_lossy(name).into_owned();
                }
                4 => link.mtu = u32_at(content, 0)?,
                23 => {
                    link.received = u64_at(content, 0)?;
                    link.sent = u64_at(content, 8)?;
                    link.received_dropped = u64_at(content, 48)?;
                    link.sent_dropped = u64_at(content, 56)?;
                }
                33 if !is_loopback => link.has_carrier = content.first().map(|&on| on != 0),
                _ => {}
            }
        }
        (!link.name.is_empty()).then_some(link)
    }

    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Address {
        pub(super) index: u32,
        pub(super) ip: IpAddr,
        pub(super) prefix: u8,
        pub(super) is_duplicate: bool,
    }

    /// Reads an ifaddrmsg.
    pub(super) fn address(message: &[u8]) -> Option<Address> {
        const LENGTH: usize = 8;
        /// IFA_F_DADFAILED.
        const DUPLICATE: u32 = 0x08;
        let (mut own, mut other) = (None, None);
        let mut flags = u32::from(*message.get(2)?);
        for (kind, content) in attributes(message.get(LENGTH..)?) {
            match kind {
                // IFA_ADDRESS is the far end of a point-to-point link that has an IFA_LOCAL.
                1 => other = ip_in(content),
                2 => own = ip_in(content),
                // IFA_FLAGS has more bits than the header.
                8 => flags = u32_at(content, 0)?,
                _ => {}
            }
        }
        Some(Address {
            index: u32_at(message, 4)?,
            ip: own.or(other)?,
            prefix: *message.get(1)?,
            is_duplicate: flags & DUPLICATE != 0,
        })
    }

    fn ip_in(bytes: &[u8]) -> Option<IpAddr> {
        let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
            .ok()
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::linux::{Address, address, link};
    use super::*;
    use std::time::Duration;

    fn attribute(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(4 + content.len()).unwrap();
        let mut bytes = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), content].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn a_link_and_its_addresses_are_read() {
        let mut message = vec![0; 16];
        message[4..8].copy_from_slice(&7_u32.to_ne_bytes());
        message[8..12].copy_from_slice(&1_u32.to_ne_bytes());
        message.extend(attribute(3, b"eth0\0"));
        message.extend(attribute(4, &1500_u32.to_ne_bytes()));
        message.extend(attribute(33, &[0]));
        let eth = link(&message).unwrap();
        let facts = (
            eth.name.as_str(),
            eth.index,
            eth.mtu,
            eth.has_carrier,
            eth.is_up,
        );
        assert_eq!(facts, ("eth0", 7, 1500, Some(false), true));
        // Cut anywhere, it is no link, or one that lacks something; nothing fails.
        for length in 0..message.len() {
            link(&message[..length]);
        }
        let mut message = vec![2, 24, 0, 0];
        message.extend(7_u32.to_ne_bytes());
        message.extend(attribute(1, &[10, 0, 0, 2]));
        message.extend(attribute(2, &[10, 0, 0, 1]));
        message.extend(attribute(8, &0x88_u32.to_ne_bytes()));
        let expected = Address {
            index: 7,
            ip: [10, 0, 0, 1].into(),
            prefix: 24,
            is_duplicate: true,
        };
        assert_eq!(address(&message), Some(expected));
        assert_eq!(address(&message[..12]), None);
    }

    #[test]
    fn this_machine_has_a_loopback() {
        let all = read(Instant::now() + Duration::from_secs(10));
        let all = all.known().unwrap();
        let loopback = all.iter().find(|interface| interface.is_loopback).unwrap();
        assert!(loopback.mtu > 0 && loopback.has([127, 9, 9, 9].into()));
        assert!(!loopback.has([128, 0, 0, 1].into()));
        assert_eq!(loopback.network_of([127, 9, 9, 9].into()), Some(8));
    }

    #[test]
    fn a_mask_leaves_out_a_neighbour() {
        let with = |ip: [u8; 4], prefix| {
            let all = read(Instant::now() + Duration::from_secs(10));
            let mut all = all.known().unwrap().clone();
            let mut one = all.pop().unwrap();
            one.is_loopback = false;
            one.addresses = vec![(ip.into(), prefix)];
            one
        };
        let other = [192, 168, 1, 9].into();
        let own = [192, 168, 1, 5];
        assert_eq!(with(own, 30).leaves_out(other), Some((own.into(), 30)));
        assert_eq!(with(own, 32).leaves_out(other), Some((own.into(), 32)));
        for prefix in [28, 24, 8] {
            assert_eq!(with(own, prefix).leaves_out(other), None, "{prefix}");
        }
        assert_eq!(with([192, 168, 2, 5], 30).leaves_out(other), None);
        assert_eq!(with(own, 28).network_of(other), Some(28));
        assert_eq!(with(own, 29).network_of(other), None);
    }
}
