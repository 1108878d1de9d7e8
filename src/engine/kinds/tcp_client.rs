//! A stream client: one connection to the first address of a host that accepts; on request, it
//! dials again after a loss.

use crate::automation::Reconnect;
use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, QueuedBytes, Remote, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::Driver;
use crate::engine::sys::clock::millis;
use crate::engine::sys::endpoint::{Endpoint, Host, socket_address};
use crate::engine::sys::local_sockets::RegisteredSocket;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::transport::dialer::{Dialed, Dialer};
use crate::engine::transport::streams::Streams;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Automatic, Cause, Failure, Notice, Operation};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

struct TcpClient {
    local: Option<SocketAddr>,
    remote: Remote,
    timeout: Duration,
    state: ClientState,
    streams: Streams,
    own: Option<RegisteredSocket>,
    reconnect: Option<Reconnect>,
}

enum ClientState {
    Resolving,
    Connecting(Box<Dialer>),
    Connected,
    /// The pause before the next dial ends at this time.
    Waiting(Instant),
    Over,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    let local = match setup.local {
        Some(local) => Some(local.address()?),
        None => None,
    };
    Some(Box::new(TcpClient {
        local,
        remote: setup.remote?,
        timeout: setup.timeout,
        state: ClientState::Resolving,
        streams: Streams::new(setup.close_with_peer, setup.nodelay),
        own: None,
        reconnect: setup.reconnect.map(Reconnect::after),
    }))
}

impl TcpClient {
    /// Checks the dial.
    fn check(&mut self, cx: &mut Context<'_>) {
        let ClientState::Connecting(dialer) = &mut self.state else {
            return;
        };
        match dialer.check(cx) {
            Dialed::InProgress => self.expect(),
            Dialed::Failed => {
                let failures = dialer.failures();
                self.failed(failures, cx);
            }
            Dialed::Made(connection, local) => {
                self.state = ClientState::Connected;
                self.own = local.address().map(RegisteredSocket::new);
                let attempts = self.reconnect.as_mut().map_or(0, Reconnect::made);
                if attempts > 0 {
                    let (id, peer) = (connection.id, connection.peer);
                    let again = Automatic::Reconnected { peer, attempts };
                    cx.sink.notice_of(id, Notice::Automatic(Box::new(again)));
                }
                self.streams.adopt(*connection);
            }
        }
    }

    fn connect(&mut self, addresses: impl IntoIterator<Item = Peer>, cx: &mut Context<'_>) {
        let of_family = |peer: &Peer| match (self.local, peer.address()) {
            (Some(local), Some(address)) => {
                local.ip().is_unspecified() || local.is_ipv4() == address.is_ipv4()
            }
            _ => true,
        };
        let addresses: Vec<_> = addresses.into_iter().filter(of_family).collect();
        if addresses.is_empty() {
            let ipv6 = self.local.is_some_and(|local| local.is_ipv6());
            let cause = Cause::NoAddressOfFamily { ipv6 };
            return self.fail(Operation::Connect, self.remote.to_string(), cause, cx);
        }
        let token = self.streams.next_token();
        let dialer = Dialer::new(token, self.local, addresses, self.timeout, None);
        let mut dialer = dialer.quiet(self.is_quiet());
        match dialer.begin(cx) {
            true => {
                self.state = ClientState::Connecting(Box::new(dialer));
                self.expect();
            }
            false => self.failed(dialer.failures(), cx),
        }
    }

    /// Records the peer of the connection being dialled.
    fn expect(&mut self) {
        if let ClientState::Connecting(dialer) = &self.state
            && let Some(peer) = dialer.remote()
        {
            self.streams.expect(dialer.id(), peer);
        }
    }

    /// Starts a dial: resolves the name, if there is one, and connects.
    fn dial(&mut self, cx: &mut Context<'_>) {
        self.state = ClientState::Resolving;
        let endpoint = match &self.remote {
            Remote::Endpoint(endpoint) => endpoint,
            Remote::Named(name) => return self.connect([Peer::Named(*name)], cx),
        };
        match (&endpoint.host, endpoint.address()) {
            (_, Some(address)) => self.connect([address.into()], cx),
            (Host::Name(name), None) => {
                if let Err(cause) = cx.resolver.look_up(name) {
                    let host = name.clone();
                    self.fail(Operation::Resolve, host, cause, cx);
                }
            }
            (Host::Ip { .. }, None) => self.state = ClientState::Over,
        }
    }

    /// Whether a dial writes rows only of a success or of a new kind of failure.
    fn is_quiet(&self) -> bool {
        self.reconnect.as_ref().is_some_and(Reconnect::is_quiet)
    }

    /// Ends a dial that failed before any address was tried.
    fn fail(&mut self, operation: Operation, address: String, cause: Cause, cx: &mut Context<'_>) {
        let failure = Failure {
            operation,
            address,
            cause,
        };
        if !self.is_quiet() {
            cx.sink.notice(Notice::Failed(failure.clone()));
        }
        self.failed(vec![failure], cx);
    }

    /// Ends a failed dial. Its failures have rows already, unless the dial was quiet.
    fn failed(&mut self, failures: Vec<Failure>, cx: &mut Context<'_>) {
        if let Some(reconnect) = &mut self.reconnect {
            for failure in reconnect.failed(failures) {
                cx.sink.notice(Notice::Failed(failure.clone()));
            }
        }
        self.try_again(cx);
    }

    /// Schedules the next dial; without reconnecting, ends the session.
    fn try_again(&mut self, cx: &mut Context<'_>) {
        let Some(reconnect) = &self.reconnect else {
            self.state = ClientState::Over;
            return;
        };
        if reconnect.is_reported() {
            let again = Automatic::Reconnecting {
                peer: match &self.remote {
                    Remote::Endpoint(endpoint) => endpoint.address().map(Peer::from),
                    Remote::Named(name) => Some(Peer::Named(*name)),
                },
                attempts: reconnect.alike(),
                millis: millis(reconnect.pause()),
            };
            cx.sink.notice(Notice::Automatic(Box::new(again)));
        }
        let due = cx.now.checked_add(reconnect.pause());
        self.state = ClientState::Waiting(due.unwrap_or(cx.now));
    }
}

impl Driver for TcpClient {
    fn start(&mut self, cx: &mut Context<'_>) {
        self.dial(cx);
    }

    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        self.check(cx);
        self.streams.ready(ready);
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

    fn resolved(&mut self, answer: ResolvedName, cx: &mut Context<'_>) {
        let Remote::Endpoint(Endpoint { port, .. }) = self.remote else {
            return;
        };
        match answer.addresses {
            Ok(ips) => {
                if !self.is_quiet() {
                    cx.sink.notice(Notice::Resolved {
                        host: answer.host,
                        addresses: ips.clone(),
                    });
                }
                let addresses = ips.into_iter().map(|ip| socket_address(ip, 0, port).into());
                self.connect(addresses, cx);
            }
            Err(cause) => self.fail(Operation::Resolve, answer.host, cause, cx),
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        if let ClientState::Connecting(dialer) = &self.state
            && dialer.deadline().is_some_and(|due| cx.now >= due)
        {
            self.check(cx);
        }
        if let ClientState::Waiting(due) = self.state
            && cx.now >= due
        {
            self.dial(cx);
        }
        let more = self.streams.work(cx);
        if matches!(self.state, ClientState::Connected) && self.streams.is_empty() {
            self.own = None;
            self.try_again(cx);
        }
        more
    }

    fn deadline(&self, _now: Instant) -> Option<Instant> {
        match &self.state {
            ClientState::Connecting(dialer) => dialer.deadline(),
            ClientState::Waiting(due) => Some(*due),
            _ => self.streams.deadline(),
        }
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
        matches!(self.state, ClientState::Over)
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        if let ClientState::Connecting(dialer) = &mut self.state {
            dialer.cancel(cx);
        }
        self.streams.close(cx);
        self.own = None;
        self.state = ClientState::Over;
    }
}
