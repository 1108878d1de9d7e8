//! The clients of a UDP relay, each with a socket of its own opposite the target, so that
//! the target can tell them apart.

use super::super::reason::Reason;
use super::super::receive::Reader;
use super::super::role::{Desk, STREAMS};
use super::super::{Receiving, failure, icmp};
use super::client::Client;
use super::door::Door;
use crate::automation::{Schedule, Tally};
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
    pub fn send(&mut self, client: SocketAddr, bytes: &[u8], reason: Reason, desk: &mut Desk<'_>) {
        let (target, now) = (self.target, Instant::now());
        let token = match self.by_address.get(&client) {
            Some(token) => *token,
            None => match self.admit(client, now, desk) {
                Ok(token) => token,
                Err(cause) => return self.refuse(client, cause, now, desk),
            },
        };
        if let Some(client) = self.by_token.get_mut(&token) {
            client.used = now;
            client
                .post
                .send(&client.socket, (None, target), bytes, reason, desk);
            client.watch(token, desk);
        }
    }

    fn admit(
        &mut self,
        address: SocketAddr,
        now: Instant,
        desk: &mut Desk<'_>,
    ) -> Result<Token, Cause> {
        if self.by_token.len() >= MOST {
            return Err(Cause::TooManyClients { limit: MOST });
        }
        let token = Token(self.next);
        let opened = Client::open(address, self.target, self.receiving, token, desk);
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
        desk.outbox.notice(Notice::Automatic(Box::new(upstream)));
        Ok(token)
    }

    /// There is no socket for this client: told at once, and then how often.
    fn refuse(&mut self, client: SocketAddr, cause: Cause, now: Instant, desk: &mut Desk<'_>) {
        self.unserved_peer = Some(client);
        if self.unserved.add(&(), now) {
            let target = desk.interfaces.show(self.target);
            desk.outbox.failure(Operation::Connect, target, cause);
        }
    }

    pub fn ready(&mut self, event: &mio::event::Event, desk: &mut Desk<'_>) {
        let Some(client) = self.by_token.get_mut(&event.token()) else {
            return;
        };
        client.readable |= event.is_readable();
        if event.is_writable() {
            client.post.unblock();
        }
        if event.is_error() {
            icmp::report(&client.socket, desk);
        }
        let busy = client.readable || client.post.len() > 0;
        if busy && !std::mem::replace(&mut client.listed, true) {
            self.ready.push_back(event.token());
        }
    }

    /// Passes answers on and forgets who was silent for long; says whether there may be
    /// more to do at once.
    pub fn work(&mut self, reader: &mut Reader, door: &mut Door, desk: &mut Desk<'_>) -> bool {
        self.tell(desk);
        for _ in 0..self.ready.len().min(SERVED) {
            if !desk.outbox.has_room() {
                return false;
            }
            let Some(token) = self.ready.pop_front() else {
                return false;
            };
            let Some(client) = self.by_token.get_mut(&token) else {
                continue;
            };
            client.listed = false;
            client.post.work(&client.socket, desk);
            client.watch(token, desk);
            client.receive(self.target, reader, door, desk);
            if client.readable || client.post.can_send() {
                client.listed = true;
                self.ready.push_back(token);
            }
        }
        !self.ready.is_empty()
    }

    fn tell(&mut self, desk: &mut Desk<'_>) {
        let due = self.deadline();
        let now = Instant::now();
        if due.is_none_or(|due| due > now) {
            return;
        }
        while let Some((_, count)) = self.unserved.due(now) {
            self.tell_unserved(count, desk);
        }
        while let Some(token) = self.expiring.due(now) {
            self.expire(token, now, desk);
        }
    }

    fn tell_unserved(&self, count: u64, desk: &mut Desk<'_>) {
        if let Some(peer) = self.unserved_peer {
            let unserved = Automatic::Unserved { peer, count };
            desk.outbox.notice(Notice::Automatic(Box::new(unserved)));
        }
    }

    /// Forgets a client, unless it was used meanwhile.
    fn expire(&mut self, token: Token, now: Instant, desk: &mut Desk<'_>) {
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
            client.losses.tell_all(desk);
            // Closing the descriptor ends the watch too; this only tells mio first.
            desk.registry.deregister(&mut client.socket).ok();
        }
        let forgotten = Automatic::Forgotten {
            client: address,
            millis: u64::try_from(self.idle.as_millis()).unwrap_or(u64::MAX),
        };
        desk.outbox.notice(Notice::Automatic(Box::new(forgotten)));
    }

    /// When there is something to do though nothing becomes ready.
    pub fn deadline(&self) -> Option<Instant> {
        [self.expiring.deadline(), self.unserved.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Closes all their sockets; says how many datagrams did not go.
    pub fn close(&mut self, reader: &mut Reader, desk: &mut Desk<'_>) -> usize {
        let untold: Vec<_> = self.unserved.drain().collect();
        for (_, count) in untold {
            self.tell_unserved(count, desk);
        }
        let mut unsent = 0;
        for (_, mut client) in self.by_token.drain() {
            unsent += client.close(self.target, reader, desk);
        }
        unsent
    }
}
