//! A stream server: accepts clients and serves each until either side closes.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, QueuedBytes, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::transport::acceptor::Acceptor;
use crate::engine::transport::streams::Streams;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::Cause;
use std::time::Instant;

struct TcpServer {
    acceptor: Acceptor,
    streams: Streams,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    Some(Box::new(TcpServer {
        acceptor: Acceptor::new(setup.local?),
        streams: Streams::new(setup.close_with_peer, setup.nodelay),
    }))
}

impl Driver for TcpServer {
    fn start(&mut self, cx: &mut Context<'_>) {
        cx.responder.accepts_clients = true;
        self.acceptor.open(cx);
    }

    fn ready(&mut self, ready: Readiness, _cx: &mut Context<'_>) {
        if ready.token == FIRST {
            self.acceptor.ready();
        } else {
            self.streams.ready(ready);
        }
    }

    fn connection(&mut self, id: ConnectionId, command: ConnectionCommand, cx: &mut Context<'_>) {
        self.streams.command(id, command, cx);
    }

    fn set_nodelay(&mut self, on: bool) {
        self.streams.set_nodelay(on);
    }

    fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        self.streams.peer_of(id)
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        self.streams.send(&to, message, reason, cx);
    }

    fn resolved(&mut self, _answer: ResolvedName, _cx: &mut Context<'_>) {}

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        // Ends before new connections: a client may reuse its address.
        let more = self.streams.work(cx);
        let streams = &mut self.streams;
        let accepted = self
            .acceptor
            .accept(cx, |connection, cx| streams.add(connection, cx));
        accepted || more
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        let paused = self.acceptor.deadline(now);
        paused.into_iter().chain(self.streams.deadline()).min()
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.streams.backlog(to)
    }

    fn why_closed(&self, to: &Target) -> Cause {
        self.streams.why_closed(to)
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        self.streams.unsent()
    }

    fn is_over(&self) -> bool {
        !self.acceptor.is_open()
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        self.streams.close(cx);
        self.acceptor.close(cx);
    }
}
