//! The state of chosen connections at one moment.

use super::{ConnectionFacts, connections_of, waiting_of};
use crate::engine::evidence::{LONGEST, Seen};
use crate::engine::sys::endpoint::canonical;
use std::net::SocketAddr;
use std::time::Instant;

/// What the kernel tells of connections of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSample {
    /// Those that a program has, with TCP_INFO (tcp(7)).
    pub connections: Seen<Vec<ConnectionFacts>>,
    /// Those that are over, and that the kernel keeps for a while.
    pub waiting: Seen<Vec<WaitingConnection>>,
}

/// A connection that no program has any more and that the kernel keeps (RFC 9293 §3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingConnection {
    pub local: SocketAddr,
    pub peer: SocketAddr,
    /// The number of its state: 5 is FIN_WAIT2, 6 is TIME_WAIT.
    pub state: u8,
    /// Milliseconds until the kernel forgets it.
    pub left_ms: u32,
}

impl ConnectionSample {
    /// Asks the kernel about the connections between these ends, ours first. Takes at most
    /// [`LONGEST`], sends nothing to others and needs no rights. Blocks: run it as a job.
    pub fn take(pairs: &[(SocketAddr, SocketAddr)]) -> Self {
        let until = Instant::now() + LONGEST;
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(local, peer)| (canonical(*local), canonical(*peer)))
            .collect();
        Self {
            connections: connections_of(&pairs, until),
            waiting: waiting_of(&pairs, until),
        }
    }
}
