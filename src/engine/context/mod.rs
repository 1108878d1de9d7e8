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
use crate::connection_id::FarSide;
use crate::engine::command::Event;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Poll, Registry, Token, Waker};
use crate::engine::sys::resolver::Resolver;
use crate::engine::sys::world::World;
use composer::Composer;
use crossbeam_channel::Sender;
use event_sink::EventSink;
use impairment::Impair;
use inbound_context::InboundContext;
use responder::Responder;
use std::io;
use std::time::Instant;

/// What a worker has besides its driver and its commands.
pub struct Parts {
    /// When this turn of the worker began.
    pub now: Instant,
    pub clock: Clock,
    pub world: Box<dyn World>,
    pub poll: Poll,
    pub waker: Waker,
    pub sink: EventSink,
    pub resolver: Box<dyn Resolver>,
    pub interfaces: Interfaces,
    pub composer: Composer,
    pub responder: Responder,
    pub impair: Impair,
    pub hold_queue: HoldQueue,
}

impl Parts {
    /// `wake` is called after each event; what wakes the worker is polled under `waker`.
    ///
    /// # Errors
    /// If the system has no descriptor left.
    pub fn new(
        world: Box<dyn World>,
        waker: Token,
        events: Sender<Event>,
        wake: Box<dyn Fn() + Send>,
    ) -> io::Result<Self> {
        let (poll, clock) = (Poll::new()?, world.clock());
        let waker = poll.waker(waker)?;
        Ok(Self {
            now: clock.instant(),
            clock,
            poll,
            sink: EventSink::new(events, wake, clock),
            resolver: world.resolver(waker.clone()),
            interfaces: world.interfaces(),
            world,
            waker,
            composer: Composer::new(clock),
            responder: Responder::default(),
            impair: Impair::default(),
            hold_queue: HoldQueue::default(),
        })
    }

    pub fn cx(&mut self) -> Context<'_> {
        Context {
            now: self.now,
            world: self.world.as_ref(),
            registry: self.poll.registry(),
            sink: &mut self.sink,
            resolver: self.resolver.as_mut(),
            interfaces: &self.interfaces,
            composer: &mut self.composer,
            responder: &mut self.responder,
            impair: &mut self.impair,
            hold_queue: &mut self.hold_queue,
            waker: &self.waker,
        }
    }
}

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
    /// Writes the row of a stream's bytes that came, and asks the rules of them.
    pub fn received(&mut self, from: FarSide, bytes: &[u8]) {
        self.sink.received(from, bytes);
        self.ask_rules(from, bytes, false);
    }

    /// Asks the rules of what came and has its row. `forgeable` says whether the sender's
    /// address could be forged and is another machine's.
    pub fn ask_rules(&mut self, from: impl Into<FarSide>, bytes: &[u8], forgeable: bool) {
        let from = from.into();
        let inbound = Inbound::new(from.peer, bytes);
        let known = InboundContext {
            now: self.now,
            forgeable,
            connection: from.connection,
            served: self.responder.serves,
            client: None,
            interfaces: self.interfaces,
        };
        self.responder
            .on_inbound(&inbound, known, self.composer, self.sink);
    }
}
