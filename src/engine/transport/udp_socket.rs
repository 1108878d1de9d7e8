//! One UDP socket, bound for all senders or connected to one peer. It receives batches, sends
//! its queue, and writes rows of drops and failures.

mod sending;
mod targets;

use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::sys::clock::ClockReading;
use crate::engine::sys::datagram_socket::Datagram;
use crate::engine::sys::datagram_socket::{BoundSocket, DatagramSocket, lacks_broadcast};
use crate::engine::sys::failure;
use crate::engine::sys::local_sockets::RegisteredSocket;
use crate::engine::sys::poll::{Interest, Readiness, Token};
use crate::engine::sys::receive::{self, BatchReceiver};
use crate::engine::transport::coalescing::Coalescing;
use crate::engine::transport::drops::KernelDrops;
use crate::engine::transport::send_queue::SendQueue;
use crate::engine::transport::{icmp, read_out};
use crate::traffic::{Cause, LocalAddresses, Operation, RecordOrigin};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use targets::Targets;

/// WSAENETRESET: the TTL of an earlier datagram expired on its way (`recvfrom` of Windows).
const EXPIRED: i32 = 10_052;
/// Pause after a receive error that leaves the socket readable.
const PAUSE: Duration = Duration::from_millis(10);

/// A UDP socket with its send queue and its drop counter.
pub struct UdpSocket {
    pub socket: Box<dyn DatagramSocket>,
    pub local: SocketAddr,
    /// The peer of a connected socket.
    remote: Option<SocketAddr>,
    /// The token of the socket.
    token: Token,
    pub receive_buffer: usize,
    queue: SendQueue,
    /// Whether write readiness is requested.
    watched: bool,
    pub readable: bool,
    /// When to read again after an error of the socket itself.
    paused: Option<Instant>,
    /// Whether the descriptor is invalid.
    pub is_gone: bool,
    /// For a socket bound to all addresses: the local address each peer sent to.
    reached: LocalAddresses,
    losses: KernelDrops,
    pub coalescing: Coalescing,
    /// The sender of the newest datagram, which a row about an unreachable port names if
    /// `names_newest` is set.
    newest: Option<SocketAddr>,
    pub names_newest: bool,
    /// Whether the peers are clients, which are answered at once by [`Self::send`]. Other
    /// destinations are sent to by [`Self::push`].
    pub answers_clients: bool,
    targets: Targets,
    pushed: Targets,
    _own: Option<RegisteredSocket>,
}

impl UdpSocket {
    /// Binds a socket to `local`, open to all senders.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind(
        local: SocketAddr,
        receiving: Receiving,
        token: Token,
        cx: &Context<'_>,
    ) -> io::Result<Self> {
        let BoundSocket { socket, granted } = cx.world.udp(local, receiving.buffer)?;
        let mut udp = Self::new(socket, None, granted, receiving, token, cx)?;
        udp.losses = KernelDrops::of(udp.socket.as_ref(), udp.local, granted, receiving);
        udp._own = Some(RegisteredSocket::new(udp.local));
        Ok(udp)
    }

    /// Connects a socket with a port of the system's choice to `remote`: the kernel looks up the
    /// route once and accepts datagrams of that peer only.
    ///
    /// # Errors
    /// The system's error.
    pub fn connect(
        remote: SocketAddr,
        receiving: Receiving,
        token: Token,
        cx: &Context<'_>,
    ) -> io::Result<Self> {
        let any: IpAddr = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let BoundSocket { socket, granted } =
            cx.world.udp(SocketAddr::new(any, 0), receiving.buffer)?;
        match socket.connect(remote) {
            // The remote is a broadcast address (ip(7)).
            Err(error) if lacks_broadcast(&error) => {
                socket.allow_broadcast()?;
                socket.connect(remote)?;
            }
            connected => connected?,
        }
        Self::new(socket, Some(remote), granted, receiving, token, cx)
    }

    fn new(
        mut socket: Box<dyn DatagramSocket>,
        remote: Option<SocketAddr>,
        granted: usize,
        receiving: Receiving,
        token: Token,
        cx: &Context<'_>,
    ) -> io::Result<Self> {
        socket.watch(cx.registry, token)?;
        let local = socket.local()?;
        if let Some(system) = socket.system() {
            // Without the error queue the socket works but reports no ICMP errors.
            icmp::enable(system, local).ok();
            receive::prepare(system, local, receiving.merge);
        }
        Ok(Self {
            socket,
            local,
            remote,
            token,
            receive_buffer: granted,
            queue: SendQueue::default(),
            watched: false,
            readable: true,
            paused: None,
            is_gone: false,
            reached: LocalAddresses::default(),
            losses: KernelDrops::of_many(local, granted, receiving),
            coalescing: Coalescing::new(cx.now),
            newest: None,
            names_newest: false,
            answers_clients: false,
            targets: Targets::default(),
            pushed: Targets::default(),
            _own: None,
        })
    }

    pub fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        self.readable |= ready.readable;
        if ready.writable {
            self.queue.unblock();
        }
        if ready.error {
            self.report_icmp(cx);
        }
    }

    /// Writes a row for each pending ICMP error. Returns whether there was any.
    fn report_icmp(&self, cx: &mut Context<'_>) -> bool {
        self.report_icmp_except(None, cx)
    }

    /// As [`Self::report_icmp`], without the errors of a datagram to `rejected`.
    fn report_icmp_except(&self, rejected: Option<SocketAddr>, cx: &mut Context<'_>) -> bool {
        let newest = self.newest.filter(|_| self.names_newest);
        let is_client = |to| self.is_client(to);
        icmp::report(self.socket.as_ref(), newest, rejected, is_client, cx)
    }

    /// Whether datagrams to this destination answer a client.
    fn is_client(&self, to: SocketAddr) -> bool {
        self.answers_clients && !self.pushed.may_include(to)
    }

    /// The address that names this socket in rows of receive failures.
    fn known_by(&self) -> SocketAddr {
        self.remote.unwrap_or(self.local)
    }

    /// Number of queued bytes.
    pub fn backlog(&self) -> usize {
        self.queue.bytes()
    }

    /// Number of queued datagrams.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Whether a datagram is queued and the kernel has room.
    pub fn can_send(&self) -> bool {
        self.queue.can_send()
    }

    /// Requests write readiness while the kernel's send buffer is full.
    fn watch(&mut self, cx: &Context<'_>) {
        let for_room = self.queue.is_blocked();
        if self.watched == for_room {
            return;
        }
        let interest = match for_room {
            true => Interest::ReadAndWrite,
            false => Interest::Read,
        };
        // A registered socket can be reregistered; if that fails, the next call tries again.
        let watched = self.socket.watch_for(cx.registry, self.token, interest);
        if watched.is_ok() {
            self.watched = for_room;
        }
    }

    /// Reads up to `most` datagrams and passes each to `take`. Returns whether more may be ready.
    pub fn receive(
        &mut self,
        reader: &mut BatchReceiver,
        most: usize,
        cx: &mut Context<'_>,
        mut take: impl FnMut(&Datagram<'_>, ClockReading, &mut Context<'_>),
    ) -> bool {
        let now = cx.now;
        self.paused = self.paused.filter(|until| now < *until);
        if self.paused.is_some() {
            return false;
        }
        let mut count = 0;
        while count < most && self.readable && self.paused.is_none() && cx.sink.has_room() {
            let read = cx.sink.reading();
            let (known_by, local) = (self.known_by(), self.local);
            let losses = &mut self.losses;
            let (reached, newest) = (&mut self.reached, &mut self.newest);
            let result = reader.read(self.socket.as_ref(), |datagram| {
                losses.report_before(&datagram, now, known_by, cx.interfaces, cx.sink);
                datagram.observe_reached(local, cx.interfaces, reached);
                *newest = Some(datagram.peer);
                take(&datagram, read, cx);
            });
            match result {
                Ok(more) => {
                    count += more;
                    self.readable = !reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, cx),
            }
        }
        self.coalescing.read(count, now);
        if count > 0 && self.remote.is_none() {
            self.losses.watch(now);
        }
        self.losses.report(self.coalescing.last(), cx);
        self.readable && count >= most
    }

    fn receive_failed(&mut self, error: &io::Error, cx: &mut Context<'_>) {
        match error.kind() {
            // An ICMP error of an earlier send.
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => self.report_earlier(error, cx),
            _ if error.raw_os_error() == Some(EXPIRED) => self.report_earlier(error, cx),
            // Any other error may be one too (RFC 4443, type 1 code 1: EACCES).
            _ if self.report_icmp(cx) => {}
            _ => {
                let shown = cx.interfaces.show(self.known_by());
                cx.sink
                    .failure(Operation::Receive, shown, failure::cause(error));
                self.paused = Some(cx.now + PAUSE);
                // A connected socket becomes ready again with its next datagram.
                self.readable &= self.remote.is_none();
                // EBADF, ENOTSOCK, WSAENOTSOCK: the descriptor is invalid.
                self.is_gone = matches!(error.raw_os_error(), Some(9 | 88 | 10038));
            }
        }
    }

    /// Handles an error that may belong to an earlier datagram, and writes its row. On Linux the
    /// error queue names the destination; elsewhere it is known if it was the only one.
    fn report_earlier(&self, error: &io::Error, cx: &mut Context<'_>) {
        if cfg!(target_os = "linux") {
            self.report_icmp(cx);
        } else if let Some(mut cause) = earlier_cause(error) {
            let to = self.remote.or(self.targets.only());
            if let Cause::PortUnreachable { code, .. } = cause
                && to.is_some_and(|to| self.is_client(to))
            {
                cause = Cause::ClientGone { code };
            }
            let to = to.map_or_else(String::new, |to| cx.interfaces.show(to));
            cx.sink.failure(Operation::Send, to, cause);
        }
    }

    /// When to read or report again without readiness.
    pub fn deadline(&self) -> Option<Instant> {
        let deadlines = [self.paused, self.losses.deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Writes the last row of drops of a socket that closes unread.
    pub fn report_losses(&mut self, cx: &mut Context<'_>) {
        self.losses.report_all(cx);
    }

    /// Prepares the close: sends the queue as far as the kernel takes it, and writes a row for
    /// each unread datagram. Returns their number.
    pub fn finish(
        &mut self,
        origin: RecordOrigin<'_>,
        reader: &mut BatchReceiver,
        cx: &mut Context<'_>,
    ) -> usize {
        self.send_waiting(cx);
        let known = (self.local, self.known_by());
        let losses = &mut self.losses;
        let unread = read_out::write_out(self.socket.as_ref(), known, origin, reader, losses, cx);
        self.losses.report_all(cx);
        unread
    }
}

/// The cause of an error that reports an earlier datagram; `None` for one that is not worth a row.
fn earlier_cause(error: &io::Error) -> Option<Cause> {
    let code = error.raw_os_error().unwrap_or(0);
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {
            Some(Cause::PortUnreachable { code, newer: None })
        }
        _ => (code == EXPIRED).then_some(Cause::System { code }),
    }
}
