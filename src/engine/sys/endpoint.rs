//! Endpoints: hosts and ports, parsed from text as users type and paste it.

use super::interfaces::{Interfaces, NoSuchInterface};
use crate::payload::width;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// A host and a port, not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    pub host: Host,
    pub port: u16,
}

/// An IP address, or a name to be resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    Ip {
        ip: IpAddr,
        /// The interface index of a link-local IPv6 address; 0 for other addresses.
        scope: u32,
    },
    Name(String),
}

/// Why a text is not a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    Empty,
    /// Digits and dots that are not an IPv4 address, such as `127.1` or `256.0.0.1`.
    NotIpv4,
    /// Text with a colon that is not an IPv6 address.
    NotIpv6,
    /// The interface of a link-local address does not exist.
    NoSuchInterface(NoSuchInterface),
    /// A link-local address without `%interface`; `known` lists the existing interfaces.
    NeedsScope {
        known: Vec<String>,
    },
    /// A character that is not allowed in a host name.
    BadCharacter(char),
    /// Longer than the 253 characters of a host name (RFC 1035).
    TooLong,
}

/// Why a text is not a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortError {
    Empty,
    /// Not a whole number from 0 to 65535.
    NotANumber,
    OutOfRange,
    /// 0 lets the system choose a port and cannot be a destination.
    Zero,
}

impl Host {
    /// Parses a host: an IPv4 or IPv6 address (brackets and `%scope` allowed), or a name.
    /// Full-width characters count as ASCII. `interfaces` resolves the scope.
    ///
    /// # Errors
    /// The mistake in the text, by the form it resembles.
    pub fn parse(text: &str, interfaces: &Interfaces) -> Result<Self, HostError> {
        let text = width::to_ascii(text);
        let bare = text
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(&text);
        if bare.is_empty() {
            return Err(HostError::Empty);
        }
        let (address, scope) = bare
            .split_once('%')
            .map_or((bare, None), |(address, scope)| (address, Some(scope)));
        if let Ok(ip) = address.parse::<Ipv6Addr>() {
            let scope = match scope {
                None if ip.is_unicast_link_local() => {
                    let known = interfaces.names_of_links();
                    return Err(HostError::NeedsScope { known });
                }
                None => 0,
                // URLs encode the percent sign as %25 (RFC 6874).
                Some(name) => interfaces.index_of(name).or_else(|missing| {
                    let bare = name.strip_prefix("25");
                    let index = bare.and_then(|bare| interfaces.index_of(bare).ok());
                    index.ok_or(HostError::NoSuchInterface(missing))
                })?,
            };
            return Ok(Self::Ip {
                ip: ip.into(),
                scope,
            });
        }
        if bare.contains(':') || scope.is_some() {
            return Err(HostError::NotIpv6);
        }
        if let Ok(ip) = bare.parse::<std::net::Ipv4Addr>() {
            return Ok(Self::Ip {
                ip: ip.into(),
                scope: 0,
            });
        }
        if bare.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return Err(HostError::NotIpv4);
        }
        if let Some(c) = bare.chars().find(|c| !is_name_character(*c)) {
            return Err(HostError::BadCharacter(c));
        }
        if bare.len() > 253 {
            return Err(HostError::TooLong);
        }
        Ok(Self::Name(bare.to_owned()))
    }
}

impl Endpoint {
    /// Parses `host:port`; `None` for any other text.
    pub fn parse(text: &str, interfaces: &Interfaces) -> Option<Self> {
        let (host, port) = split_port(text.trim())?;
        Some(Self {
            host: Host::parse(&host, interfaces).ok()?,
            port: parse_port(&port).ok()?,
        })
    }

    /// The address, if the host is an IP address.
    pub fn address(&self) -> Option<SocketAddr> {
        match self.host {
            Host::Ip { ip, scope } => Some(socket_address(ip, scope, self.port)),
            Host::Name(_) => None,
        }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        let scope = if let SocketAddr::V6(v6) = address {
            v6.scope_id()
        } else {
            0
        };
        Self {
            host: Host::Ip {
                ip: address.ip(),
                scope,
            },
            port: address.port(),
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.host, self.address()) {
            (Host::Name(name), _) => write!(f, "{name}:{}", self.port),
            (_, Some(address)) => address.fmt(f),
            (Host::Ip { ip, .. }, None) => ip.fmt(f),
        }
    }
}

/// Parses a local port. 0 lets the system choose.
///
/// # Errors
/// The mistake in the text.
pub fn parse_local_port(text: &str) -> Result<u16, PortError> {
    let text = width::to_ascii(text);
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if text.is_empty() {
        return Err(PortError::Empty);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PortError::NotANumber);
    }
    text.parse().map_err(|_| PortError::OutOfRange)
}

/// Parses a destination port, 1 to 65535.
///
/// # Errors
/// The mistake in the text; 0 is not a destination.
pub fn parse_port(text: &str) -> Result<u16, PortError> {
    match parse_local_port(text)? {
        0 => Err(PortError::Zero),
        port => Ok(port),
    }
}

/// Splits `host:port` or `[v6]:port`; `None` for text without a numeric port.
pub fn split_port(text: &str) -> Option<(String, String)> {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    split_last(text).filter(|(_, port)| is_port(port))
}

/// Splits text at the colon before a port, whatever the text after it; `None` if there is no
/// such colon, as in an IPv6 address without brackets.
pub fn split_last(text: &str) -> Option<(String, String)> {
    let text = width::to_ascii(text);
    let (host, port) = text.rsplit_once(':')?;
    let bracketed = host.starts_with('[') && host.ends_with(']');
    let plain = !host.is_empty() && !host.contains([':', '[', ']']);
    (bracketed || plain).then(|| (host.trim_matches(['[', ']']).to_owned(), port.to_owned()))
}

/// A socket address of either family; `scope` applies to IPv6 only.
pub fn socket_address(ip: IpAddr, scope: u32, port: u16) -> SocketAddr {
    match ip {
        IpAddr::V4(_) => SocketAddr::new(ip, port),
        IpAddr::V6(v6) => SocketAddr::V6(SocketAddrV6::new(v6, port, 0, scope)),
    }
}

/// Whether the address stands for several machines: a multicast group, or the limited broadcast
/// address.
pub fn is_of_many(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}

/// Converts an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`, RFC 4291) to IPv4.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, address.port()),
        IpAddr::V6(_) => address,
    }
}

/// The address that a connection to `address` reaches: the unspecified address means loopback
/// (on Linux; RFC 1122, 3.2.1.3 forbids it as a destination), and mapped addresses are IPv4.
pub fn reached(address: SocketAddr) -> SocketAddr {
    let address = canonical(address);
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => address,
    }
}

fn is_name_character(c: char) -> bool {
    // The system's resolver handles names outside ASCII.
    c.is_ascii_alphanumeric()
        || matches!(c, '.' | '-' | '_')
        || (!c.is_ascii() && c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(text: &str) -> Result<Host, HostError> {
        Host::parse(text, &Interfaces::read())
    }

    fn ip(text: &str) -> Result<Host, HostError> {
        Ok(Host::Ip {
            ip: text.parse().unwrap(),
            scope: 0,
        })
    }

    #[test]
    fn addresses_in_every_spelling() {
        assert_eq!(host(" 127.0.0.1 "), ip("127.0.0.1"));
        assert_eq!(host("１９２．１６８。０．１"), ip("192.168.0.1"));
        assert_eq!(host("::1"), ip("::1"));
        assert_eq!(host("[::1]"), ip("::1"));
        assert_eq!(host("［：：１］"), ip("::1"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_scope_is_a_name_or_a_number() {
        let scoped = |scope| {
            Ok(Host::Ip {
                ip: "fe80::1".parse().unwrap(),
                scope,
            })
        };
        let lo = Interfaces::read().index_of("lo").unwrap();
        assert_eq!(host("fe80::1%lo"), scoped(lo));
        assert_eq!(host("[fe80::1%25lo]"), scoped(lo));
        assert_eq!(host("fe80::1%7"), scoped(7));
        assert!(
            matches!(host("fe80::1%nosuch0"), Err(HostError::NoSuchInterface(missing)) if missing.name == "nosuch0")
        );
        assert!(
            matches!(host("fe80::1"), Err(HostError::NeedsScope { known }) if !known.is_empty())
        );
    }

    #[test]
    fn what_looks_like_an_address_but_is_none() {
        for text in ["0127.0.0.1", "127.1", "256.0.0.1", "0", "1.2.3.4.5"] {
            assert_eq!(host(text), Err(HostError::NotIpv4), "{text}");
        }
        assert_eq!(host(":::"), Err(HostError::NotIpv6));
        assert_eq!(host("lo%lo"), Err(HostError::NotIpv6));
        assert_eq!(host(""), Err(HostError::Empty));
        assert_eq!(host("a b"), Err(HostError::BadCharacter(' ')));
        assert_eq!(host(&"a".repeat(254)), Err(HostError::TooLong));
    }

    #[test]
    fn names_are_names() {
        assert_eq!(host("localhost"), Ok(Host::Name("localhost".into())));
        assert_eq!(host("例子.测试"), Ok(Host::Name("例子.测试".into())));
    }

    #[test]
    fn ports_in_every_spelling() {
        assert_eq!(parse_port("８０８０"), Ok(8080));
        assert_eq!(parse_port(" 65535 "), Ok(65535));
        assert_eq!(parse_local_port("0"), Ok(0));
        assert_eq!(parse_port("0"), Err(PortError::Zero));
        assert_eq!(parse_port("65536"), Err(PortError::OutOfRange));
        assert_eq!(parse_port("-1"), Err(PortError::OutOfRange));
        assert_eq!(parse_port(""), Err(PortError::Empty));
        assert_eq!(parse_port("80a"), Err(PortError::NotANumber));
        assert_eq!(parse_port("-"), Err(PortError::NotANumber));
        assert_eq!(
            parse_port("99999999999999999999"),
            Err(PortError::OutOfRange)
        );
    }

    #[test]
    fn a_pasted_endpoint_is_split() {
        let split = |text| split_port(text).map(|(host, port)| format!("{host}|{port}"));
        assert_eq!(
            split("192.168.1.5:8080").as_deref(),
            Some("192.168.1.5|8080")
        );
        assert_eq!(
            split("192.168.1.5：８０８０").as_deref(),
            Some("192.168.1.5|8080")
        );
        assert_eq!(split("[::1]:80").as_deref(), Some("::1|80"));
        assert_eq!(split("::1"), None);
        assert_eq!(split("host"), None);
        assert_eq!(split(":80"), None);
    }

    #[test]
    fn a_mapped_peer_is_ipv4() {
        assert_eq!(
            canonical("[::ffff:127.0.0.1]:5".parse().unwrap()),
            "127.0.0.1:5".parse().unwrap()
        );
        assert_eq!(
            canonical("[::1]:5".parse().unwrap()),
            "[::1]:5".parse().unwrap()
        );
    }

    proptest! {
        #[test]
        fn nothing_typed_panics(text: String) {
            host(&text).ok();
            parse_port(&text).ok();
            split_port(&text);
        }

        #[test]
        fn what_is_shown_reads_back(address: SocketAddr) {
            prop_assume!(!matches!(address.ip(), IpAddr::V6(v6) if v6.is_unicast_link_local()));
            let endpoint = Endpoint::from(socket_address(address.ip(), 0, address.port()));
            let (shown_host, port) = split_port(&endpoint.to_string()).unwrap();
            prop_assert_eq!(Endpoint { host: host(&shown_host).unwrap(), port: parse_local_port(&port).unwrap() }, endpoint);
        }
    }
}
