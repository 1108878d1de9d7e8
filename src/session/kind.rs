//! The kind of a session whose rows are read back.

use crate::kind::{Addresses, SessionKind, SessionRole};
use crate::traffic::{Chunk, Notice};

/// The evidence of rows about the kind of their session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindClue {
    /// A session of this kind.
    Kind(SessionKind),
    /// A relay of an unknown transport.
    Relay,
}

impl KindClue {
    /// The kind that these rows reveal, if any.
    pub fn of(rows: &Chunk) -> Option<Self> {
        let records = || (0..rows.len()).filter_map(|at| rows.get(at));
        let relays = records().any(|record| record.origin.other.is_some());
        let kind = rows.notices().iter().find_map(kind_of);
        match (relays, kind) {
            (true, Some(kind)) => Some(Self::Kind(kind.relay())),
            (true, None) => Some(Self::Relay),
            (false, Some(kind)) => Some(Self::Kind(kind)),
            // A capture has no row of a bind.
            (false, None) => {
                let far = records().find_map(|record| record.far())?;
                let is_unix = far.connection.is_none() && far.peer.address().is_none();
                is_unix.then_some(Self::Kind(SessionKind::UnixDatagram))
            }
        }
    }
}

fn kind_of(notice: &Notice) -> Option<SessionKind> {
    let (role, is_stream, peer) = match notice {
        Notice::Bound { local, .. } => (SessionRole::Datagrams, false, local),
        Notice::Connecting { remote: peer } | Notice::Connected { peer, .. } => {
            (SessionRole::Client, true, peer)
        }
        Notice::Listening { local: peer } | Notice::Joined { peer } => {
            (SessionRole::Server, true, peer)
        }
        _ => return None,
    };
    SessionKind::with(role, is_stream, Addresses::of(*peer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;
    use crate::traffic::{Arrival, ChunkBuilder};

    #[test]
    fn datagrams_of_named_peers_are_of_a_unix_socket_without_a_notice_too() {
        let clue = |peer: &str| {
            let peer: Peer = peer.parse().unwrap();
            let mut rows = ChunkBuilder::default();
            rows.received(0, peer, b"x", Arrival::default());
            KindClue::of(&rows.finish())
        };
        let unix = Some(KindClue::Kind(SessionKind::UnixDatagram));
        assert_eq!(clue("unix:/tmp/a.sock"), unix);
        assert_eq!(clue("unix:#0"), unix);
        assert_eq!(clue("127.0.0.1:9"), None);
    }
}
