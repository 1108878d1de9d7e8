//! Notices about actions the program took, or suppressed, without a click.

use super::Notice;
use super::effect::Effect;
use super::frame_fault::FrameFault;
use crate::payload::answer::Silence;
use crate::peer::Peer;
use serde::{Deserialize, Serialize};

/// Why a reply was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// The limit on replies a second, over all peers: this number.
    Rate(u32),
    /// The limit on replies a second to one peer: this number.
    PeerRate(u32),
    Broadcast,
    Multicast,
    PortZero,
    /// The destination is one of this program's own sockets.
    Own,
    /// The reply is more than three times as long as the message it answers.
    Larger,
    /// Too many delayed replies are pending.
    Waiting,
}

/// An automatic action, taken or suppressed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Automatic {
    /// Replies of this rule were suppressed. `count` is their number since the last row of this
    /// kind; `peer` is the destination of the last one.
    Refused {
        rule: String,
        peer: Option<Peer>,
        refusal: Refusal,
        count: u64,
    },
    /// This rule matched but had no reply. `count` is how often since the last row of this
    /// kind; `peer` is the sender of the last message.
    Unanswered {
        rule: String,
        peer: Option<Peer>,
        silence: Silence,
        count: u64,
    },
    /// The rule and this peer only answered each other, so the rule stops answering it for a while.
    Paused { rule: String, peer: Peer },
    /// The rule answers this peer again. `unanswered` messages had no reply in between.
    Resumed {
        rule: String,
        peer: Peer,
        unanswered: u64,
    },
    /// The simulated network changed, delayed or dropped a datagram.
    Impaired {
        peer: Peer,
        outgoing: bool,
        effect: Effect,
    },
    /// The address of the relay's upstream socket for this client: everything the client sends
    /// leaves from there.
    Upstream { client: Peer, local: Peer },
    /// A relay removed a client from its flow table, after `millis` without traffic in either
    /// direction.
    Forgotten { client: Peer, millis: u64 },
    /// An event of the upstream TCP connection that the relay opened for this client.
    ForClient { client: Peer, notice: Notice },
    /// A rule of the relay blocked a message of this peer; `bytes` is its length.
    NotPassed {
        rule: String,
        peer: Peer,
        bytes: usize,
    },
    /// A message of this peer waits in the hold queue, under this number, until the user
    /// releases it. `rule` is the rule that intercepted it; `None` if the relay intercepts all.
    #[serde(rename = "Held")]
    Intercepted {
        number: u64,
        rule: Option<String>,
        peer: Peer,
        bytes: usize,
    },
    /// The user discarded a message from the hold queue.
    Discarded {
        number: u64,
        peer: Peer,
        bytes: usize,
    },
    /// The hold queue is full, so a message of this peer that should be intercepted was dropped.
    #[serde(rename = "NotHeld")]
    NotIntercepted { peer: Peer, bytes: usize },
    /// A relay dropped datagrams of clients because it has no upstream socket for them. `count`
    /// is their number since the last row of this kind; `peer` is the sender of the last one.
    Unserved { peer: Peer, count: u64 },
    /// Bytes that a peer sent are no message by the framing of the session, so no rule looked at
    /// them. `count` is how often since the last row of this kind.
    Unframed {
        peer: Peer,
        fault: FrameFault,
        count: u64,
    },
    /// A relay removed idle clients to make room for new ones. `count` is their number since
    /// the last row of this kind; `client` is the last of them, idle for `millis`.
    Replaced {
        client: Peer,
        millis: u64,
        count: u64,
    },
    /// The simulated network acted on a TCP connection, or on a piece of its stream.
    ImpairedPiece { peer: Peer, effect: Effect },
    /// A rule closed the connection, and the peer sent these bytes afterwards. They were read
    /// and discarded, since unread data resets the connection (RFC 1122 §4.2.2.13). `finished`
    /// is true if the peer then ended its direction (FIN), and false if it took too long.
    Drained {
        peer: Peer,
        bytes: u64,
        finished: bool,
    },
    /// A TCP client connects again in `millis`, after a lost connection or a failed attempt.
    /// `attempts` is how many attempts in a row failed alike. `peer` is the server; `None`
    /// where the target is a host name.
    Reconnecting {
        peer: Option<Peer>,
        attempts: u64,
        millis: u64,
    },
    /// A TCP client is connected, after this number of failed attempts.
    Reconnected { peer: Peer, attempts: u64 },
    /// A relay did not serve clients whose addresses are not allowed. `count` is the number of
    /// their datagrams or connections; `peer` is the sender of the last one.
    Denied { peer: Peer, count: u64 },
}

impl Automatic {
    /// The peer or client that the notice is about, if it is known.
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
            | Self::Intercepted { peer, .. }
            | Self::Discarded { peer, .. }
            | Self::NotIntercepted { peer, .. }
            | Self::Drained { peer, .. }
            | Self::Reconnected { peer, .. }
            | Self::Unframed { peer, .. }
            | Self::Unserved { peer, .. }
            | Self::Denied { peer, .. } => Some(peer),
            Self::Upstream { client, .. }
            | Self::Forgotten { client, .. }
            | Self::Replaced { client, .. } => Some(client),
            Self::ForClient { ref notice, .. } => notice.peer(),
        }
    }

    /// The direction of a datagram that the simulated network dropped: `true` if it was
    /// outgoing. `None` if the notice is about anything else.
    pub fn lost_outgoing(&self) -> Option<bool> {
        match self {
            Self::Impaired {
                effect, outgoing, ..
            } => effect.what.is_loss().then_some(*outgoing),
            _ => None,
        }
    }
}
