//! Which address is ours, as far as a log tells.

use crate::traffic::Notice;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Peers of which it is remembered how they reach us.
const MOST: usize = 1 << 16;

/// Where a session stands: it follows the notices.
#[derive(Debug, Default)]
pub struct Standing {
    pub local: Option<SocketAddr>,
    pub tcp: bool,
    /// The address each peer reached us by last.
    reached: HashMap<SocketAddr, IpAddr>,
}

impl Standing {
    pub fn new(local: Option<SocketAddr>, tcp: bool) -> Self {
        Self {
            local,
            tcp,
            ..Self::default()
        }
    }

    pub fn note(&mut self, notice: &Notice) {
        match *notice {
            Notice::Bound { local, .. } => (self.local, self.tcp) = (Some(local), false),
            Notice::Listening { local } | Notice::Connected { local, .. } => {
                (self.local, self.tcp) = (Some(local), true);
            }
            Notice::Joined { .. } => self.tcp = true,
            _ => {}
        }
    }

    /// A peer reached us by this address.
    pub fn reached(&mut self, peer: SocketAddr, by: IpAddr) {
        if by.is_multicast() || by == IpAddr::V4(Ipv4Addr::BROADCAST) {
            return;
        }
        if self.reached.len() >= MOST && !self.reached.contains_key(&peer) {
            self.reached.clear();
        }
        self.reached.insert(peer, by);
    }

    /// Our address towards a peer, of the peer's family; unspecified where nothing tells.
    pub fn towards(&self, peer: SocketAddr) -> SocketAddr {
        let bound = self.local.map(|local| local.ip());
        let known = [
            bound.filter(|ip| !ip.is_unspecified()),
            self.reached.get(&peer).copied(),
            peer.ip().is_loopback().then(|| loopback(peer)),
        ];
        let of_family = |ip: &IpAddr| ip.is_ipv4() == peer.is_ipv4();
        let ip = known.into_iter().flatten().find(of_family);
        let port = self.local.map_or(0, |local| local.port());
        SocketAddr::new(ip.unwrap_or_else(|| unspecified(peer)), port)
    }
}

fn loopback(peer: SocketAddr) -> IpAddr {
    match peer {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    }
}

fn unspecified(peer: SocketAddr) -> IpAddr {
    match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}
