//! One TCP connection to the first address of a host that accepts it.

use crate::engine::command::{Command, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST, STREAMS};
use crate::engine::sys::endpoint::socket_address;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::failure;
use crate::engine::sys::local_sockets::Own;
use crate::engine::sys::resolver::Answer;
use crate::engine::sys::socket;
use crate::engine::sys::socket::{ConnectError, Transport};
use crate::engine::transport::streams::Streams;
use crate::payload::message::Message;
use crate::traffic::{Cause, Notice, Operation};
use mio::Interest;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

pub struct TcpClient {
    local: Option<SocketAddr>,
    remote: Endpoint,
    timeout: Duration,
    state: State,
    /// Addresses not tried yet.
    addresses: VecDeque<SocketAddr>,
    streams: Streams,
    own: Option<Own>,
}

enum State {
    Resolving,
    Connecting {
        socket: mio::net::TcpStream,
        remote: SocketAddr,
        deadline: Instant,
    },
    Connected,
    Over,
}

impl TcpClient {
    pub fn new(
        local: Option<SocketAddr>,
        remote: Endpoint,
        timeout: Duration,
        close_with_peer: bool,
    ) -> Self {
        let streams = Streams::new(STREAMS, close_with_peer);
        Self {
            local,
            remote,
            timeout,
            state: State::Resolving,
            addresses: VecDeque::new(),
            streams,
            own: None,
        }
    }

    /// Begins to connect to the next address that has not been tried.
    fn try_next(&mut self, cx: &mut Context<'_>) {
        self.state = State::Over;
        while let Some(remote) = self.addresses.pop_front() {
            match self.begin(remote, cx) {
                Ok(socket) => {
                    cx.sink.notice(Notice::Connecting { remote });
                    self.state = State::Connecting {
                        socket,
                        remote,
                        deadline: Instant::now() + self.timeout,
                    };
                    return;
                }
                Err(ConnectError::Bind(local, error)) => {
                    let cause = failure::bind_cause(&error, Transport::Tcp, local, cx.interfaces);
                    cx.sink
                        .failure(Operation::Bind, cx.interfaces.show(local), cause);
                }
                Err(ConnectError::Connect(error)) => {
                    let local = self.local_for(remote);
                    match (failure::connect_cause(&error, local), local) {
                        (cause @ Cause::System { .. }, _) | (cause, None) => {
                            self.connect_failed(remote, cause, cx);
                        }
                        // It is our own port that cannot be had.
                        (cause, Some(local)) => {
                            let local = cx.interfaces.show(local);
                            cx.sink.failure(Operation::Bind, local, cause);
                        }
                    }
                }
            }
        }
    }

    fn begin(
        &self,
        remote: SocketAddr,
        cx: &Context<'_>,
    ) -> Result<mio::net::TcpStream, ConnectError> {
        let mut socket = socket::connect(self.local_for(remote), remote)?;
        let interest = Interest::READABLE | Interest::WRITABLE;
        cx.registry
            .register(&mut socket, FIRST, interest)
            .map_err(ConnectError::Connect)?;
        Ok(socket)
    }

    /// An unspecified local address is that of whichever family the remote has.
    fn local_for(&self, remote: SocketAddr) -> Option<SocketAddr> {
        let local = self.local?;
        let unspecified: IpAddr = if remote.is_ipv4() {
            Ipv4Addr::UNSPECIFIED.into()
        } else {
            Ipv6Addr::UNSPECIFIED.into()
        };
        Some(if local.ip().is_unspecified() {
            SocketAddr::new(unspecified, local.port())
        } else {
            local
        })
    }

    fn connect_failed(&self, remote: SocketAddr, cause: Cause, cx: &mut Context<'_>) {
        cx.sink
            .failure(Operation::Connect, cx.interfaces.show(remote), cause);
    }

    /// Looks whether the connection stands, failed, or is still under way.
    fn check(&mut self, cx: &mut Context<'_>) {
        let State::Connecting { socket, remote, .. } = &self.state else {
            return;
        };
        let remote = *remote;
        match outcome(socket) {
            Ok(None) => {}
            Ok(Some(Stands { local, failed })) => {
                let State::Connecting { socket, .. } =
                    std::mem::replace(&mut self.state, State::Connected)
                else {
                    return;
                };
                cx.sink.notice(Notice::Connected {
                    peer: remote,
                    local,
                });
                self.own = Some(Own::new(local));
                self.streams.adopt(FIRST, socket, remote, failed);
            }
            Err(error) => {
                self.connect_failed(remote, failure::cause(&error), cx);
                self.try_next(cx);
            }
        }
    }

    fn set_addresses(
        &mut self,
        addresses: impl IntoIterator<Item = SocketAddr>,
        cx: &mut Context<'_>,
    ) {
        let of_family = |address: &SocketAddr| {
            self.local.is_none_or(|local| {
                local.ip().is_unspecified() || local.is_ipv4() == address.is_ipv4()
            })
        };
        self.addresses = addresses.into_iter().filter(of_family).collect();
        if self.addresses.is_empty() {
            let ipv6 = self.local.is_some_and(|local| local.is_ipv6());
            cx.sink.failure(
                Operation::Connect,
                &self.remote,
                Cause::NoAddressOfFamily { ipv6 },
            );
        }
        self.try_next(cx);
    }
}

/// A connection that was made, and the error it has met since.
pub struct Stands {
    pub local: SocketAddr,
    pub failed: Option<io::Error>,
}

/// `None` while the connection is under way.
///
/// # Errors
/// Why it could not be made.
pub fn outcome(socket: &mio::net::TcpStream) -> io::Result<Option<Stands>> {
    let failed = match socket.take_error()? {
        // Made, and reset before we looked: its bytes are still there to read.
        Some(error) if error.kind() == ErrorKind::ConnectionReset => Some(error),
        Some(error) => return Err(error),
        None => None,
    };
    match socket.peer_addr() {
        Err(error) if error.kind() == ErrorKind::NotConnected && failed.is_none() => Ok(None),
        Err(error) if error.kind() != ErrorKind::NotConnected => Err(error),
        _ => Ok(Some(Stands {
            local: socket.local_addr()?,
            failed,
        })),
    }
}

impl Driver for TcpClient {
    fn start(&mut self, cx: &mut Context<'_>) {
        match (&self.remote.host, self.remote.address()) {
            (_, Some(address)) => self.set_addresses([address], cx),
            (Host::Name(name), None) => {
                if let Err(cause) = cx.resolver.look_up(name) {
                    cx.sink.failure(Operation::Resolve, name, cause);
                    self.state = State::Over;
                }
            }
            (Host::Ip { .. }, None) => self.state = State::Over,
        }
    }

    fn ready(&mut self, event: &mio::event::Event, cx: &mut Context<'_>) {
        if let State::Connecting { .. } = self.state {
            self.check(cx);
        }
        self.streams.ready(event);
    }

    fn order(&mut self, command: Command, cx: &mut Context<'_>) {
        self.streams.order(command, cx);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        self.streams.send(&to, message, reason, cx);
    }

    fn resolved(&mut self, answer: Answer, cx: &mut Context<'_>) {
        match answer.addresses {
            Ok(ips) => {
                let port = self.remote.port;
                cx.sink.notice(Notice::Resolved {
                    host: answer.host,
                    addresses: ips.clone(),
                });
                self.set_addresses(ips.into_iter().map(|ip| socket_address(ip, 0, port)), cx);
            }
            Err(cause) => {
                cx.sink.failure(Operation::Resolve, answer.host, cause);
                self.state = State::Over;
            }
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        if let State::Connecting {
            remote, deadline, ..
        } = self.state
            && Instant::now() >= deadline
        {
            let millis = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
            self.connect_failed(remote, Cause::TimedOut { millis }, cx);
            self.try_next(cx);
        }
        let more = self.streams.work(cx);
        if matches!(self.state, State::Connected) && self.streams.is_empty() {
            self.state = State::Over;
        }
        more
    }

    fn deadline(&self) -> Option<Instant> {
        if let State::Connecting { deadline, .. } = self.state {
            Some(deadline)
        } else {
            self.streams.deadline()
        }
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.streams.backlog(to)
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        self.streams.unsent()
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        if let State::Connecting { remote, .. } = self.state {
            cx.sink.notice(Notice::Cancelled { remote });
        }
        self.streams.close(cx);
        self.own = None;
        self.state = State::Over;
    }
}
