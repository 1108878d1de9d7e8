//! One TCP connection to the first address of a host that accepts it.

use crate::connection_id::ConnectionId;
use crate::engine::command::{ConnectionCommand, Remote, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::Driver;
use crate::engine::sys::endpoint::{Endpoint, Host, socket_address};
use crate::engine::sys::local_sockets::Own;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::resolver::Answer;
use crate::engine::transport::dialer::{Dialed, Dialer};
use crate::engine::transport::streams::Streams;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

struct TcpClient {
    local: Option<SocketAddr>,
    remote: Remote,
    timeout: Duration,
    state: State,
    streams: Streams,
    own: Option<Own>,
}

enum State {
    Resolving,
    Connecting(Dialer),
    Connected,
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
        state: State::Resolving,
        streams: Streams::new(setup.close_with_peer),
        own: None,
    }))
}

impl TcpClient {
    /// Looks how far the connection is.
    fn check(&mut self, cx: &mut Context<'_>) {
        let State::Connecting(dialer) = &mut self.state else {
            return;
        };
        match dialer.check(cx) {
            Dialed::UnderWay => self.expect(),
            Dialed::Failed => self.state = State::Over,
            Dialed::Made(connection, local) => {
                self.state = State::Connected;
                self.own = local.address().map(Own::new);
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
            cx.sink.failure(Operation::Connect, &self.remote, cause);
        }
        let token = self.streams.next_token();
        let mut dialer = Dialer::new(token, self.local, addresses, self.timeout, None);
        self.state = match dialer.begin(cx) {
            true => State::Connecting(dialer),
            false => State::Over,
        };
        self.expect();
    }

    /// Knows by its identity whom the connection that is being made is to.
    fn expect(&mut self) {
        if let State::Connecting(dialer) = &self.state
            && let Some(peer) = dialer.remote()
        {
            self.streams.expect(dialer.id(), peer);
        }
    }
}

impl Driver for TcpClient {
    fn start(&mut self, cx: &mut Context<'_>) {
        let endpoint = match &self.remote {
            Remote::Endpoint(endpoint) => endpoint,
            Remote::Named(name) => return self.connect([Peer::Named(*name)], cx),
        };
        match (&endpoint.host, endpoint.address()) {
            (_, Some(address)) => self.connect([address.into()], cx),
            (Host::Name(name), None) => {
                if let Err(cause) = cx.resolver.look_up(name) {
                    cx.sink.failure(Operation::Resolve, name, cause);
                    self.state = State::Over;
                }
            }
            (Host::Ip { .. }, None) => self.state = State::Over,
        }
    }

    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        self.check(cx);
        self.streams.ready(ready);
    }

    fn connection(&mut self, id: ConnectionId, command: ConnectionCommand, cx: &mut Context<'_>) {
        self.streams.order(id, command, cx);
    }

    fn peer_of(&self, id: ConnectionId) -> Option<Peer> {
        self.streams.peer_of(id)
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        self.streams.send(&to, message, reason, cx);
    }

    fn resolved(&mut self, answer: Answer, cx: &mut Context<'_>) {
        let Remote::Endpoint(Endpoint { port, .. }) = self.remote else {
            return;
        };
        match answer.addresses {
            Ok(ips) => {
                cx.sink.notice(Notice::Resolved {
                    host: answer.host,
                    addresses: ips.clone(),
                });
                let addresses = ips.into_iter().map(|ip| socket_address(ip, 0, port).into());
                self.connect(addresses, cx);
            }
            Err(cause) => {
                cx.sink.failure(Operation::Resolve, answer.host, cause);
                self.state = State::Over;
            }
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        if let State::Connecting(dialer) = &self.state
            && dialer.deadline().is_some_and(|due| cx.now >= due)
        {
            self.check(cx);
        }
        let more = self.streams.work(cx);
        if matches!(self.state, State::Connected) && self.streams.is_empty() {
            self.state = State::Over;
        }
        more
    }

    fn deadline(&self, _now: Instant) -> Option<Instant> {
        match &self.state {
            State::Connecting(dialer) => dialer.deadline(),
            _ => self.streams.deadline(),
        }
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.streams.backlog(to)
    }

    fn why_closed(&self, to: &Target) -> Cause {
        self.streams.why_closed(to)
    }

    fn unsent(&mut self) -> Option<Vec<(ConnectionId, usize)>> {
        self.streams.unsent()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        if let State::Connecting(dialer) = &mut self.state {
            dialer.cancel(cx);
        }
        self.streams.close(cx);
        self.own = None;
        self.state = State::Over;
    }
}
