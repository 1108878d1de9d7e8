//! A bound UDP socket: datagrams from anybody, to anybody.

use super::drops::Losses;
use super::messages::{Command, Target};
use super::outgoing::Outgoing;
use super::pace::Pace;
use super::receive::{self, Reader};
use super::resolve::Answer;
use super::role::{Desk, FIRST, Role};
use super::socket::Transport;
use super::{Endpoint, Host, Receiving, endpoint, failure, group, icmp, socket};
use crate::payload::message::Message;
use crate::traffic::{Cause, Notice, Operation};
use mio::Interest;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams read or sent before the worker looks at its orders again.
const TURN: usize = 1024;
/// For how long after its last use a name's address is taken for known.
const KNOWN: Duration = Duration::from_secs(2);
/// The pause after a receive error that did not clear the socket's readiness.
const PAUSE: Duration = Duration::from_millis(10);

pub struct Udp {
    local: SocketAddr,
    receiving: Receiving,
    socket: Option<mio::net::UdpSocket>,
    reader: Reader,
    readable: bool,
    /// After an error of the socket itself: when to read again.
    paused: Option<Instant>,
    outgoing: Outgoing,
    /// Datagrams whose destination is being looked up.
    unresolved: Vec<(Endpoint, Arc<[u8]>)>,
    /// The name last looked up, its address, and when it was last used.
    known: Option<(String, IpAddr, Instant)>,
    losses: Losses,
    pace: Pace,
}

impl Udp {
    pub fn new(local: SocketAddr, receiving: Receiving) -> Self {
        Self {
            local,
            receiving,
            socket: None,
            reader: Reader::new(),
            readable: true,
            paused: None,
            outgoing: Outgoing::default(),
            unresolved: Vec::new(),
            known: None,
            losses: Losses::default(),
            pace: Pace::new(Instant::now()),
        }
    }

    fn bind(&mut self, desk: &Desk<'_>) -> io::Result<usize> {
        let (mut socket, granted) = socket::udp(self.local, self.receiving.buffer)?;
        desk.registry
            .register(&mut socket, FIRST, Interest::READABLE | Interest::WRITABLE)?;
        self.local = socket.local_addr()?;
        // Without the error queue the socket works, it only stays silent about ICMP.
        icmp::enable(&socket, self.local).ok();
        receive::prepare(&socket, self.local, self.receiving.merge);
        self.losses = Losses::of(&socket, self.local, granted, self.receiving);
        self.socket = Some(socket);
        Ok(granted)
    }

    /// Writes a row for each ICMP error that came back.
    fn report_icmp(&self, desk: &mut Desk<'_>) {
        let Some(socket) = &self.socket else { return };
        while let Some(report) = icmp::next(socket) {
            desk.outbox.failure(
                Operation::Send,
                desk.interfaces.show(report.destination),
                report.cause,
            );
        }
    }

    /// Reads what has come; says whether there may be more.
    fn receive(&mut self, desk: &mut Desk<'_>) -> bool {
        if self.paused.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        self.paused = None;
        let mut count = 0;
        while count < TURN {
            let Some(socket) = &self.socket else {
                break;
            };
            if !self.readable || self.paused.is_some() || !desk.outbox.has_room() {
                break;
            }
            let (read, now) = (desk.outbox.reading(), Instant::now());
            let (outbox, losses) = (&mut *desk.outbox, &mut self.losses);
            let (local, interfaces) = (self.local, desk.interfaces);
            let result = self.reader.read(socket, |datagram| {
                if let Some(cause) = losses.before(datagram.lost, now) {
                    outbox.failure(Operation::Receive, interfaces.show(local), cause);
                }
                outbox.datagram(&datagram, read);
            });
            match result {
                Ok(more) => count += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, desk),
            }
        }
        let now = Instant::now();
        self.pace.read(count, now);
        if count > 0 {
            self.losses.watch(now);
        }
        self.losses.tell(self.pace.last(), desk);
        self.readable && count >= TURN
    }

    fn receive_failed(&mut self, error: &io::Error, desk: &mut Desk<'_>) {
        match error.kind() {
            // An ICMP error of an earlier send. Linux has it in the queue, with its
            // destination; elsewhere this is all that is known of it.
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {
                if cfg!(target_os = "linux") {
                    self.report_icmp(desk);
                } else {
                    let code = error.raw_os_error().unwrap_or(0);
                    desk.outbox
                        .failure(Operation::Send, "", Cause::PortUnreachable { code });
                }
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
                if cfg!(target_os = "linux") =>
            {
                self.report_icmp(desk)
            }
            _ => {
                desk.outbox.failure(
                    Operation::Receive,
                    desk.interfaces.show(self.local),
                    failure::cause(error),
                );
                self.paused = Some(Instant::now() + PAUSE);
                // The descriptor itself is gone (EBADF, ENOTSOCK; WSAENOTSOCK): nothing will come any more.
                if matches!(error.raw_os_error(), Some(9 | 88 | 10038)) {
                    self.socket = None;
                }
            }
        }
    }

    fn send(&mut self, to: Endpoint, message: &Message, desk: &mut Desk<'_>) {
        desk.composer.begin();
        let bytes = match desk.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return desk.outbox.failure(Operation::Send, &to, cause),
        };
        match (&to.host, to.address().or_else(|| self.known_address(&to))) {
            (_, Some(address)) => self.send_to(address, bytes, desk),
            (Host::Name(name), None) => match desk.resolver.look_up(name) {
                Ok(()) => self.unresolved.push((to, bytes)),
                Err(cause) => desk.outbox.failure(Operation::Resolve, name, cause),
            },
            (Host::Ip { .. }, None) => {}
        }
    }

    /// The address of a name that is in steady use: it is not looked up for each
    /// datagram.
    fn known_address(&mut self, to: &Endpoint) -> Option<SocketAddr> {
        let (name, ip, used) = self.known.as_mut()?;
        let is_it = matches!(&to.host, Host::Name(host) if host == name);
        let fresh = is_it && used.elapsed() < KNOWN;
        fresh.then(|| {
            *used = Instant::now();
            endpoint::socket_address(*ip, 0, to.port)
        })
    }

    fn send_to(&mut self, to: SocketAddr, bytes: Arc<[u8]>, desk: &mut Desk<'_>) {
        if let Err(cause) = self.outgoing.push(to, bytes) {
            desk.outbox
                .failure(Operation::Send, desk.interfaces.show(to), cause);
        }
    }

    /// Hands waiting datagrams to the kernel; says whether more could be.
    fn send_waiting(&mut self, desk: &mut Desk<'_>) -> bool {
        let mut count = 0;
        while self.outgoing.can_send() && desk.outbox.has_room() {
            if count >= TURN {
                return true;
            }
            // An error waiting for an earlier datagram would be returned as this one's.
            self.report_icmp(desk);
            let Some(socket) = &self.socket else { break };
            match self.outgoing.send(socket) {
                Ok(sent) => {
                    count += sent.len();
                    self.pace.sent();
                    for (to, bytes) in sent {
                        desk.outbox.sent(endpoint::canonical(to), &bytes);
                    }
                }
                Err((error, Some((to, _)))) => {
                    count += 1;
                    let (to, cause) = (desk.interfaces.show(to), failure::cause(&error));
                    desk.outbox.failure(Operation::Send, to, cause);
                }
                Err((_, None)) => count += 1,
            }
        }
        false
    }
}

impl Role for Udp {
    fn start(&mut self, desk: &mut Desk<'_>) {
        match self.bind(desk) {
            Ok(receive_buffer) => desk.outbox.notice(Notice::Bound {
                local: self.local,
                receive_buffer,
                asked: self.receiving.buffer,
            }),
            Err(error) => {
                let cause =
                    failure::bind_cause(&error, Transport::Udp, self.local, desk.interfaces);
                desk.outbox
                    .failure(Operation::Bind, desk.interfaces.show(self.local), cause);
            }
        }
    }

    fn ready(&mut self, event: &mio::event::Event, desk: &mut Desk<'_>) {
        self.readable |= event.is_readable();
        if event.is_writable() {
            self.outgoing.unblock();
        }
        if event.is_error() {
            self.report_icmp(desk);
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        match command {
            Command::Send {
                to: Target::Endpoint(to),
                message,
            } => self.send(to, &message, desk),
            Command::Send {
                to: Target::Peer(peer),
                message,
            } => {
                desk.composer.begin();
                match desk.composer.bytes(&message, peer) {
                    Ok(bytes) => self.send_to(peer, bytes, desk),
                    Err(cause) => desk.outbox.failure(Operation::Send, peer, cause),
                }
            }
            Command::JoinGroup { group, interface } => {
                self.socket
                    .iter()
                    .for_each(|socket| group::join(socket, group, interface, desk));
            }
            Command::LeaveGroup { group, interface } => {
                self.socket
                    .iter()
                    .for_each(|socket| group::leave(socket, group, interface, desk));
            }
            Command::Send {
                to: Target::All, ..
            }
            | Command::Disconnect { .. }
            | Command::FinishWriting { .. }
            | Command::Repeat { .. }
            | Command::EndRepeat
            | Command::SendFile(_)
            | Command::EndFile
            | Command::Record(_)
            | Command::EndRecording
            | Command::Stop => {}
        }
    }

    fn resolved(&mut self, answer: Answer, desk: &mut Desk<'_>) {
        let is_for = |to: &Endpoint| matches!(&to.host, Host::Name(name) if *name == answer.host);
        let (waiting, rest) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|(to, _)| is_for(to));
        self.unresolved = rest;
        let waiting: Vec<(Endpoint, Arc<[u8]>)> = waiting;
        let ips = match answer.addresses {
            Ok(ips) => ips,
            Err(cause) => {
                // Each datagram that does not go has its row.
                for _ in &waiting {
                    desk.outbox
                        .failure(Operation::Resolve, &answer.host, cause.clone());
                }
                return;
            }
        };
        // A dual-stack socket reaches both families; otherwise the family must match.
        let reaches = |ip: &&IpAddr| {
            ip.is_ipv4() == self.local.is_ipv4()
                || self.local.ip().is_unspecified() && self.local.is_ipv6()
        };
        let Some(ip) = ips.iter().find(reaches).copied() else {
            let cause = Cause::NoAddressOfFamily {
                ipv6: self.local.is_ipv6(),
            };
            for _ in &waiting {
                desk.outbox
                    .failure(Operation::Send, &answer.host, cause.clone());
            }
            return;
        };
        desk.outbox.notice(Notice::Resolved {
            host: answer.host,
            addresses: vec![ip],
        });

        if let Some((
            Endpoint {
                host: Host::Name(name),
                ..
            },
            _,
        )) = waiting.first()
        {
            self.known = Some((name.clone(), ip, Instant::now()));
        }
        for (to, bytes) in waiting {
            self.send_to(endpoint::socket_address(ip, 0, to.port), bytes, desk);
        }
    }

    fn work(&mut self, desk: &mut Desk<'_>) -> bool {
        let sending = self.send_waiting(desk);
        self.receive(desk) || sending
    }

    fn deadline(&self) -> Option<Instant> {
        [self.paused, self.losses.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn gather(&self) -> Option<Duration> {
        self.pace.gather(Instant::now())
    }

    fn backlog(&self, _to: &Target) -> Option<usize> {
        self.socket.as_ref()?;
        match self.unresolved.len() {
            0 => Some(self.outgoing.bytes()),
            // More would only wait for the same answer.
            _ => Some(usize::MAX),
        }
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        None
    }

    fn is_over(&self) -> bool {
        self.socket.is_none()
    }

    fn close(&mut self, desk: &mut Desk<'_>) {
        // What was ordered just before still goes, if the kernel takes it.
        self.send_waiting(desk);
        self.losses.tell_all(desk);
        if self.socket.take().is_some() {
            let unsent = self.outgoing.len() + self.unresolved.len();
            desk.outbox.notice(Notice::Unbound {
                local: self.local,
                unsent,
            });
        }
    }
}
