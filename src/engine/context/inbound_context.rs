//! The context of received bytes for the rules, and a relay's verdict on them.

use crate::automation::Recipient;
use crate::connection_id::ConnectionId;
use crate::engine::command::Target;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::limits::{MAX_DATAGRAM_V6, SEND_QUEUE, max_datagram};
use crate::engine::sys::local_sockets;
use crate::peer::Peer;
use std::sync::Arc;
use std::time::Instant;

/// The metadata of received bytes that rules use.
#[derive(Clone, Copy)]
pub struct InboundContext<'a> {
    /// Start of the worker's current turn.
    pub now: Instant,
    /// Whether the sender is another machine whose address may be forged.
    pub forgeable: bool,
    /// The connection the bytes arrived on; `None` for datagrams.
    pub connection: Option<ConnectionId>,
    /// Whether the sender is a client, having opened the connection.
    pub peer_connected: bool,
    /// In a relay, the client of this flow: sender or receiver.
    pub client: Option<Peer>,
    pub interfaces: &'a Interfaces,
}

impl InboundContext<'_> {
    /// Whether an address is on this machine or in the local network. Paths and devices are.
    pub fn is_on_link(&self, to: Peer) -> bool {
        to.address()
            .is_none_or(|to| self.interfaces.is_on_link(to.ip()))
    }

    /// The target of a reply to the sender.
    pub fn back(&self, sender: Peer) -> Target {
        let connection = self.connection.map(Target::Connection);
        connection.unwrap_or(Target::Peer(sender))
    }

    /// The maximum length of one message to this address in bytes. `None` is a name that is not
    /// resolved yet; the larger datagram limit, that of IPv6, applies.
    pub fn longest(&self, to: Option<Peer>) -> usize {
        match to {
            _ if self.connection.is_some() => SEND_QUEUE,
            Some(Peer::Ip(to)) => max_datagram(to.ip()),
            _ => MAX_DATAGRAM_V6,
        }
    }
}

/// The verdict of the rules on a relayed packet.
#[derive(Debug, Default)]
pub enum Verdict {
    #[default]
    AsItCame,
    /// Forward this payload instead; with the name of the rule.
    Edited(Arc<[u8]>, Arc<str>),
    /// Do not forward it; with the name of the rule.
    Drop(Arc<str>),
    /// Put it into the hold queue, with the edited payload if there is one, and the name of the
    /// rule.
    Hold(Option<Arc<[u8]>>, Arc<str>),
}

/// The properties of a receiver that the limits of replies use.
pub fn recipient(peer: Peer, interfaces: &Interfaces) -> Recipient {
    let address = peer.address();
    Recipient {
        peer,
        broadcast: address.is_some_and(|address| interfaces.is_broadcast(address.ip())),
        is_local_socket: local_sockets::is_own(peer, interfaces),
    }
}
