//! What else is known of something received, besides its bytes.

use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::limits::{MAX_DATAGRAM_V6, SEND_QUEUE, max_datagram};
use crate::peer::Peer;

#[derive(Clone, Copy)]
pub struct InboundContext<'a> {
    /// The sender's address could be forged and is another machine's.
    pub forgeable: bool,
    /// It came as bytes of a stream.
    pub stream: bool,
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
