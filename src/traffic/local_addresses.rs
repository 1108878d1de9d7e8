//! At which of this machine's addresses peers reach a socket that is bound to all of them:
//! that is where they expect answers from.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Peers that are remembered.
const PEERS: usize = 1 << 14;

/// The address each peer sent to last.
#[derive(Debug, Default)]
pub struct LocalAddresses {
    by_peer: HashMap<SocketAddr, IpAddr>,
    /// The last of them: by far the most frequent.
    last: Option<(SocketAddr, IpAddr)>,
}

impl LocalAddresses {
    /// A datagram of this peer came to this address, which is one machine's.
    pub fn note(&mut self, peer: SocketAddr, ip: IpAddr) {
        if self.last == Some((peer, ip)) {
            return;
        }
        self.last = Some((peer, ip));
        if self.by_peer.len() >= PEERS {
            self.by_peer.clear();
        }
        self.by_peer.insert(peer, ip);
    }

    pub fn of(&self, peer: SocketAddr) -> Option<IpAddr> {
        match self.last {
            Some((last, ip)) if last == peer => Some(ip),
            _ => self.by_peer.get(&peer).copied(),
        }
    }

    /// Nothing can be sent from there any more.
    pub fn forget(&mut self, peer: SocketAddr) {
        self.last = self.last.filter(|(last, _)| *last != peer);
        self.by_peer.remove(&peer);
    }
}
