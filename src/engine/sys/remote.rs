//! The remote address of a session or a reply: an IP endpoint or a Unix socket.

use crate::engine::sys::endpoint::Endpoint;
use crate::engine::sys::interfaces::Interfaces;
use crate::peer::{Name, Peer, UNIX};

/// The remote address of a session or a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    Endpoint(Endpoint),
    /// A Unix socket.
    Named(Name),
}

impl Remote {
    /// Parses `host:port`, or `unix:` and a name; `None` for any other text. Text that starts with
    /// `/` or `@` is a name even without `unix:`, as no host starts so.
    pub fn parse(text: &str, interfaces: &Interfaces) -> Option<Self> {
        let name = text.trim();
        match name.starts_with(UNIX) || name.starts_with(['/', '@']) {
            true => Name::read(text).ok().map(Self::Named),
            false => Endpoint::parse(text, interfaces).map(Self::Endpoint),
        }
    }

    /// The peer; `None` for a name that is not resolved yet.
    pub fn peer(&self) -> Option<Peer> {
        match self {
            Self::Endpoint(endpoint) => endpoint.address().map(Peer::Ip),
            Self::Named(name) => Some(Peer::Named(*name)),
        }
    }

    /// It as text; a link-local address with the name of its interface.
    pub fn shown(&self, interfaces: &Interfaces) -> String {
        match self.peer() {
            Some(peer @ Peer::Ip(_)) => interfaces.show(peer),
            _ => self.to_string(),
        }
    }

    /// The IP endpoint; `None` for a Unix socket.
    pub fn endpoint(self) -> Option<Endpoint> {
        match self {
            Self::Endpoint(endpoint) => Some(endpoint),
            Self::Named(_) => None,
        }
    }
}

impl From<Endpoint> for Remote {
    fn from(endpoint: Endpoint) -> Self {
        Self::Endpoint(endpoint)
    }
}

impl std::fmt::Display for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Endpoint(endpoint) => endpoint.fmt(f),
            Self::Named(name) => Peer::Named(*name).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_endpoints_are_distinguished() {
        let read = |text: &str| {
            let remote = Remote::parse(text, &Interfaces::default());
            remote.map(|remote| remote.to_string())
        };
        for (text, expected) in [
            ("127.0.0.1:9", Some("127.0.0.1:9")),
            ("unix:/tmp/a.sock", Some("unix:/tmp/a.sock")),
            (" /tmp/a.sock", Some("unix:/tmp/a.sock")),
            ("@name", Some("unix:@name")),
            ("name", None),
            ("unix:", None),
        ] {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }
}
