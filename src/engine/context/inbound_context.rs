//! What else is known of something received, besides its bytes; and what a relay is to do
//! with it.

use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::limits::{MAX_DATAGRAM_V6, SEND_QUEUE, max_datagram};
use crate::peer::Peer;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub struct InboundContext<'a> {
    /// The sender's address could be forged and is another machine's.
    pub forgeable: bool,
    /// It came as bytes of a stream.
    pub stream: bool,
    /// The sender opened the connection it came by: it is a client.
    pub served: bool,
    /// In a relay, the client that sent it or whom it is for.
    pub client: Option<Peer>,
    pub interfaces: &'a Interfaces,
}

impl InboundContext<'_> {
    /// The most bytes that can be sent to this address at once; `None` is a name that is
    /// looked up first, or not known yet.
    pub fn longest(&self, to: Option<Peer>) -> usize {
        match to {
            _ if self.stream => SEND_QUEUE,
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
