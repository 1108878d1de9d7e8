//! The network interfaces and addresses of this machine.

use crate::peer::{Peer, network};
use crate::traffic::InterfaceAddress;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// One address of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// The interface index (netdevice(7)); 0 if there is none.
    pub index: u32,
    pub ip: IpAddr,
    /// Prefix length of the subnet in bits.
    pub prefix: u8,
    /// The subnet's broadcast addresses: the one derived from the prefix, and the configured one if
    /// it differs.
    pub broadcasts: Vec<Ipv4Addr>,
}

/// No interface has this name or index; `known` lists the names of the existing ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchInterface {
    pub name: String,
    pub known: Vec<String>,
}

/// A snapshot of this machine's interfaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interfaces(Vec<Interface>);

impl From<Vec<Interface>> for Interfaces {
    fn from(interfaces: Vec<Interface>) -> Self {
        Self(interfaces)
    }
}

impl Interfaces {
    /// Reads the interfaces from the system; empty if it fails.
    pub fn read() -> Self {
        let all = if_addrs::get_if_addrs()
            .unwrap_or_default()
            .into_iter()
            .map(|found| Interface {
                index: found.index.unwrap_or(0),
                ip: found.ip(),
                prefix: match &found.addr {
                    if_addrs::IfAddr::V4(v4) => v4.prefixlen,
                    if_addrs::IfAddr::V6(v6) => v6.prefixlen,
                },
                broadcasts: match &found.addr {
                    if_addrs::IfAddr::V4(v4) => {
                        let all = [v4.broadcast, last_of(v4.ip, v4.netmask)];
                        all.into_iter().flatten().collect()
                    }
                    if_addrs::IfAddr::V6(_) => Vec::new(),
                },
                name: found.name,
            });
        Self(all.collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Interface> {
        self.0.iter()
    }

    /// The name of each interface, once.
    pub fn names(&self) -> Vec<String> {
        self.names_of(|_| true)
    }

    /// The names of those with a link-local address of IPv6, or of all if none has one: such an
    /// address is reached by them alone (RFC 4007 §6).
    pub fn names_of_links(&self) -> Vec<String> {
        let is_link = |interface: &Interface| match interface.ip {
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
            IpAddr::V4(_) => false,
        };
        let names = self.names_of(is_link);
        match names.is_empty() {
            true => self.names(),
            false => names,
        }
    }

    fn names_of(&self, is_meant: impl Fn(&Interface) -> bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for interface in self.0.iter().filter(|interface| is_meant(interface)) {
            if !names.contains(&interface.name) {
                names.push(interface.name.clone());
            }
        }
        names
    }

    /// The index of the interface with this name; a number above 0 is an index itself.
    ///
    /// # Errors
    /// [`NoSuchInterface`] if no interface has this name, or the one that has it has no index.
    pub fn index_of(&self, name: &str) -> Result<u32, NoSuchInterface> {
        let mut all = self.0.iter();
        let found = all.find(|interface| interface.name == name);
        found
            .map(|interface| interface.index)
            .or_else(|| name.parse().ok())
            .filter(|&index| index > 0)
            .ok_or_else(|| NoSuchInterface {
                name: name.to_owned(),
                known: self.names(),
            })
    }

    /// The name of the interface with this index, or the index as text if there is none; empty
    /// for 0.
    pub fn name_of(&self, index: u32) -> String {
        if index == 0 {
            return String::new();
        }
        let mut all = self.0.iter();
        let found = all.find(|interface| interface.index == index);
        found.map_or_else(|| index.to_string(), |interface| interface.name.clone())
    }

    /// The broadcast addresses of all networks.
    pub fn broadcasts(&self) -> impl Iterator<Item = IpAddr> {
        let all = self.0.iter().flat_map(|interface| &interface.broadcasts);
        all.copied().map(IpAddr::V4)
    }

    /// An address of the interface with this name, IPv4 if it has one.
    pub fn address_of(&self, name: &str) -> Option<IpAddr> {
        let own = self.0.iter().filter(|interface| interface.name == name);
        own.map(|interface| interface.ip)
            .min_by_key(IpAddr::is_ipv6)
    }

    /// An IPv4 address of the interface with this index.
    pub fn ipv4_of(&self, index: u32) -> Option<Ipv4Addr> {
        self.0
            .iter()
            .filter(|interface| index != 0 && interface.index == index)
            .find_map(|interface| match interface.ip {
                IpAddr::V4(ip) => Some(ip),
                IpAddr::V6(_) => None,
            })
    }

    /// The addresses of non-loopback interfaces that are of `to`'s family.
    pub fn ways(&self, to: IpAddr) -> Vec<InterfaceAddress> {
        let is_ipv4 = to.to_canonical().is_ipv4();
        let leads = |ip: &IpAddr| !ip.is_loopback() && ip.is_ipv4() == is_ipv4;
        let found = self.0.iter().filter(|interface| leads(&interface.ip));
        found
            .map(|interface| (interface.name.clone(), interface.ip).into())
            .collect()
    }

    /// Whether an address is the limited broadcast address or that of a local subnet.
    pub fn is_broadcast(&self, ip: IpAddr) -> bool {
        let IpAddr::V4(ip) = ip.to_canonical() else {
            return false;
        };
        ip == Ipv4Addr::BROADCAST
            || self
                .0
                .iter()
                .any(|interface| interface.broadcasts.contains(&ip))
    }

    /// Whether an address is in the local network: one of this machine, or in the subnet of one of
    /// its interfaces.
    pub fn is_on_link(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let on_link = |interface: &Interface| shares(interface.ip, interface.prefix, ip);
        ip.is_loopback() || self.0.iter().any(on_link)
    }

    /// A peer as text; a link-local address with the name of its interface.
    pub fn show(&self, peer: impl Into<Peer>) -> String {
        match peer.into() {
            Peer::Ip(SocketAddr::V6(v6)) if v6.scope_id() != 0 => {
                let scope = self.name_of(v6.scope_id());
                format!("[{}%{scope}]:{}", v6.ip(), v6.port())
            }
            other => other.to_string(),
        }
    }
}

/// Whether the interface with this index exists (netdevice(7)), with addresses or without.
#[cfg(target_os = "linux")]
pub fn exists(index: u32) -> bool {
    // nix returns an empty name, and no error, where there is none.
    nix::net::if_::if_indextoname(index).is_ok_and(|name| !name.is_empty())
}

/// Whether the interface with this index exists and has an address; true if the system does not
/// list the interfaces.
#[cfg(not(target_os = "linux"))]
pub fn exists(index: u32) -> bool {
    let Interfaces(all) = Interfaces::read();
    all.is_empty() || all.iter().any(|interface| interface.index == index)
}

/// Whether two addresses share the first `prefix` bits. A prefix of 0 is no subnet.
pub fn shares(own: IpAddr, prefix: u8, ip: IpAddr) -> bool {
    prefix > 0 && network::shares(own, ip, prefix)
}

/// The last address of a subnet, which the kernel always uses for broadcasts; `None` for a subnet
/// of one or two addresses (RFC 3021).
fn last_of(ip: Ipv4Addr, mask: Ipv4Addr) -> Option<Ipv4Addr> {
    let prefix = u32::from(mask).count_ones();
    (1..31).contains(&prefix).then_some(ip | !mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddrV6;

    #[test]
    fn loopback_is_among_them() {
        let all = Interfaces::read();
        let loopback = all.iter().find(|interface| interface.ip.is_loopback());
        assert!(exists(loopback.unwrap().index));
        let newest = all.iter().map(|interface| interface.index).max();
        assert!(!exists(newest.unwrap() + 100_000));
    }

    #[test]
    fn a_subnets_last_address_is_broadcast() {
        let ip = |text: &str| text.parse::<Ipv4Addr>().unwrap();
        let last = |mask| last_of(ip("10.77.3.9"), ip(mask));
        assert_eq!(last("255.255.255.0"), Some(ip("10.77.3.255")));
        assert_eq!(last("255.255.252.0"), Some(ip("10.77.3.255")));
        assert_eq!(last("255.255.255.252"), Some(ip("10.77.3.11")));
        for none in ["255.255.255.254", "255.255.255.255", "0.0.0.0"] {
            assert_eq!(last(none), None);
        }
        if cfg!(target_os = "linux") {
            let interfaces = Interfaces::read();
            assert!(interfaces.is_broadcast(ip("127.255.255.255").into()));
            assert!(interfaces.is_broadcast("::ffff:127.255.255.255".parse().unwrap()));
        }
    }

    #[test]
    fn the_local_network_is_what_shares_a_subnet_with_an_interface() {
        let interface = |ip: &str, prefix| Interface {
            name: "eth0".into(),
            index: 2,
            ip: ip.parse().unwrap(),
            prefix,
            broadcasts: Vec::new(),
        };
        let interfaces = Interfaces(vec![
            interface("192.168.1.5", 24),
            interface("10.8.0.2", 32),
            interface("203.0.113.7", 0),
            interface("fe80::1", 64),
        ]);
        let on_link = |text: &str| interfaces.is_on_link(text.parse().unwrap());
        for ip in ["127.9.9.9", "::1", "192.168.1.200", "::ffff:192.168.1.9"] {
            assert!(on_link(ip), "{ip}");
        }
        assert!(on_link("10.8.0.2") && on_link("fe80::99"));
        for ip in [
            "192.168.2.1",
            "10.8.0.3",
            "203.0.113.8",
            "10.0.0.1",
            "fd00::1",
        ] {
            assert!(!on_link(ip), "{ip}");
        }
        assert!(Interfaces::read().is_on_link([127, 0, 0, 1].into()));
    }

    #[test]
    fn an_interface_that_is_gone_is_not_any_interface() {
        let interface = |name: &str, index| Interface {
            name: name.into(),
            index,
            ip: [192, 0, 2, 1].into(),
            prefix: 24,
            broadcasts: Vec::new(),
        };
        let interfaces = Interfaces(vec![interface("eth0", 2), interface("none0", 0)]);
        assert_eq!(interfaces.index_of("eth0"), Ok(2));
        assert_eq!(interfaces.index_of("7"), Ok(7));
        for name in ["wlan0", "none0", "0", ""] {
            let missing = interfaces.index_of(name).unwrap_err();
            assert_eq!(missing.name, name);
            assert_eq!(missing.known, ["eth0", "none0"]);
        }
        let names = [0, 2, 7].map(|index| interfaces.name_of(index));
        assert_eq!(names, ["", "eth0", "7"]);
    }

    #[test]
    fn link_local_addresses_are_reached_by_the_interfaces_that_have_one() {
        let interface = |name: &str, ip: &str| Interface {
            name: name.into(),
            index: 1,
            ip: ip.parse().unwrap(),
            prefix: 64,
            broadcasts: Vec::new(),
        };
        let lo = interface("lo", "::1");
        let eth = interface("eth0", "fe80::9");
        let names = |all: &[&Interface]| {
            let all = all.iter().map(|one| (*one).clone()).collect();
            Interfaces(all).names_of_links()
        };
        assert_eq!(names(&[&lo, &eth, &eth]), ["eth0"]);
        assert_eq!(names(&[&lo]), ["lo"], "something has to be named");
    }

    #[test]
    fn a_scope_is_shown_by_name() {
        let eth = Interface {
            name: "eth0".into(),
            index: 2,
            ip: [127, 0, 0, 1].into(),
            prefix: 8,
            broadcasts: Vec::new(),
        };
        let interfaces = Interfaces(vec![eth]);
        let address = |scope| {
            SocketAddr::V6(SocketAddrV6::new(
                "fe80::1".parse().unwrap(),
                5353,
                0,
                scope,
            ))
        };
        assert_eq!(interfaces.show(address(2)), "[fe80::1%eth0]:5353");
        assert_eq!(interfaces.show(address(9)), "[fe80::1%9]:5353");
        assert_eq!(interfaces.show(address(0)), "[fe80::1]:5353");
    }
}
