//! The kinds of session and their properties: one row of the table for each kind.

use crate::peer::Peer;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "Kind")]
pub enum SessionKind {
    #[default]
    Udp,
    TcpClient,
    TcpServer,
    /// Settings of version 1 use this name for both relays, and store the protocol beside it.
    #[serde(alias = "Relay")]
    RelayUdp,
    RelayTcp,
    UnixClient,
    UnixServer,
    UnixDatagram,
}

/// The properties of all sessions of a kind.
#[derive(Debug)]
pub struct Traits {
    /// The locale key of its name, which it may share with other kinds.
    pub name: &'static str,
    /// The locale key of its name among those of the others.
    pub short: &'static str,
    /// The locale key of its variant, which distinguishes it from kinds with the same name.
    pub variant: Option<&'static str>,
    pub role: SessionRole,
    pub addresses: Addresses,
    /// Whether it carries byte streams, whose reads are not messages.
    pub is_stream: bool,
    /// Its words on the command line, after the name of the program.
    pub command: &'static [&'static str],
    /// Its name in scenarios.
    pub scenario: &'static str,
}

/// The role of a session towards its peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRole {
    /// Exchanges datagrams with any peer.
    Datagrams,
    /// Connects to one peer.
    Client,
    /// Accepts connections.
    Server,
    /// Passes data on between clients and a target, and sends nothing of its own.
    Relay,
}

/// The address family of its sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// By IP address and port.
    Internet,
    /// By name, as Unix sockets are (unix(7)).
    Named,
}

impl Addresses {
    /// The family of this peer's address.
    pub fn of(peer: Peer) -> Self {
        match peer {
            Peer::Ip(_) => Self::Internet,
            Peer::Named(_) | Peer::Unnamed(_) => Self::Named,
        }
    }
}

const UDP: Traits = Traits {
    name: "protocol.udp",
    short: "protocol.udp",
    variant: None,
    role: SessionRole::Datagrams,
    addresses: Addresses::Internet,
    is_stream: false,
    command: &["udp"],
    scenario: "Udp",
};

const TCP_CLIENT: Traits = Traits {
    name: "protocol.tcp_client",
    short: "protocol.client",
    variant: None,
    role: SessionRole::Client,
    addresses: Addresses::Internet,
    is_stream: true,
    command: &["tcp-client"],
    scenario: "TcpClient",
};

const TCP_SERVER: Traits = Traits {
    name: "protocol.tcp_server",
    short: "protocol.server",
    variant: None,
    role: SessionRole::Server,
    addresses: Addresses::Internet,
    is_stream: true,
    command: &["tcp-server"],
    scenario: "TcpServer",
};

const RELAY_UDP: Traits = Traits {
    name: "protocol.relay",
    short: "protocol.relay",
    variant: Some("protocol.relay_udp"),
    role: SessionRole::Relay,
    addresses: Addresses::Internet,
    is_stream: false,
    command: &["relay", "udp"],
    scenario: "Relay",
};

const RELAY_TCP: Traits = Traits {
    name: "protocol.relay",
    short: "protocol.relay",
    variant: Some("protocol.relay_tcp"),
    role: SessionRole::Relay,
    addresses: Addresses::Internet,
    is_stream: true,
    command: &["relay", "tcp"],
    scenario: "Relay",
};

const UNIX_CLIENT: Traits = Traits {
    name: "protocol.unix",
    short: "protocol.unix",
    variant: Some("protocol.unix_client"),
    role: SessionRole::Client,
    addresses: Addresses::Named,
    is_stream: true,
    command: &["unix-client"],
    scenario: "UnixClient",
};

const UNIX_SERVER: Traits = Traits {
    name: "protocol.unix",
    short: "protocol.unix",
    variant: Some("protocol.unix_server"),
    role: SessionRole::Server,
    addresses: Addresses::Named,
    is_stream: true,
    command: &["unix-server"],
    scenario: "UnixServer",
};

const UNIX_DATAGRAM: Traits = Traits {
    name: "protocol.unix",
    short: "protocol.unix",
    variant: Some("protocol.unix_datagram"),
    role: SessionRole::Datagrams,
    addresses: Addresses::Named,
    is_stream: false,
    command: &["unix-datagram"],
    scenario: "UnixDatagram",
};

impl SessionKind {
    /// All kinds, in the order of menus.
    pub const ALL: [Self; 8] = [
        Self::Udp,
        Self::TcpClient,
        Self::TcpServer,
        Self::RelayUdp,
        Self::RelayTcp,
        Self::UnixClient,
        Self::UnixServer,
        Self::UnixDatagram,
    ];

    pub fn traits(self) -> &'static Traits {
        match self {
            Self::Udp => &UDP,
            Self::TcpClient => &TCP_CLIENT,
            Self::TcpServer => &TCP_SERVER,
            Self::RelayUdp => &RELAY_UDP,
            Self::RelayTcp => &RELAY_TCP,
            Self::UnixClient => &UNIX_CLIENT,
            Self::UnixServer => &UNIX_SERVER,
            Self::UnixDatagram => &UNIX_DATAGRAM,
        }
    }

    pub fn role(self) -> SessionRole {
        self.traits().role
    }

    pub fn is_stream(self) -> bool {
        self.traits().is_stream
    }

    pub fn is_relay(self) -> bool {
        self.role() == SessionRole::Relay
    }

    /// Whether a framing applies. A relay passes on each read of its streams at once, and its
    /// framing only observes; datagrams that it passes on are not cut.
    pub fn has_framing(self) -> bool {
        !self.is_relay() || self.is_stream()
    }

    pub fn addresses(self) -> Addresses {
        self.traits().addresses
    }

    /// Whether it can join multicast groups.
    pub fn has_groups(self) -> bool {
        self.role() == SessionRole::Datagrams && self.addresses() == Addresses::Internet
    }

    /// The kind with this role, these addresses, and streams or datagrams.
    pub fn with(role: SessionRole, is_stream: bool, addresses: Addresses) -> Option<Self> {
        let is_it = |kind: &Self| {
            let matches = (kind.role(), kind.is_stream(), kind.addresses());
            matches == (role, is_stream, addresses)
        };
        Self::ALL.into_iter().find(is_it)
    }

    /// The kinds that share its name, including itself.
    pub fn variants(self) -> impl Iterator<Item = Self> {
        let name = self.traits().name;
        Self::ALL
            .into_iter()
            .filter(move |kind| kind.traits().name == name)
    }

    /// The first kind of each name, without those that this system lacks.
    pub fn names() -> impl Iterator<Item = Self> {
        let is_first = |kind: &Self| kind.variants().next() == Some(*kind);
        let is_here = |kind: &Self| cfg!(unix) || kind.addresses() != Addresses::Named;
        Self::ALL.into_iter().filter(is_first).filter(is_here)
    }

    /// All kinds that this system has.
    pub fn here() -> impl Iterator<Item = Self> {
        Self::names().flat_map(Self::variants)
    }

    /// Its command as one word, such as `relay-tcp`.
    pub fn word(self) -> String {
        self.traits().command.join("-")
    }

    /// The relay for the traffic of sessions of this kind.
    pub fn relay(self) -> Self {
        match self.is_stream() {
            true => Self::RelayTcp,
            false => Self::RelayUdp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_offered_once() {
        let offered: Vec<SessionKind> = SessionKind::names()
            .flat_map(SessionKind::variants)
            .collect();
        assert_eq!(offered, SessionKind::ALL);
        let commands: Vec<_> = SessionKind::ALL.map(|kind| kind.traits().command).into();
        for (at, command) in commands.iter().enumerate() {
            assert!(!commands[..at].contains(command), "{command:?} twice");
        }
    }

    #[test]
    fn kinds_that_share_a_name_are_distinguished() {
        for kind in SessionKind::ALL {
            let alone = kind.variants().count() == 1;
            assert_eq!(kind.traits().variant.is_none(), alone, "{kind:?}");
        }
    }

    #[test]
    fn the_relay_of_old_settings_is_read() {
        assert_eq!(ron::from_str("Relay"), Ok(SessionKind::RelayUdp));
    }
}
