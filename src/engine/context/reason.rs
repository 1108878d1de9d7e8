//! Why something is sent that nobody typed.

use crate::engine::context::acknowledgement::Ticket;
use crate::peer::Peer;
use crate::traffic::Origin;
use std::sync::Arc;

/// What a row about it will say; nothing where a person sent it.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    pub rule: Option<Arc<str>>,
    /// The other end of a relay.
    pub other: Option<Peer>,
    /// In a relay, the client whose way it takes: others have the same target.
    pub client: Option<Peer>,
    /// Of a message that a front end sent and waits for.
    pub ticket: Option<Ticket>,
}

impl Reason {
    /// Of what a relay passes on from `other`, as it came or as this rule says.
    pub fn passed_on(rule: Option<Arc<str>>, other: Peer) -> Self {
        Self {
            rule,
            other: Some(other),
            ..Self::default()
        }
    }

    /// Of a message that a front end sent.
    pub fn followed(ticket: Ticket) -> Self {
        Self {
            ticket: Some(ticket),
            ..Self::default()
        }
    }

    pub fn origin(&self) -> Origin<'_> {
        Origin {
            rule: self.rule.as_deref(),
            other: self.other,
        }
    }

    /// The kernel took the datagram this is the reason of.
    pub fn sent(&self) {
        if let Some(ticket) = &self.ticket {
            ticket.sent();
        }
    }

    /// Takes the message for sent from here on: it is not followed further.
    pub fn unfollow(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            ticket.sent();
        }
    }
}
