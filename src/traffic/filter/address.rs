//! Address terms of a filter.

use crate::payload::width;
use crate::peer::{Peer, UNIX};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

/// An address to compare with that of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Port(u16),
    Ip(IpAddr),
    /// The scope of an IPv6 address is compared only if it is written.
    Full(SocketAddr),
    /// Text that an IP address begins with, or, after a dot, ends with. The name of a Unix
    /// socket contains it, as it was written.
    Part {
        narrow: String,
        written: String,
    },
    /// Any Unix socket.
    Unix,
    /// The complete text of a Unix socket: `unix:/tmp/a.sock`, `unix:#1`.
    Whole(String),
    /// Text within the name of a Unix socket, as logs show it.
    Name(String),
}

impl Address {
    /// Parses `8080` or `:8080`, `127.0.0.1`, `127.0.0.1:8080`, `[::1]:80`, `192.168.`, `1.5`
    /// (of `192.168.1.5`). Full-width characters count as ASCII. A Unix socket is written as
    /// its complete text, `unix:/tmp/a.sock`, its number, `#1`, the beginning of an abstract
    /// name, `@na`, or a part of a path, which contains a `/`; `unix:` stands for any. `None`
    /// if no address has such a part.
    pub(super) fn read(text: &str) -> Option<Self> {
        let written = text.trim();
        let text = width::to_ascii(written).to_ascii_lowercase();
        if let Some(name) = Self::name(&text, written) {
            return Some(name);
        }
        let number = text.strip_prefix(':').unwrap_or(&text);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return number.parse().ok().map(Self::Port);
        }
        if let Ok(full) = text.parse() {
            return Some(Self::Full(full));
        }
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(&text);
        if let Ok(ip) = bare.parse() {
            return Some(Self::Ip(ip));
        }
        let fits = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '[' | ']' | '%');
        (text.chars().all(fits) && text.contains(|c: char| c.is_ascii_hexdigit())).then(|| {
            Self::Part {
                narrow: text,
                written: written.to_owned(),
            }
        })
    }

    /// The part of a Unix socket's name; `narrow` is `written` in lower-case ASCII.
    fn name(narrow: &str, written: &str) -> Option<Self> {
        if let Some(name) = narrow.strip_prefix(UNIX) {
            // The prefix has the same number of characters as written, but perhaps more bytes.
            let begin = written.char_indices().nth(UNIX.len());
            let rest = begin.and_then(|(at, _)| written.get(at..)).unwrap_or("");
            return Some(match name {
                "" | "*" => Self::Unix,
                name if name.starts_with('#') => Self::Whole(format!("{UNIX}{name}")),
                _ => Self::Whole(format!("{UNIX}{rest}")),
            });
        }
        if let Some(number) = narrow.strip_prefix('#') {
            let number: u64 = number.parse().ok()?;
            return Some(Self::Whole(Peer::Unnamed(number).to_string()));
        }
        if narrow
            .strip_prefix('@')
            .is_some_and(|name| !name.is_empty())
        {
            let name: String = written.chars().skip(1).collect();
            return Some(Self::Name(format!("{UNIX}@{name}")));
        }
        // `10.0.0.0/8` means a network, which is not supported.
        let (before, _) = narrow.split_once('/')?;
        let is_network = before.parse::<IpAddr>().is_ok();
        (!is_network).then(|| Self::Name(written.to_owned()))
    }

    /// Whether it identifies one socket of a machine.
    pub(super) fn is_one_socket(&self) -> bool {
        matches!(self, Self::Port(_) | Self::Full(_) | Self::Whole(_))
    }

    /// Whether a record's address matches.
    pub(super) fn holds(&self, peer: impl Into<Peer>) -> bool {
        match (peer.into(), self) {
            (Peer::Ip(address), _) => self.holds_ip(address),
            (_, Self::Unix) => true,
            (named, Self::Whole(text)) => named.to_string() == *text,
            (named, Self::Part { written: part, .. } | Self::Name(part)) => {
                named.to_string().contains(part.as_str())
            }
            (_, Self::Port(_) | Self::Ip(_) | Self::Full(_)) => false,
        }
    }

    fn holds_ip(&self, peer: SocketAddr) -> bool {
        let same_ip = |ip: IpAddr| peer.ip().to_canonical() == ip.to_canonical();
        match self {
            Self::Port(port) => peer.port() == *port,
            Self::Ip(ip) => same_ip(*ip),
            Self::Full(full) => {
                let same_scope = match (full, peer) {
                    (SocketAddr::V6(full), SocketAddr::V6(peer)) => {
                        full.scope_id() == 0 || full.scope_id() == peer.scope_id()
                    }
                    _ => true,
                };
                peer.port() == full.port() && same_ip(full.ip()) && same_scope
            }
            Self::Part { narrow, .. } => is_part(narrow, peer),
            Self::Unix | Self::Whole(_) | Self::Name(_) => false,
        }
    }
}

fn is_part(part: &str, peer: SocketAddr) -> bool {
    let mut line = AddressBuffer::default();
    if write!(line, "{peer}").is_err() {
        return false;
    }
    let full = line.text();
    let ends_with = |text: &str| {
        text.strip_suffix(part)
            .is_some_and(|before| before.ends_with('.') || part.starts_with('.'))
    };
    let bare = match full.strip_prefix('[') {
        Some(rest) => rest.split_once(']'),
        None => full.rsplit_once(':'),
    };
    let bare = bare.map_or(full, |(ip, _)| ip);
    full.starts_with(part) || bare.starts_with(part) || ends_with(bare) || ends_with(full)
}

/// A stack buffer for the longest address, to format it without an allocation.
struct AddressBuffer {
    bytes: [u8; 64],
    length: usize,
}

impl Default for AddressBuffer {
    fn default() -> Self {
        Self {
            bytes: [0; 64],
            length: 0,
        }
    }
}

impl AddressBuffer {
    fn text(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl std::fmt::Write for AddressBuffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end);
        room.ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, peer: &str) -> bool {
        let address = Address::read(text).unwrap_or_else(|| panic!("{text}"));
        address.holds(peer.parse::<SocketAddr>().unwrap())
    }

    #[test]
    fn whole_addresses_and_ports_are_compared_as_such() {
        let peer = "127.0.0.1:8080";
        for text in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "8080",
            ":8080",
            "１２７。０。０。１：８０８０",
        ] {
            assert!(holds(text, peer), "{text}");
        }
        for text in [
            "127.0.0.10",
            "127.0.0.1:80",
            "80",
            "127.0.0.2",
            "[::1]:8080",
        ] {
            assert!(!holds(text, peer), "{text}");
        }
        assert!(!holds("127.0.0.1", "127.0.0.10:8080"));
    }

    #[test]
    fn addresses_of_version_6_with_brackets_and_without() {
        for text in ["[::1]:80", "::1", "[::1]", ":80", "::", "[::1"] {
            assert_eq!(holds(text, "[::1]:80"), text != "::", "{text}");
        }
        let scoped = "[fe80::1%3]:5353";
        for text in [
            "fe80::1",
            "[fe80::1]:5353",
            "fe80:",
            "[fe80::1%3]:5353",
            "fe80::1%3",
            "FE80::1",
        ] {
            assert!(holds(text, scoped), "{text}");
        }
        assert!(!holds("[fe80::1%4]:5353", scoped));
        assert!(holds("1.2.3.4", "[::ffff:1.2.3.4]:9"));
    }

    #[test]
    fn a_part_is_the_beginning_or_follows_a_dot_at_the_end() {
        let peer = "192.168.1.5:8080";
        for text in ["192.168.", "192.16", "1.5", ".5", "1.5:8080", "168.1.5"] {
            assert!(holds(text, peer), "{text}");
        }
        for text in ["92.168.", "8.1.5", "168.1.", "1.5:80", "1.50"] {
            assert!(!holds(text, peer), "{text}");
        }
        assert!(holds(
            "ffff:",
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535"
        ));
    }

    #[test]
    fn names_are_compared_whole_or_in_part() {
        let holds = |text: &str, peer: &str| {
            let address = Address::read(text).unwrap_or_else(|| panic!("{text}"));
            address.holds(peer.parse::<Peer>().unwrap())
        };
        let path = "unix:/tmp/Demo.sock";
        for text in [
            "unix:/tmp/Demo.sock",
            "ＵＮＩＸ：/tmp/Demo.sock",
            "/tmp/Demo.sock",
            "/tmp/",
            "p/De",
            "unix:",
            "unix:*",
        ] {
            assert!(holds(text, path), "{text}");
            assert!(!holds(text, "127.0.0.1:80"), "{text}");
        }
        for text in ["unix:/tmp/Demo", "/tmp/demo", "#1", "@tmp", "80", "::1"] {
            assert!(!holds(text, path), "{text}");
        }
        for (text, one, eleven) in [
            ("#1", true, false),
            ("＃１", true, false),
            ("unix:#1", true, false),
            ("unix:", true, true),
        ] {
            assert_eq!(holds(text, "unix:#1"), one, "{text}");
            assert_eq!(holds(text, "unix:#11"), eleven, "{text}");
        }
        assert!(holds("@na", "unix:@name"));
        assert!(holds("unix:@name", "unix:@name"));
        assert!(!holds("@name", "unix:/tmp/@name"));
        assert!(holds("/套接", "unix:/tmp/套接字"));
    }

    #[test]
    fn what_no_address_has_is_none() {
        for text in [
            "",
            ":",
            "70000",
            ":70000",
            "host",
            "1.2.3.4/8",
            "192.168.*",
            "...",
            "#",
            "#one",
            "@",
            "::1/64",
        ] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }
}
