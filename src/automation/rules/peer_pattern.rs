//! Senders that a condition accepts: a network, a port or a Unix socket.

use crate::payload::width;
use crate::peer::network::Network;
use crate::peer::{Name, Peer, UNIX};
use std::net::{IpAddr, SocketAddr};

/// `192.168.1.0/24`, `127.0.0.1`, `:9000`, `10.0.0.0/8:9000`, `[fe80::]/10`, `[::1]:80`,
/// `unix:/tmp/a.sock`, `unix:*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PeerPattern {
    Internet {
        net: Option<Network>,
        port: Option<u16>,
    },
    /// A Unix socket; `None` is any.
    Unix(Option<Peer>),
}

impl PeerPattern {
    /// `None` if the text is not an address. Full-width characters count as ASCII. A text that
    /// begins with `/` or `@` is the name of a Unix socket, even without `unix:`.
    pub fn parse(text: &str) -> Option<Self> {
        let written = text.trim();
        if let Some(name) = written.strip_prefix(UNIX) {
            return Self::unix(name);
        }
        if written.starts_with(['/', '@']) {
            return Self::unix(written);
        }
        let text = width::to_ascii(written);
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Some(Self::of(Network::from(ip), None));
        }
        if let Ok(full) = text.parse::<SocketAddr>() {
            return Some(Self::of(full.ip().into(), Some(full.port())));
        }
        let number = text.strip_prefix(':').unwrap_or(&text);
        if number.bytes().all(|byte| byte.is_ascii_digit()) {
            let port = number.parse().ok()?;
            return Some(Self::Internet {
                net: None,
                port: Some(port),
            });
        }
        let (ip, rest) = text.split_once('/')?;
        let ip: IpAddr = ip.trim_matches(['[', ']']).parse().ok()?;
        let (bits, port) = match rest.split_once(':') {
            Some((bits, port)) => (bits, Some(port.parse().ok()?)),
            None => (rest, None),
        };
        let network = Network::new(ip, bits.parse().ok()?)?;
        Some(Self::of(network, port))
    }

    fn unix(name: &str) -> Option<Self> {
        let peer = match (name, name.strip_prefix('#')) {
            ("*", _) => return Some(Self::Unix(None)),
            (_, Some(number)) => Peer::Unnamed(number.parse().ok()?),
            (name, None) => Peer::Named(Name::read(name).ok()?),
        };
        Some(Self::Unix(Some(peer)))
    }

    fn of(network: Network, port: Option<u16>) -> Self {
        let net = Some(network);
        Self::Internet { net, port }
    }

    pub fn holds(&self, peer: Peer) -> bool {
        match (*self, peer) {
            (Self::Internet { net, port }, Peer::Ip(peer)) => {
                port.is_none_or(|port| port == peer.port())
                    && net.is_none_or(|net| net.contains(peer.ip()))
            }
            (Self::Unix(one), Peer::Named(_) | Peer::Unnamed(_)) => {
                one.is_none_or(|one| one == peer)
            }
            (Self::Internet { .. }, Peer::Named(_) | Peer::Unnamed(_))
            | (Self::Unix(_), Peer::Ip(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, peer: &str) -> bool {
        PeerPattern::parse(text)
            .unwrap()
            .holds(peer.parse().unwrap())
    }

    #[test]
    fn an_address_a_network_or_a_port_is_named() {
        assert!(holds("127.0.0.1", "127.0.0.1:9"));
        assert!(!holds("127.0.0.1", "127.0.0.2:9"));
        assert!(holds("192.168.1.0/24", "192.168.1.255:9"));
        assert!(!holds("192.168.1.0/24", "192.168.2.0:9"));
        assert!(holds("0.0.0.0/0", "8.8.8.8:53"));
        assert!(!holds("0.0.0.0/0", "[::1]:53"));
        assert!(holds("::/0", "[::1]:53") && holds("fe80::/10", "[fe80::1]:1"));
        assert!(holds(":9000", "1.2.3.4:9000") && !holds("9000", "1.2.3.4:9001"));
        assert!(holds("10.0.0.0/8:7", "10.1.1.1:7") && !holds("10.0.0.0/8:7", "10.1.1.1:8"));
        assert!(holds("[::1]:80", "[::1]:80") && holds("127.0.0.1", "[::ffff:127.0.0.1]:5"));
        assert!(holds("１２７.0.0.1", "127.0.0.1:9"));
    }

    #[test]
    fn a_unix_socket_is_named_whole_or_is_any() {
        let path = "unix:/tmp/a.sock";
        for text in [path, "/tmp/a.sock", " unix:* "] {
            assert!(holds(text, path), "{text}");
            assert!(!holds(text, "127.0.0.1:9"), "{text}");
        }
        for text in ["unix:/tmp/a", "unix:@tmp", "unix:#1", "0.0.0.0/0"] {
            assert!(!holds(text, path), "{text}");
        }
        assert!(holds("@name", "unix:@name") && holds("unix:@name", "unix:@name"));
        assert!(holds("unix:#1", "unix:#1") && !holds("unix:#1", "unix:#11"));
        assert!(holds("unix:*", "unix:#1") && !holds("unix:*", "[::1]:9"));
        assert!(holds(r"unix:\2A", "unix:*") && !holds(r"unix:\2A", path));
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "x",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "70000",
            "1.2.3.4/8:x",
            "unix:",
            "unix:#x",
            "@",
            r"/tmp/\x",
        ] {
            assert_eq!(PeerPattern::parse(text), None, "{text}");
        }
    }
}
