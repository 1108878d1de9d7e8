//! What the doctor is asked.

use crate::engine::sys::endpoint::is_of_many;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// What carries the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    Udp,
    Tcp,
}

impl Transport {
    /// Its word in the commands of other programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

/// Why does nothing come?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// A session is silent: nothing arrives, or nothing comes back.
    Session {
        transport: Transport,
        local: Option<SocketAddr>,
        /// Where it sends to, or is connected to.
        to: Option<SocketAddr>,
        /// Who should send, if it is known; port 0 if its port is not.
        from: Option<SocketAddr>,
    },
    /// Nothing comes back from a target.
    Target {
        transport: Transport,
        to: SocketAddr,
        /// The name that was asked for, and all of its addresses, if it was a name.
        name: Option<(String, Vec<SocketAddr>)>,
    },
    /// A program of this machine should receive at a port.
    Port {
        transport: Transport,
        local: SocketAddr,
        /// Who should send, if it is known; port 0 if its port is not.
        from: Option<SocketAddr>,
    },
}

impl Question {
    pub fn transport(&self) -> Transport {
        match self {
            Self::Session { transport, .. }
            | Self::Target { transport, .. }
            | Self::Port { transport, .. } => *transport,
        }
    }

    /// The far end, if the question is about one.
    pub fn to(&self) -> Option<SocketAddr> {
        match self {
            Self::Session { to, .. } => *to,
            Self::Target { to, .. } => Some(*to),
            Self::Port { .. } => None,
        }
    }

    /// The machine that should send to a receiver that only waits. `None` if messages go to a far
    /// end, or if nobody has named one machine.
    pub fn sender(&self) -> Option<SocketAddr> {
        self.named()
            .filter(|from| !from.ip().is_unspecified() && !is_of_many(from.ip()))
    }

    /// The multicast group to which somebody should send, where one is named in place of a sender.
    pub fn group(&self) -> Option<IpAddr> {
        let named = self.named()?.ip().to_canonical();
        named.is_multicast().then_some(named)
    }

    /// The sender or the group that the user named for a receiver that only waits.
    fn named(&self) -> Option<SocketAddr> {
        match self {
            Self::Session { to: None, from, .. } | Self::Port { from, .. } => *from,
            Self::Session { .. } | Self::Target { .. } => None,
        }
    }

    /// The machine on the other side: the far end, or the sender that is waited for.
    pub fn other_side(&self) -> Option<SocketAddr> {
        self.to().or_else(|| self.sender())
    }

    /// The address of this machine, if the question is about one.
    pub fn local(&self) -> Option<SocketAddr> {
        match self {
            Self::Session { local, .. } => *local,
            Self::Target { .. } => None,
            Self::Port { local, .. } => Some(*local),
        }
    }
}
