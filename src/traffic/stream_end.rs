//! Which directions of a stream end with a notice.

use super::{Automatic, Notice, RecordKind};

/// The directions of a connection whose stream ends with a notice, or begins anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamEnd {
    pub received: bool,
    pub sent: bool,
}

impl StreamEnd {
    /// Those of the connection that the notice is about.
    pub fn of(notice: &Notice) -> Self {
        let (received, sent) = match notice {
            Notice::Joined { .. }
            | Notice::Connected { .. }
            | Notice::PeerReset { .. }
            | Notice::Reset { .. }
            | Notice::Closed { .. } => (true, true),
            Notice::PeerFinished { .. } => (true, false),
            Notice::WriteClosed { .. } => (false, true),
            // A message with a hole is none.
            Notice::NotCaptured { inward, .. } => (*inward, !*inward),
            Notice::Automatic(automatic) => match &**automatic {
                // The connection that a relay opened.
                Automatic::ForClient { notice, .. } => return Self::of(notice),
                _ => (false, false),
            },
            _ => (false, false),
        };
        Self { received, sent }
    }

    /// Whether the direction of this kind of record ends.
    pub fn has(self, kind: RecordKind) -> bool {
        match kind {
            RecordKind::Received => self.received,
            RecordKind::Sent => self.sent,
            RecordKind::Notice | RecordKind::Failure => false,
        }
    }

    /// The kinds of record whose direction ends.
    pub fn kinds(self) -> impl Iterator<Item = RecordKind> {
        let kinds = [RecordKind::Received, RecordKind::Sent];
        kinds.into_iter().filter(move |kind| self.has(*kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    #[test]
    fn a_half_close_ends_one_direction() {
        let peer = Peer::from(([127, 0, 0, 1], 9));
        let kinds = |notice: Notice| StreamEnd::of(&notice).kinds().collect::<Vec<_>>();
        let (received, sent) = (RecordKind::Received, RecordKind::Sent);
        assert_eq!(kinds(Notice::PeerFinished { peer }), [received]);
        assert_eq!(kinds(Notice::WriteClosed { peer }), [sent]);
        assert_eq!(kinds(Notice::Closed { peer, unsent: 0 }), [received, sent]);
        assert_eq!(kinds(Notice::Listening { local: peer }), [sent; 0]);
    }
}
