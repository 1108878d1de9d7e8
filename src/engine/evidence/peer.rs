//! The far end: whether it listens, reads and answers.

use super::{Permission, Question, Seen, SessionFacts, Unseen};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerFacts {
    /// Whether the target is an address of this machine: its sockets are in the local facts then.
    pub is_here: bool,
    /// TCP_INFO of the session's connections (tcp(7)), by the far end.
    pub connections: Seen<Vec<ConnectionFacts>>,
    /// What a connection to the target gave, if it was tried.
    pub connect: Seen<ConnectOutcome>,
    /// What the far end says first on a connection, without being spoken to.
    pub greeting: Seen<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFacts {
    pub peer: SocketAddr,
    pub state: u8,
    /// Bytes that are sent and not acknowledged, and that wait to be sent.
    pub unacknowledged: u64,
    pub unsent: u64,
    /// The room that the peer has announced, in bytes; `None` if the kernel does not say it.
    pub window: Option<u64>,
    /// Probes of a closed window that are unanswered, and retransmissions in a row.
    pub probes: u32,
    pub retransmits: u32,
    pub total_retransmits: u32,
    /// Milliseconds since data last came and was last acknowledged.
    pub last_received_ms: u32,
    pub last_acknowledged_ms: u32,
    /// Smoothed round trip time in microseconds.
    pub rtt_us: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectOutcome {
    Connected,
    /// Nobody listens (RST).
    Refused,
    /// Nothing came back in time.
    Silent,
    /// An error number of the system (errno(3)).
    Failed(i32),
}

impl PeerFacts {
    pub fn gather(
        _question: &Question,
        _session: Option<&SessionFacts>,
        _permission: Permission,
        _until: Instant,
    ) -> Self {
        Self {
            is_here: false,
            connections: Seen::Unseen(Unseen::NotHere),
            connect: Seen::Unseen(Unseen::NotHere),
            greeting: Seen::Unseen(Unseen::NotHere),
        }
    }
}
