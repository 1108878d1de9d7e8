//! The proxied connections of a TCP relay: dials the upstream for each client, then forwards
//! bytes.

use crate::connection_id::ConnectionId;
use crate::engine::command::{QueuedBytes, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::kinds::relay::loop_check::LoopCheck;
use crate::engine::kinds::relay::proxied_connection::{ProxiedConnection, for_peer};
use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::transport::connection::Connection;
use crate::engine::transport::dialer::{Dialed, Dialer};
use crate::engine::transport::table::{Table, TableEntry, Turn};
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The largest single read in bytes, and so the longest packet a rule applies to.
const READ: usize = 64 << 10;

/// The clients of a TCP relay with their upstream connections.
pub struct ProxiedConnections {
    /// The upstream's addresses in the order they are dialled.
    addresses: Vec<SocketAddr>,
    timeout: Duration,
    table: Table<Client>,
    loops: LoopCheck,
}

/// The state of a client's proxied connection.
enum Client {
    /// The upstream is being dialled. A failed dial resets the client: it was accepted already, and
    /// a reset is the closest to a refused connection.
    Connecting(Box<(Connection, Dialer)>),
    Connected(Box<ProxiedConnection>),
    Over,
}

/// The tokens of a proxied connection: the client's and the upstream's.
fn tokens(number: usize) -> (Token, Token) {
    let first = STREAMS.0 + 2 * number;
    (Token(first), Token(first + 1))
}

impl ProxiedConnections {
    pub fn new(timeout: Duration) -> Self {
        Self {
            addresses: Vec::new(),
            timeout,
            table: Table::new(READ),
            loops: LoopCheck::default(),
        }
    }

    pub fn set_addresses(&mut self, addresses: Vec<SocketAddr>) {
        self.addresses = addresses;
    }

    /// Adds a client that is not registered with a poll yet, and starts to dial the upstream.
    ///
    /// # Errors
    /// The system's error of registering it.
    pub fn add(&mut self, mut client: Connection, cx: &mut Context<'_>) -> io::Result<()> {
        let (token, target) = tokens(self.table.next());
        client.socket.watch(cx.registry, token)?;
        let peer = client.peer;
        let client = passes_on(client);
        if self.is_loop(peer, cx) {
            cx.sink.notice_of(client.id, client.reset(0));
            return Ok(());
        }
        let addresses = self.addresses.iter().copied().map(Peer::from);
        let mut dialer = Dialer::new(target, None, addresses, self.timeout, Some(peer));
        if !dialer.begin(cx) {
            cx.sink.notice_of(client.id, client.reset(0));
            return Ok(());
        }
        let sides = [(client.id, peer), (dialer.id(), peer)];
        let connecting = Client::Connecting(Box::new((client, dialer)));
        self.table.add(sides, connecting);
        Ok(())
    }

    /// Whether the client is the relay itself. The first discovery has a row.
    fn is_loop(&mut self, client: Peer, cx: &mut Context<'_>) -> bool {
        let (Peer::Ip(client), Some(target)) = (client, self.addresses.first()) else {
            return false;
        };
        let found = self.loops.is_connection_loop(client, *target, cx.now);
        if found == Some(true) {
            let target = cx.interfaces.show(*target);
            cx.sink
                .failure(Operation::Connect, target, Cause::RelaysFacing);
        }
        found.is_some()
    }

    pub fn ready(&mut self, ready: Readiness) {
        let Some(place) = ready.token.0.checked_sub(STREAMS.0) else {
            return;
        };
        let (number, is_client) = (place / 2, place % 2 == 0);
        match self.table.get_mut(number) {
            Some(Client::Connecting(connecting)) if is_client => connecting.0.ready(ready),
            Some(Client::Connected(pair)) if is_client => pair.client.ready(ready),
            Some(Client::Connected(pair)) => pair.target.ready(ready),
            Some(Client::Connecting(_) | Client::Over) | None => {}
        }
        self.table.list(number);
    }

    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.table.work(cx)
    }

    pub fn send(&mut self, to: &Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let numbers = match to {
            Target::All => self.table.numbers(),
            Target::Connection(id) => self.table.number(*id).into_iter().collect(),
            Target::Endpoint(_) | Target::Peer(_) => {
                return cx.sink.failure(Operation::Send, to, Cause::WrongTarget);
            }
        };
        let is_connected = |number: &usize| {
            let client = self.table.get_mut(*number);
            matches!(client, Some(Client::Connected(_)))
        };
        let numbers: Vec<usize> = numbers.into_iter().filter(is_connected).collect();
        if let Some(ticket) = &reason.ticket {
            ticket.set_receivers(numbers.len());
        }
        if numbers.is_empty() {
            let (id, peer) = match to {
                Target::Connection(id) => (Some(*id), self.table.peer_of(*id)),
                to => (None, to.peer()),
            };
            let address = peer.map_or_else(|| to.to_string(), |peer| peer.to_string());
            let cause = Cause::NotConnected;
            cx.sink.failure_of(id, Operation::Send, address, cause);
        }
        for number in numbers {
            let Some(Client::Connected(pair)) = self.table.get_mut(number) else {
                continue;
            };
            let (peer, id) = (pair.client.peer, pair.client.id);
            let bytes = cx.composer.bytes(message, peer);
            let bytes = bytes.map(|bytes| cx.framing.wire(bytes));
            let sent = bytes.and_then(|bytes| pair.send(to, &bytes, reason.clone(), cx));
            if let Err(cause) = sent {
                let peer = cx.interfaces.show(peer);
                cx.sink.failure_of(id, Operation::Send, peer, cause);
            }
            self.table.list(number);
        }
    }

    /// Closes both sides of a proxied connection, named by either of them.
    pub fn close(&mut self, id: ConnectionId, how: Close, cx: &mut Context<'_>) {
        let Some(number) = self.table.number(id) else {
            return;
        };
        match (self.table.get_mut(number), how) {
            (Some(Client::Connected(pair)), Close::Finish) => {
                pair.closing = true;
                self.table.list(number);
            }
            (Some(Client::Connected(_)), Close::Reset) => {
                self.table.end(number, |client, _| client.reset(cx));
            }
            _ => self
                .table
                .end(number, |client, buffer| client.close(buffer, cx)),
        }
    }

    /// The client's address, for either side of a proxied connection.
    pub fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        self.table.peer_of(id)
    }

    /// Lists entries for a turn, after their intercepted packets were released or discarded.
    pub fn list_all(&mut self, numbers: Vec<usize>) {
        for number in numbers {
            self.table.list(number);
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.table.deadline()
    }

    /// Number of queued bytes to a client; for all, that of the shortest queue.
    pub fn backlog(&self, to: &Target) -> Option<usize> {
        let unsent = |client: &Client| match client {
            Client::Connected(pair) if !pair.client.ended => Some(pair.client.unsent()),
            _ => None,
        };
        match to {
            Target::All => self.table.values().filter_map(unsent).min(),
            Target::Connection(id) => self.table.at(*id).and_then(unsent),
            Target::Endpoint(_) | Target::Peer(_) => None,
        }
    }

    /// Queued bytes of each connection, if they may have changed since the last call.
    pub fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        self.table.unsent()
    }

    pub fn close_all(&mut self, cx: &mut Context<'_>) {
        self.table.close(cx);
    }
}

impl Client {
    fn reset(&mut self, cx: &mut Context<'_>) {
        if let Self::Connected(pair) = self {
            pair.reset(cx);
        }
    }

    /// Checks the dial of the upstream.
    fn check(
        &mut self,
        mut connecting: Box<(Connection, Dialer)>,
        number: usize,
        cx: &mut Context<'_>,
    ) -> Turn {
        let (client, dialer) = &mut *connecting;
        // The client may have reset the connection before the first read.
        if client.take_failure(false).is_some() {
            let (peer, unsent) = (client.peer, 0);
            cx.sink
                .notice_of(client.id, Notice::PeerReset { peer, unsent });
            dialer.cancel(cx);
            return Turn::Over;
        }
        match dialer.check(cx) {
            Dialed::InProgress => {
                *self = Self::Connecting(connecting);
                Turn::Idle
            }
            Dialed::Made(target, _) => {
                let (client, _) = *connecting;
                let pair = ProxiedConnection::new(number, client, passes_on(*target));
                *self = Self::Connected(Box::new(pair));
                Turn::More
            }
            Dialed::Failed => {
                cx.sink.notice_of(client.id, client.reset(0));
                Turn::Over
            }
        }
    }
}

impl TableEntry for Client {
    fn turn(&mut self, number: usize, buffer: &mut [u8], cx: &mut Context<'_>) -> Turn {
        match std::mem::replace(self, Self::Over) {
            Self::Connecting(connecting) => self.check(connecting, number, cx),
            Self::Connected(mut pair) => {
                let turn = pair.turn(buffer, cx);
                *self = Self::Connected(pair);
                turn
            }
            Self::Over => Turn::Over,
        }
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Connecting(connecting) => connecting.1.deadline(),
            Self::Connected(pair) => pair.deadline(now),
            Self::Over => None,
        }
    }

    fn unsent(&self) -> impl Iterator<Item = QueuedBytes> {
        let pair = match self {
            Self::Connected(pair) => Some(pair),
            Self::Connecting(_) | Self::Over => None,
        };
        pair.into_iter().flat_map(|pair| pair.unsent())
    }

    fn close(&mut self, buffer: &mut [u8], cx: &mut Context<'_>) {
        match self {
            Self::Connected(pair) => pair.close(buffer, cx),
            Self::Connecting(connecting) => {
                let (client, dialer) = &mut **connecting;
                let far = client.far();
                let origin = dialer.remote().map(for_peer).unwrap_or_default();
                client.read_out(buffer, |bytes| cx.sink.received_for(far, bytes, origin));
                dialer.cancel(cx);
                cx.sink.notice_of(client.id, client.closed(0));
            }
            Self::Over => {}
        }
    }
}

/// Disables Nagle's algorithm (TCP_NODELAY, tcp(7)): the sender has already decided how to
/// group its bytes.
fn passes_on(connection: Connection) -> Connection {
    connection.socket.send_at_once(true);
    connection
}

/// How to close a client's connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// After its queues are sent.
    Finish,
    Now,
    Reset,
}
