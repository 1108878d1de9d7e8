//! The local address at which each peer reaches a socket bound to the unspecified address.
//! Peers expect replies from that address.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// The most peers that are remembered; the table is cleared when it is full.
const PEERS: usize = 1 << 14;

/// The local address that each peer sent to last.
#[derive(Debug, Default)]
pub struct LocalAddresses {
    by_peer: HashMap<SocketAddr, IpAddr>,
    /// The last entry: by far the most frequent.
    last: Option<(SocketAddr, IpAddr)>,
}

impl LocalAddresses {
    /// Records that a datagram of this peer was sent to this local unicast address.
    pub fn observe(&mut self, peer: SocketAddr, ip: IpAddr) {
        if self.last == Some((peer, ip)) {
            return;
        }
        self.last = Some((peer, ip));
        if self.by_peer.len() >= PEERS {
            self.by_peer.clear();
        }
        self.by_peer.insert(peer, ip);
    }

    /// The local address that this peer sent to last.
    pub fn of(&self, peer: SocketAddr) -> Option<IpAddr> {
        match self.last {
            Some((last, ip)) if last == peer => Some(ip),
            _ => self.by_peer.get(&peer).copied(),
        }
    }

    /// Removes a peer, because nothing can be sent to it from its recorded address now.
    pub fn forget(&mut self, peer: SocketAddr) {
        self.last = self.last.filter(|(last, _)| *last != peer);
        self.by_peer.remove(&peer);
    }
}
