//! The clients of a UDP relay, each with a socket of its own opposite the target, so that
//! the target can tell them apart.

use crate::automation::rules::Toward;
use crate::automation::{Schedule, Tally};
use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::kinds::relay::pair::for_peer;
use crate::engine::kinds::relay::parcel::{Onward, Parcel};
use crate::engine::sys::failure;
use crate::engine::sys::receive::Reader;
use crate::engine::transport::udp_socket::UdpSocket;
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
/// Clients whose answers are read before the worker looks at its commands again.
const SERVED: usize = 256;
/// Datagrams read of one before other clients have their turn.
const READ: usize = 256;

pub struct FlowTable {
    target: SocketAddr,
    receiving: Receiving,
    idle: Duration,
    by_client: HashMap<SocketAddr, Token>,
    by_token: HashMap<Token, Flow>,
    /// Flows whose answers may be there.
    ready: VecDeque<Token>,
    /// When to look whether each is still in use.
    expiring: Schedule<Token>,
    next: usize,
    /// Datagrams of clients there was no socket for, and who sent the last.
    unserved: Tally<()>,
    unserved_peer: Option<SocketAddr>,
}

struct Flow {
    client: SocketAddr,
    socket: UdpSocket,
    /// Whether it stands in the list of those whose answers may be there.
    listed: bool,
    used: Instant,
}

impl FlowTable {
    pub fn new(target: SocketAddr, idle: Duration, receiving: Receiving) -> Self {
        Self {
            target,
            receiving,
            idle: idle.clamp(SHORTEST, LONGEST),
            by_client: HashMap::new(),
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
        let token = self.by_client.get(&client);
        if let Some(flow) = token.and_then(|token| self.by_token.get_mut(token)) {
            flow.used = Instant::now();
        }
    }

    /// Sends to the target for this client, from the client's own socket.
    pub fn send(&mut self, client: SocketAddr, bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        let (target, now) = (self.target, Instant::now());
        let token = match self.by_client.get(&client) {
            Some(token) => *token,
            None => match self.admit(client, now, cx) {
                Ok(token) => token,
                Err(cause) => return self.refuse(client, cause, now, cx),
            },
        };
        if let Some(flow) = self.by_token.get_mut(&token) {
            flow.used = now;
            flow.socket.send(target, bytes, reason, cx);
        }
    }

    fn admit(
        &mut self,
        client: SocketAddr,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Result<Token, Cause> {
        if self.by_token.len() >= MOST {
            return Err(Cause::TooManyClients { limit: MOST });
        }
        let token = Token(self.next);
        let socket = UdpSocket::connect(self.target, self.receiving, token, cx);
        let socket = socket.map_err(|error| {
            failure::out_of_descriptors(&error).unwrap_or_else(|| failure::cause(&error))
        })?;
        self.next += 1;
        let upstream = Automatic::Upstream {
            client,
            local: socket.local,
        };
        cx.sink.notice(Notice::Automatic(Box::new(upstream)));
        let flow = Flow {
            client,
            socket,
            listed: false,
            used: now,
        };
        self.by_client.insert(client, token);
        self.by_token.insert(token, flow);
        self.expiring.push(now + self.idle, token);
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
        let Some(flow) = self.by_token.get_mut(&event.token()) else {
            return;
        };
        flow.socket.ready(event, cx);
        let busy = flow.socket.readable || flow.socket.waiting() > 0;
        if busy && !std::mem::replace(&mut flow.listed, true) {
            self.ready.push_back(event.token());
        }
    }

    /// Passes answers on to the clients and forgets who was silent for long; says whether
    /// there may be more to do at once.
    pub fn work(
        &mut self,
        reader: &mut Reader,
        clients: &mut UdpSocket,
        cx: &mut Context<'_>,
    ) -> bool {
        self.tell(cx);
        for _ in 0..self.ready.len().min(SERVED) {
            if !cx.sink.has_room() {
                return false;
            }
            let Some(token) = self.ready.pop_front() else {
                return false;
            };
            let Some(flow) = self.by_token.get_mut(&token) else {
                continue;
            };
            flow.socket.flush(cx);
            flow.pass_on(reader, clients, cx);
            flow.listed = flow.socket.readable || flow.socket.can_send();
            if flow.listed {
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
        let Some(flow) = self.by_token.get(&token) else {
            return;
        };
        let waits = flow.socket.waiting() > 0;
        let last = if waits { now } else { flow.used };
        let due = last + self.idle;
        if due > now {
            return self.expiring.push(due, token);
        }
        let client = flow.client;
        self.by_client.remove(&client);
        if let Some(mut flow) = self.by_token.remove(&token) {
            flow.socket.tell_losses(cx);
        }
        let forgotten = Automatic::Forgotten {
            client,
            millis: u64::try_from(self.idle.as_millis()).unwrap_or(u64::MAX),
        };
        cx.sink.notice(Notice::Automatic(Box::new(forgotten)));
    }

    /// When there is something to do though nothing becomes ready.
    pub fn deadline(&self) -> Option<Instant> {
        let deadlines = [self.expiring.deadline(), self.unserved.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Closes all their sockets; says how many datagrams did not go, or are not passed on.
    pub fn close(&mut self, reader: &mut Reader, cx: &mut Context<'_>) -> usize {
        let untold: Vec<_> = self.unserved.drain().collect();
        for (_, count) in untold {
            self.tell_unserved(count, cx);
        }
        let mut unsent = 0;
        for (_, mut flow) in self.by_token.drain() {
            let unread = flow.socket.finish(for_peer(flow.client), reader, cx);
            unsent += flow.socket.waiting() + unread;
        }
        unsent
    }
}

impl Flow {
    /// Passes on what the target answered.
    fn pass_on(&mut self, reader: &mut Reader, clients: &mut UdpSocket, cx: &mut Context<'_>) {
        let (client, used) = (self.client, &mut self.used);
        let forgeable = !self.socket.local.ip().is_loopback();
        self.socket.receive(reader, READ, cx, |datagram, read, cx| {
            *used = Instant::now();
            cx.sink.datagram_for(datagram, read, for_peer(client));
            let parcel = Parcel {
                bytes: datagram.bytes,
                from: datagram.peer,
                to: client,
                toward: Toward::Client,
                connection: None,
                forgeable,
            };
            let (edited, rule) = match parcel.ask(cx) {
                Onward::AsItCame => (None, None),
                Onward::Edited(bytes, rule) => (Some(bytes), Some(rule)),
                Onward::Nothing => return,
            };
            let reason = Reason {
                rule,
                other: Some(datagram.peer),
                client: None,
            };
            let bytes = edited.as_deref().unwrap_or(datagram.bytes);
            match cx.impair.receives() {
                true => cx.impair.receive(client, bytes, reason, cx.sink),
                false => clients.send(client, bytes, reason, cx),
            }
        });
    }
}
