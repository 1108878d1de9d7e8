//! What a session was whose rows are read back.

use crate::kind::{Kind, Role};
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
    let (role, is_stream) = match notice {
        Notice::Bound { .. } => (Role::Datagrams, false),
        Notice::Connecting { .. } | Notice::Connected { .. } => (Role::Client, true),
        Notice::Listening { .. } | Notice::Joined { .. } => (Role::Server, true),
        _ => return None,
    };
    let is_it = |kind: &Kind| kind.role() == role && kind.is_stream() == is_stream;
    Kind::ALL.into_iter().find(is_it)
}
