//! What the program did, or left undone, without being told to each time.

use crate::automation::Refusal;
use crate::automation::impair::Effect;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Automatic {
    /// Replies by this rule were not sent, so many since the last row of this kind; `peer`
    /// is whom the last was for.
    Refused {
        rule: String,
        peer: Option<SocketAddr>,
        refusal: Refusal,
        count: u64,
    },
    /// The rule and this peer only answered each other.
    Paused { rule: String, peer: SocketAddr },
    /// A bad network on purpose did this to a datagram.
    Impaired {
        peer: SocketAddr,
        outgoing: bool,
        effect: Effect,
    },
}

impl Automatic {
    pub fn peer(&self) -> Option<SocketAddr> {
        match *self {
            Self::Refused { peer, .. } => peer,
            Self::Paused { peer, .. } | Self::Impaired { peer, .. } => Some(peer),
        }
    }
}
