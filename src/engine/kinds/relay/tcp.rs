//! A TCP relay: each client gets its own connection to the upstream.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, QueuedBytes, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::kinds::relay::proxied_connections::{Close, ProxiedConnections};
use crate::engine::kinds::relay::upstream::{Upstream, UpstreamLookup};
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::transport::acceptor::Acceptor;
use crate::engine::transport::admission::Admission;
use crate::payload::message::Message;
use crate::peer::Peer;
use std::time::Instant;

struct RelayTcp {
    acceptor: Acceptor,
    upstream: Upstream,
    /// Whether the upstream's name is being resolved.
    resolving: bool,
    pairs: ProxiedConnections,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    Some(Box::new(RelayTcp {
        acceptor: Acceptor::with_admission(setup.local?, Admission::new(setup.allowed)),
        upstream: Upstream(setup.remote?.endpoint()?),
        resolving: true,
        pairs: ProxiedConnections::new(setup.timeout),
    }))
}

impl RelayTcp {
    fn found(&mut self, found: UpstreamLookup, cx: &mut Context<'_>) {
        let addresses = match found {
            UpstreamLookup::Addresses(addresses) => addresses,
            UpstreamLookup::Later => return,
            UpstreamLookup::None => Vec::new(),
        };
        self.resolving = false;
        let is_loop = |relay: &Self, cx: &mut Context<'_>| {
            let local = relay.acceptor.local().address();
            local.is_some_and(|local| relay.upstream.is_loop(local, &addresses, cx))
        };
        if addresses.is_empty() || is_loop(self, cx) {
            return;
        }
        self.acceptor.open(cx);
        // A port of the system's choice is known only after listening.
        if self.acceptor.is_open() && is_loop(self, cx) {
            return self.acceptor.close(cx);
        }
        self.pairs.set_addresses(addresses);
    }
}

impl Driver for RelayTcp {
    fn start(&mut self, cx: &mut Context<'_>) {
        let found = self.upstream.find(cx);
        self.found(found, cx);
    }

    fn ready(&mut self, ready: Readiness, _cx: &mut Context<'_>) {
        if ready.token == FIRST {
            self.acceptor.ready();
        } else {
            self.pairs.ready(ready);
        }
    }

    fn connection(&mut self, id: ConnectionId, command: ConnectionCommand, cx: &mut Context<'_>) {
        let how = match command {
            ConnectionCommand::Disconnect => Close::Now,
            ConnectionCommand::Finish { .. } => Close::Finish,
            ConnectionCommand::Reset => Close::Reset,
            // The end of a direction is forwarded from the other side only.
            ConnectionCommand::Part | ConnectionCommand::FinishWriting => return,
        };
        self.pairs.close(id, how, cx);
    }

    fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        self.pairs.peer_of(id)
    }

    fn release(&mut self, number: Option<u64>, cx: &mut Context<'_>) {
        let released = cx.hold_queue.release(number);
        self.pairs.list_all(released);
    }

    fn discard(&mut self, number: Option<u64>, cx: &mut Context<'_>) {
        let discarded = crate::engine::kinds::relay::discard(number, cx);
        self.pairs.list_all(discarded);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        self.pairs.send(&to, message, reason, cx);
    }

    fn resolved(&mut self, answer: ResolvedName, cx: &mut Context<'_>) {
        if let Some(found) = self.upstream.resolved(answer, cx) {
            self.found(found, cx);
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        // Ends before new connections: a client may reuse its address.
        let more = self.pairs.work(cx);
        let pairs = &mut self.pairs;
        let accepted = self
            .acceptor
            .accept(cx, |connection, cx| pairs.add(connection, cx));
        accepted || more
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        [self.acceptor.deadline(now), self.pairs.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.pairs.backlog(to)
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        self.pairs.unsent()
    }

    fn is_over(&self) -> bool {
        !self.resolving && !self.acceptor.is_open()
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        self.pairs.close_all(cx);
        self.acceptor.close(cx);
    }
}
