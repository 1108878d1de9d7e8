//! The reason of a send that no user made: a rule, a relay or a sender.

use crate::engine::context::acknowledgement::Ticket;
use crate::peer::Peer;
use crate::traffic::RecordOrigin;
use std::sync::Arc;

/// The origin of sent bytes for their row; empty for a user's message.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    pub rule: Option<Arc<str>>,
    /// In a relay, the peer the bytes came from.
    pub other: Option<Peer>,
    /// In a relay, the client of the flow: several clients share one upstream.
    pub client: Option<Peer>,
    /// Acknowledges a message of the front end or of a sender.
    pub ticket: Option<Ticket>,
    /// Whether the datagram may be a segment of a packet with others (UDP_SEGMENT, udp(7)). If
    /// not, it is a packet of its own.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux joins datagrams")
    )]
    pub segment: bool,
}

impl Reason {
    /// The reason of a relayed packet from `other`. `rule` is the rule that edited it; `None` for
    /// an unchanged packet.
    pub fn passed_on(rule: Option<Arc<str>>, other: Peer) -> Self {
        Self {
            rule,
            other: Some(other),
            ..Self::default()
        }
    }

    /// The reason of a message that is acknowledged.
    pub fn followed(ticket: Ticket) -> Self {
        Self {
            ticket: Some(ticket),
            ..Self::default()
        }
    }

    /// The origin for the row of the sent bytes.
    pub fn origin(&self) -> RecordOrigin<'_> {
        RecordOrigin {
            rule: self.rule.as_deref(),
            other: self.other,
        }
    }

    /// Records that the kernel took the datagram.
    pub fn sent(&self) {
        if let Some(ticket) = &self.ticket {
            ticket.sent();
        }
    }
}
