//! What the program did, or left undone, without being told to each time.

use super::Notice;
use super::effect::Effect;
use crate::payload::answer::Silence;
use crate::peer::Peer;
use serde::{Deserialize, Serialize};

/// Why a reply was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// More than this number a second.
    Rate(u32),
    /// More than this number a second to this peer.
    PeerRate(u32),
    Broadcast,
    Multicast,
    PortZero,
    /// The address is one of this program's own sockets.
    Own,
    /// More than three times as long as what it answers.
    Larger,
    /// Too many replies wait for their time.
    Waiting,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Automatic {
    /// Replies by this rule were not sent, so many since the last row of this kind; `peer`
    /// is whom the last was for.
    Refused {
        rule: String,
        peer: Option<Peer>,
        refusal: Refusal,
        count: u64,
    },
    /// This rule had no answer to something received, so many times since the last row of
    /// this kind; `peer` sent the last.
    Unanswered {
        rule: String,
        peer: Option<Peer>,
        silence: Silence,
        count: u64,
    },
    /// The rule and this peer only answered each other: it does not answer it for a while.
    Paused { rule: String, peer: Peer },
    /// The rule answers this peer again; it was not answered so many times.
    Resumed {
        rule: String,
        peer: Peer,
        unanswered: u64,
    },
    /// A bad network on purpose did this to a datagram.
    Impaired {
        peer: Peer,
        outgoing: bool,
        effect: Effect,
    },
    /// A relay's socket opposite its target: all that this client sends leaves from there.
    Upstream { client: Peer, local: Peer },
    /// A relay forgot a client that was silent, and to whom nothing came, for so long.
    Forgotten { client: Peer, millis: u64 },
    /// What happened to the connection to a relay's target that was made for this client.
    ForClient { client: Peer, notice: Notice },
    /// Something this peer sent was not passed on, as this rule says.
    NotPassed {
        rule: String,
        peer: Peer,
        bytes: usize,
    },
    /// Something this peer sent is kept under this number until it is released by hand: as
    /// this rule says, or because everything is.
    Held {
        number: u64,
        rule: Option<String>,
        peer: Peer,
        bytes: usize,
    },
    /// What was kept was thrown away by hand.
    Discarded {
        number: u64,
        peer: Peer,
        bytes: usize,
    },
    /// Something this peer sent was to be kept, but too much is; it is not passed on.
    NotHeld { peer: Peer, bytes: usize },
    /// Datagrams of clients that a relay has no socket for were not passed on, so many
    /// since the last row of this kind; `peer` sent the last.
    Unserved { peer: Peer, count: u64 },
    /// So many clients of a relay had to make room for others since the last row of this kind;
    /// `client` was the last of them, and silent for so long.
    Replaced {
        client: Peer,
        millis: u64,
        count: u64,
    },
    /// A bad network on purpose did this to a TCP connection, or to a piece of what goes
    /// there.
    ImpairedPiece { peer: Peer, effect: Effect },
    /// A rule closed the connection, and these bytes came after its last word: they were read
    /// and discarded, since unread ones would reset the connection (RFC 1122 §4.2.2.13).
    /// `finished` is whether the peer then ended its direction; else it took too long.
    Drained {
        peer: Peer,
        bytes: u64,
        finished: bool,
    },
    /// A client connects again after so long: it lost its connection, or so many attempts in a
    /// row failed alike. `peer` is its server, where that is no host name.
    Reconnecting {
        peer: Option<Peer>,
        attempts: u64,
        millis: u64,
    },
    /// A client has its connection, after so many attempts that failed.
    Reconnected { peer: Peer, attempts: u64 },
}

impl Automatic {
    pub fn peer(&self) -> Option<Peer> {
        match *self {
            Self::Refused { peer, .. }
            | Self::Unanswered { peer, .. }
            | Self::Reconnecting { peer, .. } => peer,
            Self::Paused { peer, .. }
            | Self::Resumed { peer, .. }
            | Self::Impaired { peer, .. }
            | Self::ImpairedPiece { peer, .. }
            | Self::NotPassed { peer, .. }
            | Self::Held { peer, .. }
            | Self::Discarded { peer, .. }
            | Self::NotHeld { peer, .. }
            | Self::Drained { peer, .. }
            | Self::Reconnected { peer, .. }
            | Self::Unserved { peer, .. } => Some(peer),
            Self::Upstream { client, .. }
            | Self::Forgotten { client, .. }
            | Self::Replaced { client, .. } => Some(client),
            Self::ForClient { ref notice, .. } => notice.peer(),
        }
    }

    /// Whether it is the loss of a datagram on purpose, and if so whether of one that was
    /// to be sent.
    pub fn lost_outgoing(&self) -> Option<bool> {
        match self {
            Self::Impaired {
                effect, outgoing, ..
            } => effect.what.is_loss().then_some(*outgoing),
            _ => None,
        }
    }
}
