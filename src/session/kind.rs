//! What a session is.

use crate::traffic::{Chunk, Notice};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    #[default]
    Udp,
    TcpClient,
    TcpServer,
    Relay,
}

impl Kind {
    /// What a session was whose log begins with these rows; `None` where they do not say.
    pub fn of(rows: &Chunk) -> Option<Self> {
        let mut records = (0..rows.len()).filter_map(|at| rows.get(at));
        if records.any(|record| record.origin.other.is_some()) {
            return Some(Self::Relay);
        }
        rows.notices().iter().find_map(|notice| match notice {
            Notice::Bound { .. } => Some(Self::Udp),
            Notice::Connecting { .. } | Notice::Connected { .. } => Some(Self::TcpClient),
            Notice::Listening { .. } | Notice::Joined { .. } => Some(Self::TcpServer),
            _ => None,
        })
    }
}
