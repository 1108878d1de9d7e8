//! Networks of IP addresses, such as `192.168.1.0/24` (RFC 4632) and `fe80::/10` (RFC 4291).

use crate::payload::width;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network, or one address, which is a network of all of its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    ip: IpAddr,
    /// How many leading bits all its addresses share: at most 32 for IPv4, 128 for IPv6.
    bits: u8,
}

/// A text that is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNetwork;

impl Network {
    /// `None` if an address has fewer bits than that.
    pub fn new(ip: IpAddr, bits: u8) -> Option<Self> {
        (bits <= longest(ip)).then_some(Self { ip, bits })
    }

    /// Whether the address is one of the network. An IPv4-mapped address is one of IPv4.
    pub fn contains(self, ip: IpAddr) -> bool {
        shares(self.ip, ip.to_canonical(), self.bits)
    }
}

/// Whether two addresses are of one version of IP and share their first `bits`.
pub fn shares(one: IpAddr, other: IpAddr, bits: u8) -> bool {
    let shared = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    shared >= u32::from(bits)
}

/// The network of this address alone.
impl From<IpAddr> for Network {
    fn from(ip: IpAddr) -> Self {
        let bits = longest(ip);
        Self { ip, bits }
    }
}

fn longest(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

impl FromStr for Network {
    type Err = NotNetwork;

    /// Full-width characters count as ASCII, and brackets around an IPv6 address are allowed.
    fn from_str(text: &str) -> Result<Self, NotNetwork> {
        let typed = width::to_ascii(text);
        let (ip, bits) = match typed.split_once('/') {
            Some((ip, bits)) => (ip, Some(bits)),
            None => (typed.as_ref(), None),
        };
        let ip = ip.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let network = ip.and_then(|ip| match bits {
            Some(bits) => Self::new(ip, bits.parse().ok()?),
            None => Some(Self::from(ip)),
        });
        network.ok_or(NotNetwork)
    }
}

/// As it is read; an address alone is written without its length.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits == longest(self.ip) {
            true => self.ip.fmt(f),
            false => write!(f, "{}/{}", self.ip, self.bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, ip: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(ip.parse().unwrap())
    }

    #[test]
    fn a_network_has_the_addresses_that_share_its_leading_bits() {
        assert!(holds("192.168.1.0/24", "192.168.1.255"));
        assert!(!holds("192.168.1.0/24", "192.168.2.0"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "::1") && !holds("::/0", "1.2.3.4"));
        assert!(holds("fe80::/10", "fe80::1") && !holds("fe80::/10", "2001:db8::1"));
        assert!(holds("127.0.0.1", "127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        // The host bits of a network do not matter.
        assert!(holds("10.1.2.3/8", "10.9.9.9"));
    }

    #[test]
    fn a_mapped_address_is_one_of_ipv4() {
        assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(!holds("10.0.0.0/8", "::ffff:11.1.1.1"));
        assert!(!holds("::/0", "::ffff:10.1.1.1"));
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in ["10.0.0.0/8", "127.0.0.1", "::1", "fe80::/10", "0.0.0.0/0"] {
            let network: Network = text.parse().unwrap();
            assert_eq!(network.to_string(), text);
        }
        let typed: Network = "[fe80::]/１０".parse().unwrap();
        assert_eq!(typed.to_string(), "fe80::/10");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "x",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/-1",
            "a/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
