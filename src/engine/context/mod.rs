//! What a session is made of apart from its sockets: where its rows go, its rules, its
//! simulated network, and what completes its messages. [`Context`] is all of it, borrowed.

pub mod acknowledgement;
pub mod composer;
pub mod event_sink;
pub mod impairment;
pub mod inbound_context;
pub mod pending;
pub mod reason;
pub mod recording;
pub mod responder;
#[cfg(test)]
pub mod test_context;
mod withheld;

use crate::automation::HoldQueue;
use crate::automation::rules::Inbound;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Registry, Waker};
use crate::engine::sys::resolver::Resolver;
use crate::engine::sys::world::World;
use crate::peer::Peer;
use composer::Composer;
use event_sink::EventSink;
use impairment::Impair;
use inbound_context::InboundContext;
use responder::Responder;
use std::time::Instant;

/// What a driver needs of its worker while it acts.
pub struct Context<'a> {
    /// When this turn of the worker began.
    pub now: Instant,
    pub world: &'a dyn World,
    pub registry: &'a Registry,
    pub sink: &'a mut EventSink,
    pub resolver: &'a mut dyn Resolver,
    pub interfaces: &'a Interfaces,
    pub composer: &'a mut Composer,
    pub responder: &'a mut Responder,
    pub impair: &'a mut Impair,
    /// What a relay keeps until it is released by hand.
    pub hold_queue: &'a mut HoldQueue,
    pub waker: &'a Waker,
}

impl Context<'_> {
    /// Writes the row of TCP bytes that came, and asks the rules of them.
    pub fn received(&mut self, peer: Peer, bytes: &[u8]) {
        self.sink.received(peer, bytes);
        let inbound = Inbound::new(peer, bytes);
        let known = InboundContext {
            now: self.now,
            forgeable: false,
            stream: true,
            served: self.responder.serves,
            client: None,
            interfaces: self.interfaces,
        };
        self.responder
            .on_inbound(&inbound, known, self.composer, self.sink);
    }
}
