//! The parts of a session besides its sockets: event sink, rules, simulated network, composer,
//! recording. [`Context`] borrows all of them.

pub mod acknowledgement;
pub mod composer;
pub mod event_sink;
pub mod impairment;
pub mod inbound_context;
mod no_reply_notices;
pub mod pending;
pub mod poller;
pub mod reason;
pub mod recording;
pub mod responder;
pub mod stream_framing;
#[cfg(test)]
pub mod test_context;

use crate::automation::HoldQueue;
use crate::automation::rules::{Inbound, RelayDirection, RuleGroup};
use crate::connection_id::FarSide;
use crate::engine::command::Event;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::{Poll, Registry, Token, Waker};
use crate::engine::sys::resolver::Resolver;
use crate::engine::sys::world::World;
use crate::peer::Peer;
use composer::Composer;
use crossbeam_channel::Sender;
use event_sink::EventSink;
use impairment::Impairer;
use inbound_context::InboundContext;
use poller::Poller;
use responder::Responder;
use std::io;
use std::time::Instant;
use stream_framing::StreamFraming;

/// The parts of a worker besides its driver and its commands.
pub struct ContextParts {
    /// Start of the worker's current turn.
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
    pub impair: Impairer,
    pub hold_queue: HoldQueue,
    pub framing: StreamFraming,
    pub poller: Poller,
}

impl ContextParts {
    /// `wake` is called after each event. `waker` is the token that wakes the worker's poll.
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
            impair: Impairer::default(),
            hold_queue: HoldQueue::default(),
            framing: StreamFraming::default(),
            poller: Poller::default(),
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
            framing: &self.framing,
            poller: &mut self.poller,
            waker: &self.waker,
        }
    }
}

/// The parts of the worker that a driver uses.
pub struct Context<'a> {
    /// Start of the worker's current turn.
    pub now: Instant,
    pub world: &'a dyn World,
    pub registry: &'a Registry,
    pub sink: &'a mut EventSink,
    pub resolver: &'a mut dyn Resolver,
    pub interfaces: &'a Interfaces,
    pub composer: &'a mut Composer,
    pub responder: &'a mut Responder,
    pub impair: &'a mut Impairer,
    /// The hold queue of a relay.
    pub hold_queue: &'a mut HoldQueue,
    pub framing: &'a StreamFraming,
    pub poller: &'a mut Poller,
    pub waker: &'a Waker,
}

impl Context<'_> {
    /// Applies the rules to a datagram, or a read of a stream, that has its row. `forgeable` says
    /// whether the sender is another machine whose address may be forged.
    pub fn ask_rules(&mut self, from: impl Into<FarSide>, bytes: &[u8], forgeable: bool) {
        let from = from.into();
        self.ask_rules_about(from, &Inbound::new(from.peer, bytes), forgeable);
    }

    /// Looks for the poll request that a received message answers, and applies the rules to it.
    pub fn ask_rules_about(&mut self, from: FarSide, inbound: &Inbound<'_>, forgeable: bool) {
        if self.poller.target().is_some() {
            let time = self.sink.now();
            self.poller.on_inbound(from, inbound, time, self.interfaces);
        }
        let known = InboundContext {
            now: self.now,
            forgeable,
            connection: from.connection,
            peer_connected: self.responder.accepts_clients,
            client: None,
            interfaces: self.interfaces,
        };
        self.responder
            .on_inbound(inbound, known, self.composer, self.sink);
    }

    /// Applies the rules to a message whose bytes a relay passes on as they come. Only rules that
    /// do not decide about that look at it. `client` is the client of the connection.
    pub fn ask_rules_about_relayed(
        &mut self,
        from: FarSide,
        toward: RelayDirection,
        client: Peer,
        inbound: &Inbound<'_>,
    ) {
        let inbound = Inbound {
            toward: Some(toward),
            asks: RuleGroup::Observing,
            ..*inbound
        };
        let known = InboundContext {
            now: self.now,
            forgeable: false,
            connection: from.connection,
            peer_connected: toward == RelayDirection::Target,
            client: Some(client),
            interfaces: self.interfaces,
        };
        self.responder
            .on_inbound(&inbound, known, self.composer, self.sink);
    }
}
