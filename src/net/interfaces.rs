//! The machine's own interfaces and addresses.

use std::net::{IpAddr, SocketAddr};

/// One address of one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    /// The system's number of the interface; 0 where it has none.
    pub index: u32,
    pub ip: IpAddr,
    pub broadcast: Option<IpAddr>,
}

/// What the machine's interfaces were when asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interfaces(Vec<Interface>);

impl Interfaces {
    /// Asks the system; empty where it does not answer.
    pub fn read() -> Self {
        let all = if_addrs::get_if_addrs()
            .unwrap_or_default()
            .into_iter()
            .map(|found| Interface {
                index: found.index.unwrap_or(0),
                ip: found.ip(),
                broadcast: match &found.addr {
                    if_addrs::IfAddr::V4(v4) => v4.broadcast.map(IpAddr::V4),
                    if_addrs::IfAddr::V6(_) => None,
                },
                name: found.name,
            });
        Self(all.collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Interface> {
        self.0.iter()
    }

    /// Every interface once, by name and number.
    pub fn names(&self) -> Vec<(&str, u32)> {
        let mut names: Vec<(&str, u32)> = Vec::new();
        for interface in &self.0 {
            if !names.iter().any(|(name, _)| *name == interface.name) {
                names.push((&interface.name, interface.index));
            }
        }
        names
    }

    pub fn index_of(&self, name: &str) -> Option<u32> {
        self.0
            .iter()
            .find(|interface| interface.name == name)
            .map(|interface| interface.index)
    }

    pub fn name_of(&self, index: u32) -> Option<&str> {
        self.0
            .iter()
            .find(|interface| interface.index == index)
            .map(|interface| interface.name.as_str())
    }

    /// An IPv4 address of the interface with this number.
    pub fn ipv4_of(&self, index: u32) -> Option<std::net::Ipv4Addr> {
        self.0
            .iter()
            .filter(|interface| index != 0 && interface.index == index)
            .find_map(|interface| match interface.ip {
                IpAddr::V4(ip) => Some(ip),
                IpAddr::V6(_) => None,
            })
    }

    pub fn is_broadcast(&self, ip: IpAddr) -> bool {
        ip == IpAddr::V4(std::net::Ipv4Addr::BROADCAST)
            || self
                .0
                .iter()
                .any(|interface| interface.broadcast == Some(ip))
    }

    /// `address` as people write it: a link-local one with its interface's name.
    pub fn show(&self, address: SocketAddr) -> String {
        match address {
            SocketAddr::V6(v6) if v6.scope_id() != 0 => {
                let scope = self
                    .name_of(v6.scope_id())
                    .map_or_else(|| v6.scope_id().to_string(), str::to_owned);
                format!("[{}%{scope}]:{}", v6.ip(), v6.port())
            }
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddrV6;

    #[test]
    fn loopback_is_among_them() {
        assert!(
            Interfaces::read()
                .iter()
                .any(|interface| interface.ip.is_loopback())
        );
    }

    #[test]
    fn a_scope_is_shown_by_name() {
        let eth = Interface {
            name: "eth0".into(),
            index: 2,
            ip: [127, 0, 0, 1].into(),
            broadcast: None,
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
