//! The dialer: connects to the addresses of a host in turn until one accepts.

use crate::connection_id::ConnectionId;
use crate::engine::context::Context;
use crate::engine::sys::clock::millis;
use crate::engine::sys::poll::Token;
use crate::engine::sys::socket::{ConnectError, Transport};
use crate::engine::sys::stream_socket::StreamSocket;
use crate::engine::sys::{failure, name_failure};
use crate::engine::transport::connection::Connection;
use crate::peer::Peer;
use crate::traffic::{Automatic, Cause, Failure, Notice, Operation};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// A dial in progress: the current attempt and the remaining addresses.
pub struct Dialer {
    /// The id of the connection, whichever address accepts.
    id: ConnectionId,
    /// The token of the connecting socket.
    token: Token,
    /// The local address; `None` lets the system choose.
    local: Option<SocketAddr>,
    /// Addresses that were not dialled yet.
    rest: VecDeque<Peer>,
    /// Time limit for each address.
    timeout: Duration,
    /// In a relay, the client of the connection.
    client: Option<Peer>,
    attempt: Option<DialAttempt>,
    /// Writes a row for a success only.
    quiet: bool,
    /// The failures of earlier addresses.
    failures: Vec<Failure>,
}

struct DialAttempt {
    socket: Box<dyn StreamSocket>,
    remote: Peer,
    deadline: Instant,
}

/// The state of a dial.
pub enum Dialed {
    InProgress,
    /// The connection and its local address.
    Made(Box<Connection>, Peer),
    /// No address accepted. Each has a row, unless the dialer is quiet.
    Failed,
}

impl Dialer {
    pub fn new(
        token: Token,
        local: Option<SocketAddr>,
        addresses: impl IntoIterator<Item = Peer>,
        timeout: Duration,
        client: Option<Peer>,
    ) -> Self {
        Self {
            id: ConnectionId::next(),
            token,
            local,
            rest: addresses.into_iter().collect(),
            timeout,
            client,
            attempt: None,
            quiet: false,
            failures: Vec::new(),
        }
    }

    pub fn id(&self) -> ConnectionId {
        self.id
    }

    /// Leaves the rows of failures to the owner.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Takes the failures of the addresses.
    pub fn failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.failures)
    }

    /// The address being dialled.
    pub fn remote(&self) -> Option<Peer> {
        self.attempt.as_ref().map(|attempt| attempt.remote)
    }

    /// The time limit of the current address.
    pub fn deadline(&self) -> Option<Instant> {
        self.attempt.as_ref().map(|attempt| attempt.deadline)
    }

    /// Starts to connect to the next address. Returns whether there was one.
    pub fn begin(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(remote) = self.rest.pop_front() {
            match self.connect(remote, cx) {
                Ok(socket) => {
                    if !self.quiet {
                        self.report(Notice::Connecting { remote }, cx);
                    }
                    let deadline = cx.now + self.timeout;
                    self.attempt = Some(DialAttempt {
                        socket,
                        remote,
                        deadline,
                    });
                    return true;
                }
                Err(error) => self.not_begun(remote, &error, cx),
            }
        }
        false
    }

    fn connect(
        &self,
        remote: Peer,
        cx: &Context<'_>,
    ) -> Result<Box<dyn StreamSocket>, ConnectError> {
        let mut socket = cx.world.connect(self.local_for(remote), remote)?;
        let watched = socket.watch(cx.registry, self.token);
        watched.map_err(ConnectError::Connect)?;
        Ok(socket)
    }

    /// The local address for this remote: an unspecified address takes the remote's family.
    fn local_for(&self, remote: Peer) -> Option<SocketAddr> {
        let (local, remote) = (self.local?, remote.address()?);
        if !local.ip().is_unspecified() {
            return Some(local);
        }
        let unspecified: IpAddr = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        Some(SocketAddr::new(unspecified, local.port()))
    }

    fn not_begun(&mut self, remote: Peer, error: &ConnectError, cx: &mut Context<'_>) {
        let (local, cause) = match error {
            ConnectError::Bind(local, error) => {
                let cause = failure::bind_cause(error, Transport::Tcp, *local, cx.interfaces);
                (Some(*local), cause)
            }
            ConnectError::Connect(error) => match failure::out_of_descriptors(error) {
                Some(cause) => (None, cause),
                None if remote.address().is_none() => (None, name_failure::cause_of(error, remote)),
                None => {
                    let local = self.local_for(remote);
                    let cause =
                        failure::connect_cause(error, local, remote.address(), cx.interfaces);
                    // Any other cause concerns our own port.
                    let is_remote = matches!(cause, Cause::System { .. } | Cause::NoRoute { .. });
                    (local.filter(|_| !is_remote), cause)
                }
            },
        };
        match local {
            Some(local) => {
                let local = cx.interfaces.show(local);
                self.fail(Operation::Bind, local, cause, cx);
            }
            None => self.not_connected(remote, cause, cx),
        }
    }

    /// Checks whether the current dial succeeded, failed or is still pending. After a failure, it
    /// dials the next address.
    pub fn check(&mut self, cx: &mut Context<'_>) -> Dialed {
        let Some(attempt) = self.attempt.take() else {
            return Dialed::Failed;
        };
        let remote = attempt.remote;
        let cause = match outcome(attempt.socket.as_ref()) {
            Ok(Some((local, error))) => {
                let peer = remote;
                self.report(Notice::Connected { peer, local }, cx);
                let connection = Connection::new(attempt.socket, (peer, self.id), error);
                return Dialed::Made(Box::new(connection), local);
            }
            Ok(None) if cx.now < attempt.deadline => {
                self.attempt = Some(attempt);
                return Dialed::InProgress;
            }
            Ok(None) => Cause::TimedOut {
                millis: millis(self.timeout),
            },
            Err(error) => failure::socket_cause(&error),
        };
        self.not_connected(remote, cause, cx);
        // The next dial reuses its token.
        drop(attempt);
        match self.begin(cx) {
            true => Dialed::InProgress,
            false => Dialed::Failed,
        }
    }

    /// Gives it up, with a row.
    pub fn cancel(&mut self, cx: &mut Context<'_>) {
        if let Some(DialAttempt { remote, .. }) = self.attempt.take() {
            self.report(Notice::Cancelled { remote }, cx);
        }
    }

    fn not_connected(&mut self, remote: Peer, cause: Cause, cx: &mut Context<'_>) {
        let remote = cx.interfaces.show(remote);
        self.fail(Operation::Connect, remote, cause, cx);
    }

    fn fail(&mut self, operation: Operation, address: String, cause: Cause, cx: &mut Context<'_>) {
        let failure = Failure {
            operation,
            address,
            cause,
        };
        if !self.quiet {
            cx.sink.notice_of(self.id, Notice::Failed(failure.clone()));
        }
        self.failures.push(failure);
    }

    fn report(&self, notice: Notice, cx: &mut Context<'_>) {
        let notice = match self.client {
            Some(client) => Notice::Automatic(Box::new(Automatic::ForClient { client, notice })),
            None => notice,
        };
        cx.sink.notice_of(self.id, notice);
    }
}

/// The local address of an established connection with its pending error; `None` while the dial
/// is pending.
///
/// # Errors
/// The error of the dial.
fn outcome(socket: &dyn StreamSocket) -> io::Result<Option<(Peer, Option<io::Error>)>> {
    let failed = match socket.take_error()? {
        // Established, then reset before this check: bytes received before are still readable.
        Some(error) if error.kind() == ErrorKind::ConnectionReset => Some(error),
        Some(error) => return Err(error),
        None => None,
    };
    Ok(match socket.connected_from()? {
        Some(local) => Some((local, failed)),
        None if failed.is_none() => None,
        None => Some((socket.local()?, failed)),
    })
}
