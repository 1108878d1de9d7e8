//! The clients of a UDP relay, each with a socket of its own opposite the target, so that
//! the target can tell them apart.

use crate::automation::{Schedule, Tally};
use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::kinds::relay::client::Client;
use crate::engine::kinds::relay::door::Door;
use crate::engine::sys::failure;
use crate::engine::sys::receive::Reader;
use crate::engine::transport::icmp;
use crate::traffic::{Automatic, Cause, Notice, Operation};
use mio::Token;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Clients at most: each takes a descriptor.
const MOST: usize = 4_096;
/// The shortest idle time, in which nobody could answer, and the longest: thirty days.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);
/// Clients whose answers are read before the worker looks at its orders again.
const SERVED: usize = 256;

pub struct Clients {
    target: SocketAddr,
    receiving: Receiving,
    idle: Duration,
    by_address: HashMap<SocketAddr, Token>,
    by_token: HashMap<Token, Client>,
    /// Clients whose answers may be there.
    ready: VecDeque<Token>,
    /// When to look whether each is still in use.
    expiring: Schedule<Token>,
    next: usize,
    /// Datagrams of those there was no socket for, and who sent the last.
    unserved: Tally<()>,
    unserved_peer: Option<SocketAddr>,
}

impl Clients {
    pub fn new(target: SocketAddr, idle: Duration, receiving: Receiving) -> Self {
        Self {
            target,
            receiving,
            idle: idle.clamp(SHORTEST, LONGEST),
            by_address: HashMap::new(),
            by_token: HashMap::new(),
            ready: VecDeque::new(),
            expiring: Schedule::default(),
            next: STREAMS.0,
            unserved: Tally::default(),
            unserved_peer: None,
        }
    }

    pub fn target(&self) -> SocketAddr {
        self.target
    }

    /// A client sent something that is not passed on, but it is there.
    pub fn touch(&mut self, client: SocketAddr) {
        let token = self.by_address.get(&client);
        if let Some(client) = token.and_then(|token| self.by_token.get_mut(token)) {
            client.used = Instant::now();
        }
    }

    /// Sends to the target for this client, from the client's own socket.
    pub fn send(&mut self, client: SocketAddr, bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        let (target, now) = (self.target, Instant::now());
        let token = match self.by_address.get(&client) {
            Some(token) => *token,
            None => match self.admit(client, now, cx) {
                Ok(token) => token,
                Err(cause) => return self.refuse(client, cause, now, cx),
            },
        };
        if let Some(client) = self.by_token.get_mut(&token) {
            client.used = now;
            client
                .post
                .send(&client.socket, (None, target), bytes, reason, cx);
            client.watch(token, cx);
        }
    }

    fn admit(
        &mut self,
        address: SocketAddr,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Result<Token, Cause> {
        if self.by_token.len() >= MOST {
            return Err(Cause::TooManyClients { limit: MOST });
        }
        let token = Token(self.next);
        let opened = Client::open(address, self.target, self.receiving, token, cx);
        let (client, local) = opened.map_err(|error| {
            failure::out_of_descriptors(&error).unwrap_or_else(|| failure::cause(&error))
        })?;
        self.next += 1;
        self.by_address.insert(address, token);
        self.by_token.insert(token, client);
        self.expiring.push(now + self.idle, token);
        let upstream = Automatic::Upstream {
            client: address,
            local,
        };
        cx.sink.notice(Notice::Automatic(Box::new(upstream)));
        Ok(token)
    }

    /// There is no socket for this client: told at once, and then how often.
    fn refuse(&mut self, client: SocketAddr, cause: Cause, now: Instant, cx: &mut Context<'_>) {
        self.unserved_peer = Some(client);
        if self.unserved.add(&(), now) {
            let target = cx.interfaces.show(self.target);
            cx.sink.failure(Operation::Connect, target, cause);
        }
    }

    pub fn ready(&mut self, event: &mio::event::Event, cx: &mut Context<'_>) {
        let Some(client) = self.by_token.get_mut(&event.token()) else {
            return;
        };
        client.readable |= event.is_readable();
        if event.is_writable() {
            client.post.unblock();
        }
        if event.is_error() {
            icmp::report(&client.socket, cx);
        }
        let busy = client.readable || client.post.len() > 0;
        if busy && !std::mem::replace(&mut client.listed, true) {
            self.ready.push_back(event.token());
        }
    }

    /// Passes answers on and forgets who was silent for long; says whether there may be
    /// more to do at once.
    pub fn work(&mut self, reader: &mut Reader, door: &mut Door, cx: &mut Context<'_>) -> bool {
        self.tell(cx);
        for _ in 0..self.ready.len().min(SERVED) {
            if !cx.sink.has_room() {
                return false;
            }
            let Some(token) = self.ready.pop_front() else {
                return false;
            };
            let Some(client) = self.by_token.get_mut(&token) else {
                continue;
            };
            client.listed = false;
            client.post.work(&client.socket, cx);
            client.watch(token, cx);
            client.receive(self.target, reader, door, cx);
            if client.readable || client.post.can_send() {
                client.listed = true;
                self.ready.push_back(token);
            }
        }
        !self.ready.is_empty()
    }

    fn tell(&mut self, cx: &mut Context<'_>) {
        let due = self.deadline();
        let now = Instant::now();
        if due.is_none_or(|due| due > now) {
            return;
        }
        while let Some((_, count)) = self.unserved.due(now) {
            self.tell_unserved(count, cx);
        }
        while let Some(token) = self.expiring.due(now) {
            self.expire(token, now, cx);
        }
    }

    fn tell_unserved(&self, count: u64, cx: &mut Context<'_>) {
        if let Some(peer) = self.unserved_peer {
            let unserved = Automatic::Unserved { peer, count };
            cx.sink.notice(Notice::Automatic(Box::new(unserved)));
        }
    }

    /// Forgets a client, unless it was used meanwhile.
    fn expire(&mut self, token: Token, now: Instant, cx: &mut Context<'_>) {
        let Some(client) = self.by_token.get(&token) else {
            return;
        };
        let waits = client.post.len() > 0;
        let last = if waits { now } else { client.used };
        let due = last + self.idle;
        if due > now {
            return self.expiring.push(due, token);
        }
        let address = client.address;
        self.by_address.remove(&address);
        if let Some(mut client) = self.by_token.remove(&token) {
            client.losses.tell_all(cx);
            // Closing the descriptor ends the watch too; this only tells mio first.
            cx.registry.deregister(&mut client.socket).ok();
        }
        let forgotten = Automatic::Forgotten {
            client: address,
            millis: u64::try_from(self.idle.as_millis()).unwrap_or(u64::MAX),
        };
        cx.sink.notice(Notice::Automatic(Box::new(forgotten)));
    }

    /// When there is something to do though nothing becomes ready.
    pub fn deadline(&self) -> Option<Instant> {
        [self.expiring.deadline(), self.unserved.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Closes all their sockets; says how many datagrams did not go.
    pub fn close(&mut self, reader: &mut Reader, cx: &mut Context<'_>) -> usize {
        let untold: Vec<_> = self.unserved.drain().collect();
        for (_, count) in untold {
            self.tell_unserved(count, cx);
        }
        let mut unsent = 0;
        for (_, mut client) in self.by_token.drain() {
            unsent += client.close(self.target, reader, cx);
        }
        unsent
    }
}
