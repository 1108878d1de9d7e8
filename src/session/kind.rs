//! What a session was whose rows are read back.

use crate::kind::{Addresses, Kind, Role};
use crate::peer::Peer;
use crate::traffic::{Chunk, Notice};

/// What rows tell of the session they are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clue {
    /// A session of this kind, or a relay of what it sends.
    Kind(Kind),
    /// A relay.
    Relay,
}

impl Clue {
    /// What these rows tell, if anything.
    pub fn of(rows: &Chunk) -> Option<Self> {
        let mut records = (0..rows.len()).filter_map(|at| rows.get(at));
        let relays = records.any(|record| record.origin.other.is_some());
        let kind = rows.notices().iter().find_map(kind_of);
        match (relays, kind) {
            (true, Some(kind)) => Some(Self::Kind(kind.relay())),
            (true, None) => Some(Self::Relay),
            (false, kind) => kind.map(Self::Kind),
        }
    }
}

fn kind_of(notice: &Notice) -> Option<Kind> {
    let (role, is_stream, peer) = match notice {
        Notice::Bound { local, .. } => (Role::Datagrams, false, local),
        Notice::Connecting { remote: peer } | Notice::Connected { peer, .. } => {
            (Role::Client, true, peer)
        }
        Notice::Listening { local: peer } | Notice::Joined { peer } => (Role::Server, true, peer),
        _ => return None,
    };
    let addresses = match peer {
        Peer::Ip(_) => Addresses::Internet,
        Peer::Named(_) | Peer::Unnamed(_) => Addresses::Named,
    };
    let is_it = |kind: &Kind| {
        let matches = (kind.role(), kind.is_stream(), kind.addresses());
        matches == (role, is_stream, addresses)
    };
    Kind::ALL.into_iter().find(is_it)
}
