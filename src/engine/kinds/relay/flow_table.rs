//! The flow table of a UDP relay: each client has its own socket to the upstream, so that the
//! upstream can distinguish clients.

use crate::automation::rules::{RelayDirection, RuleGroup};
use crate::automation::{Coalescer, Schedule};
use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::kinds::relay::loop_check::LoopCheck;
use crate::engine::kinds::relay::proxied_connection::for_peer;
use crate::engine::kinds::relay::relayed_packet::{ForwardedPacket, RelayedPacket};
use crate::engine::sys::clock::millis;
use crate::engine::sys::failure;
use crate::engine::sys::limits::descriptors;
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::sys::receive::BatchReceiver;
use crate::engine::transport::udp_socket::UdpSocket;
use crate::traffic::{Automatic, Cause, Notice, Operation};
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Maximum number of clients. Each takes a descriptor, and half of all stay free for others.
const MAX: usize = 4_096;
/// Bounds of the idle timeout; the maximum is thirty days.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);
/// Flows served per turn, so that commands are handled in between.
const SERVED: usize = 256;
/// Datagrams read from one flow per turn.
const READ: usize = 256;

/// The flows of a UDP relay by client address and by socket token.
pub struct FlowTable {
    target: SocketAddr,
    receiving: Receiving,
    idle: Duration,
    by_client: HashMap<SocketAddr, Token>,
    by_token: HashMap<Token, RelayedFlow>,
    /// Flows that may have answers to read.
    ready: VecDeque<Token>,
    /// When to check each flow for its idle timeout.
    expiring: Schedule<Token>,
    next: usize,
    /// Maximum number of clients.
    most: usize,
    loops: LoopCheck,
    /// Coalesces rows of a full table.
    crowding: Coalescer<Crowding>,
    /// The last client that got no socket.
    unserved_peer: Option<SocketAddr>,
    /// The last client that was removed for another, and how long it was idle.
    replaced_last: Option<(SocketAddr, Duration)>,
}

/// An effect of a full table.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Crowding {
    /// A client's datagram is dropped for lack of a socket.
    Unserved,
    /// An idle client is removed for another.
    Replaced,
}

struct RelayedFlow {
    client: SocketAddr,
    socket: UdpSocket,
    /// Whether the flow is in the list of ready flows.
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
            most: descriptors().map_or(MAX, |all| (all / 2).clamp(1, MAX)),
            loops: LoopCheck::default(),
            crowding: Coalescer::default(),
            unserved_peer: None,
            replaced_last: None,
        }
    }

    /// The address of the upstream.
    pub fn target(&self) -> SocketAddr {
        self.target
    }

    /// Resets the idle timeout of a client whose datagram is not forwarded.
    pub fn touch(&mut self, client: SocketAddr, now: Instant) {
        let token = self.by_client.get(&client);
        if let Some(flow) = token.and_then(|token| self.by_token.get_mut(token)) {
            flow.used = now;
        }
    }

    /// Sends to the upstream from the client's own socket.
    pub fn send(&mut self, client: SocketAddr, bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        let (target, now) = (self.target, cx.now);
        let token = match self.by_client.get(&client) {
            Some(token) => *token,
            None => match self.admit(client, bytes, now, cx) {
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
        bytes: &[u8],
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Result<Token, Cause> {
        if self.loops.is_loop(client, self.target, bytes, now) {
            return Err(Cause::RelaysFacing);
        }
        if self.by_token.len() >= self.most {
            self.make_room(now, cx);
        }
        let token = Token(self.next);
        let mut socket = UdpSocket::connect(self.target, self.receiving, token, cx);
        let is_out = |error: &std::io::Error| failure::out_of_descriptors(error).is_some();
        // Other sessions of this process use the descriptors.
        if socket.as_ref().is_err_and(is_out) && self.make_room(now, cx) {
            socket = UdpSocket::connect(self.target, self.receiving, token, cx);
        }
        let socket = socket.map_err(|error| failure::socket_cause(&error))?;
        self.next += 1;
        let upstream = Automatic::Upstream {
            client: client.into(),
            local: socket.local.into(),
        };
        cx.sink.notice(Notice::Automatic(Box::new(upstream)));
        let flow = RelayedFlow {
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

    /// Removes the client that was idle for longest. Returns whether there was one.
    fn make_room(&mut self, now: Instant, cx: &mut Context<'_>) -> bool {
        let idle = self
            .by_token
            .iter()
            .filter(|(_, flow)| flow.socket.waiting() == 0);
        let longest = idle.min_by_key(|(_, flow)| flow.used);
        let Some((token, client, used)) =
            longest.map(|(token, flow)| (*token, flow.client, flow.used))
        else {
            return false;
        };
        self.forget(token, cx);
        self.replaced_last = Some((client, now.saturating_duration_since(used)));
        if let Some(before) = self.crowding.add(&Crowding::Replaced, now) {
            self.report_crowding(Crowding::Replaced, before + 1, cx);
        }
        true
    }

    /// Writes the row of `count` effects, with the last client concerned.
    fn report_crowding(&self, crowding: Crowding, count: u64, cx: &mut Context<'_>) {
        let notice = match crowding {
            Crowding::Unserved => self.unserved_peer.map(|peer| Automatic::Unserved {
                peer: peer.into(),
                count,
            }),
            Crowding::Replaced => self
                .replaced_last
                .map(|(client, silent)| Automatic::Replaced {
                    client: client.into(),
                    millis: millis(silent),
                    count,
                }),
        };
        if let Some(notice) = notice {
            cx.sink.notice(Notice::Automatic(Box::new(notice)));
        }
    }

    fn forget(&mut self, token: Token, cx: &mut Context<'_>) {
        if let Some(mut flow) = self.by_token.remove(&token) {
            self.by_client.remove(&flow.client);
            flow.socket.report_losses(cx);
        }
    }

    /// Reports a client without a socket: the first at once, later ones as a count.
    fn refuse(&mut self, client: SocketAddr, cause: Cause, now: Instant, cx: &mut Context<'_>) {
        self.unserved_peer = Some(client);
        if let Some(before) = self.crowding.add(&Crowding::Unserved, now) {
            if before > 0 {
                self.report_crowding(Crowding::Unserved, before, cx);
            }
            let target = cx.interfaces.show(self.target);
            cx.sink.failure(Operation::Connect, target, cause);
        }
    }

    pub fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        let Some(flow) = self.by_token.get_mut(&ready.token) else {
            return;
        };
        flow.socket.ready(ready, cx);
        let busy = flow.socket.readable || flow.socket.waiting() > 0;
        if busy && !std::mem::replace(&mut flow.listed, true) {
            self.ready.push_back(ready.token);
        }
    }

    /// Forwards answers to the clients and removes idle flows. Returns whether more can be done at
    /// once.
    pub fn work(
        &mut self,
        reader: &mut BatchReceiver,
        clients: &mut UdpSocket,
        cx: &mut Context<'_>,
    ) -> bool {
        self.report(cx);
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
            if flow.forward(reader, clients, cx) {
                self.loops.answered();
            }
            flow.listed = flow.socket.readable || flow.socket.can_send();
            if flow.listed {
                self.ready.push_back(token);
            }
        }
        !self.ready.is_empty()
    }

    fn report(&mut self, cx: &mut Context<'_>) {
        let due = self.deadline();
        let now = cx.now;
        if due.is_none_or(|due| due > now) {
            return;
        }
        while let Some((crowding, count)) = self.crowding.due(now) {
            self.report_crowding(crowding, count, cx);
        }
        while let Some(token) = self.expiring.due(now) {
            self.expire(token, now, cx);
        }
    }

    /// Removes a flow, unless it was used meanwhile.
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
        self.forget(token, cx);
        let forgotten = Automatic::Forgotten {
            client: client.into(),
            millis: millis(self.idle),
        };
        cx.sink.notice(Notice::Automatic(Box::new(forgotten)));
    }

    /// When there is work without readiness.
    pub fn deadline(&self) -> Option<Instant> {
        let deadlines = [self.expiring.deadline(), self.crowding.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Closes all sockets. Returns the number of datagrams that were not sent or not forwarded.
    pub fn close(&mut self, reader: &mut BatchReceiver, cx: &mut Context<'_>) -> usize {
        let unreported: Vec<_> = self.crowding.drain().collect();
        for (crowding, count) in unreported {
            self.report_crowding(crowding, count, cx);
        }
        let mut unsent = 0;
        let mut flows: Vec<_> = self.by_token.drain().collect();
        flows.sort_unstable_by_key(|(token, _)| token.0);
        for (_, mut flow) in flows {
            let unread = flow.socket.finish(for_peer(flow.client.into()), reader, cx);
            unsent += flow.socket.waiting() + unread;
        }
        unsent
    }
}

impl RelayedFlow {
    /// Forwards the answers of the upstream. Returns whether there were any.
    fn forward(
        &mut self,
        reader: &mut BatchReceiver,
        clients: &mut UdpSocket,
        cx: &mut Context<'_>,
    ) -> bool {
        let (client, used, mut any) = (self.client, &mut self.used, false);
        let forgeable = !self.socket.local.ip().is_loopback();
        self.socket.receive(reader, READ, cx, |datagram, read, cx| {
            *used = cx.now;
            any = true;
            cx.sink.datagram(datagram, read, for_peer(client.into()));
            let packet = RelayedPacket {
                bytes: datagram.bytes,
                from: datagram.peer.into(),
                to: client.into(),
                toward: RelayDirection::Client,
                pair: None,
                connection: None,
                forgeable,
                asks: RuleGroup::All,
            };
            let Some(ForwardedPacket { edited, rule }) = packet.ask(cx) else {
                return;
            };
            let reason = Reason::passed_on(rule, datagram.peer.into());
            let bytes = edited.as_deref().unwrap_or(datagram.bytes);
            match cx.impair.impairs_incoming() {
                true => cx
                    .impair
                    .enqueue_relayed(client.into(), bytes, reason, cx.now, cx.sink),
                false => clients.send(client, bytes, reason, cx),
            }
        });
        any
    }
}
