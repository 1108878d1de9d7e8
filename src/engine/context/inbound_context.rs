//! What else is known of something received, besides its bytes; and what a relay is to do
//! with it.

use crate::connection_id::ConnectionId;
use crate::engine::command::Target;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::limits::{MAX_DATAGRAM_V6, SEND_QUEUE, max_datagram};
use crate::engine::sys::local_sockets;
use crate::peer::Peer;
use std::sync::Arc;
use std::time::Instant;

#[derive(Clone, Copy)]
pub struct InboundContext<'a> {
    /// When this turn of the worker began.
    pub now: Instant,
    /// The sender's address could be forged and is another machine's.
    pub forgeable: bool,
    /// The connection whose bytes it is.
    pub connection: Option<ConnectionId>,
    /// The sender opened the connection it came by: it is a client.
    pub served: bool,
    /// In a relay, the client that sent it or whom it is for.
    pub client: Option<Peer>,
    pub interfaces: &'a Interfaces,
}

impl InboundContext<'_> {
    /// Whether it is on this machine or in the local network.
    pub fn is_near(&self, to: Peer) -> bool {
        to.address()
            .is_none_or(|to| self.interfaces.is_near(to.ip()))
    }

    /// The target of an answer to its sender.
    pub fn back(&self, sender: Peer) -> Target {
        let connection = self.connection.map(Target::Connection);
        connection.unwrap_or(Target::Peer(sender))
    }

    /// The most bytes that can be sent to this address at once; `None` is a name that is
    /// looked up first, or not known yet.
    pub fn longest(&self, to: Option<Peer>) -> usize {
        match to {
            _ if self.connection.is_some() => SEND_QUEUE,
            Some(Peer::Ip(to)) => max_datagram(to.ip()),
            _ => MAX_DATAGRAM_V6,
        }
    }
}

/// What becomes of something that a relay is about to pass on.
#[derive(Debug, Default)]
pub enum Passage {
    #[default]
    AsItCame,
    /// Another payload goes instead, as this rule says.
    Edited(Arc<[u8]>, Arc<str>),
    /// It goes nowhere, as this rule says.
    Drop(Arc<str>),
    /// It is kept, as this rule says; another payload if it was edited.
    Hold(Option<Arc<[u8]>>, Arc<str>),
}

/// Whether what is sent there goes to a whole network, or to a socket of our own.
pub fn reaches(to: Peer, interfaces: &Interfaces) -> (bool, bool) {
    let address = to.address();
    let broadcast = address.is_some_and(|address| interfaces.is_broadcast(address.ip()));
    (broadcast, local_sockets::is_own(to, interfaces))
}
