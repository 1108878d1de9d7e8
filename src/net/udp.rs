//! A bound UDP socket: datagrams from anybody, to anybody.

use super::dispatch::Dispatch;
use super::drops::Losses;
use super::messages::{Command, Target};
use super::own::Own;
use super::pace::Pace;
use super::reason::Reason;
use super::receive::{self, Reader};
use super::resolve::Answer;
use super::responder::Circumstances;
use super::role::{Desk, FIRST, Role};
use super::socket::Transport;
use super::watch::watch;
use super::{Receiving, failure, group, icmp, read_out, socket};
use crate::automation::rules::Heard;
use crate::payload::message::Message;
use crate::traffic::{Cause, Notice, Operation, Origin};
use mio::Interest;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams read before the worker looks at its orders again.
const TURN: usize = 1024;
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
    dispatch: Dispatch,
    /// The poll tells of room to send, too.
    watched: bool,
    own: Option<Own>,
    losses: Losses,
    pace: Pace,
    /// Who sent the newest datagram.
    newest: Option<SocketAddr>,
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
            dispatch: Dispatch::default(),
            watched: false,
            own: None,
            losses: Losses::default(),
            pace: Pace::new(Instant::now()),
            newest: None,
        }
    }

    fn bind(&mut self, desk: &Desk<'_>) -> io::Result<usize> {
        let (mut socket, granted) = socket::udp(self.local, self.receiving.buffer)?;
        desk.registry
            .register(&mut socket, FIRST, Interest::READABLE)?;
        self.local = socket.local_addr()?;
        // Without the error queue the socket works, it only stays silent about ICMP.
        icmp::enable(&socket, self.local).ok();
        receive::prepare(&socket, self.local, self.receiving.merge);
        self.losses = Losses::of(&socket, self.local, granted, self.receiving);
        self.socket = Some(socket);
        self.own = Some(Own::new(self.local));
        Ok(granted)
    }

    /// Writes a row for each ICMP error that came back; says whether there was any.
    fn report_icmp(&self, desk: &mut Desk<'_>) -> bool {
        let socket = self.socket.as_ref();
        socket.is_some_and(|socket| icmp::report_beside(socket, self.newest, desk))
    }

    /// Hands waiting datagrams to the kernel; says whether more could be.
    fn send_waiting(&mut self, desk: &mut Desk<'_>) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        let newest = self.newest;
        let report = |desk: &mut Desk<'_>| icmp::report_beside(socket, newest, desk);
        let more = self.dispatch.work(socket, &mut self.pace, report, desk);
        let for_room = self.dispatch.is_blocked();
        watch(socket, FIRST, &mut self.watched, for_room, desk);
        more
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
            let (losses, newest) = (&mut self.losses, &mut self.newest);
            let (local, interfaces) = (self.local, desk.interfaces);
            let reached = &mut self.dispatch.reached;
            let (outbox, composer) = (&mut *desk.outbox, &mut *desk.composer);
            let (responder, impair) = (&mut *desk.responder, &mut *desk.impair);
            let result = self.reader.read(socket, |datagram| {
                losses.tell_before(&datagram, now, local, interfaces, outbox);
                outbox.datagram(&datagram, read);
                let (peer, bytes) = (datagram.peer, datagram.bytes);
                *newest = Some(peer);
                datagram.note_reached(local, interfaces, reached);
                let forgeable = !local.ip().is_loopback() && !peer.ip().is_loopback();
                if impair.receives() {
                    return impair.receive(peer, bytes, Reason::default(), outbox);
                }
                let heard = Heard::new(peer, bytes);
                let known = Circumstances {
                    forgeable,
                    client: None,
                    interfaces,
                };
                responder.hear(&heard, known, composer, outbox);
            });
            match result {
                Ok(more) => {
                    count += more;
                    self.readable = !self.reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, desk),
            }
        }
        let now = Instant::now();
        hear_late(self.local, now, desk);
        self.pace.read(count, now);
        if count > 0 {
            self.losses.watch(now);
        }
        self.losses.tell(self.pace.last(), desk);
        self.readable && count >= TURN
    }

    /// Writes a row of all that came and was not looked at. No rule answers it any more.
    fn read_out(&mut self, desk: &mut Desk<'_>) {
        let Some(socket) = &self.socket else {
            return;
        };
        let (known, origin) = ((self.local, self.local), Origin::default());
        let (reader, losses) = (&mut self.reader, &mut self.losses);
        read_out::write_out(socket, known, origin, reader, losses, desk);
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
                    desk.outbox.failure(
                        Operation::Send,
                        "",
                        Cause::PortUnreachable { code, newer: None },
                    );
                }
            }
            // So may any other be (RFC 4443, type 1 code 1: EACCES).
            _ if self.report_icmp(desk) => {}
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
                if cfg!(target_os = "linux") => {}
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
}

/// Has the rules hear what a bad network kept back until now.
fn hear_late(local: SocketAddr, now: Instant, desk: &mut Desk<'_>) {
    while let Some((bytes, (peer, _), _)) = desk.impair.received(now) {
        let forgeable = !local.ip().is_loopback() && !peer.ip().is_loopback();
        let known = Circumstances {
            forgeable,
            client: None,
            interfaces: desk.interfaces,
        };
        desk.responder
            .hear(&Heard::new(peer, &bytes), known, desk.composer, desk.outbox);
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
            self.dispatch.unblock();
        }
        if event.is_error() {
            self.report_icmp(desk);
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        match command {
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
            Command::Send { .. }
            | Command::Follow(_)
            | Command::Impair(_)
            | Command::Finish { .. }
            | Command::Reset { .. }
            | Command::Disconnect { .. }
            | Command::FinishWriting { .. }
            | Command::Repeat { .. }
            | Command::EndRepeat
            | Command::SendFile(_)
            | Command::EndFile
            | Command::Flood(_)
            | Command::EndFlood
            | Command::Record(_)
            | Command::EndRecording
            | Command::HoldAll(_)
            | Command::Release { .. }
            | Command::Discard { .. }
            | Command::Stop => {}
        }
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>) {
        let bytes = match desk.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return desk.outbox.failure(Operation::Send, &to, cause),
        };
        match to {
            Target::Endpoint(to) => self.dispatch.send(to, bytes, reason, desk),
            Target::Peer(to) => self.dispatch.send_to(to, bytes, reason, desk),
            Target::All => {}
        }
    }

    fn resolved(&mut self, answer: Answer, desk: &mut Desk<'_>) {
        self.dispatch.resolved(answer, self.local, desk);
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
        Some(self.dispatch.backlog())
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
        self.read_out(desk);
        self.losses.tell_all(desk);
        self.own = None;
        if self.socket.take().is_some() {
            let unsent = self.dispatch.len() + desk.impair.waiting();
            desk.outbox.notice(Notice::Unbound {
                local: self.local,
                unsent,
            });
        }
    }
}
