//! A bound UDP socket: datagrams from anybody, to anybody.

use crate::automation::rules::Inbound;
use crate::engine::command::Receiving;
use crate::engine::command::{Command, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::context::responder::InboundContext;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::sys::local_sockets::Own;
use crate::engine::sys::receive;
use crate::engine::sys::receive::Reader;
use crate::engine::sys::resolver::Answer;
use crate::engine::sys::socket::Transport;
use crate::engine::sys::{failure, socket};
use crate::engine::transport::coalescing::Pace;
use crate::engine::transport::dispatch::Dispatch;
use crate::engine::transport::drops::Losses;
use crate::engine::transport::watch::watch;
use crate::engine::transport::{group, icmp, read_out};
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

    fn bind(&mut self, cx: &Context<'_>) -> io::Result<usize> {
        let (mut socket, granted) = socket::udp(self.local, self.receiving.buffer)?;
        cx.registry
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
    fn report_icmp(&self, cx: &mut Context<'_>) -> bool {
        let socket = self.socket.as_ref();
        socket.is_some_and(|socket| icmp::report_beside(socket, self.newest, cx))
    }

    /// Hands waiting datagrams to the kernel; says whether more could be.
    fn send_waiting(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(socket) = &mut self.socket else {
            return false;
        };
        let newest = self.newest;
        let report = |cx: &mut Context<'_>| icmp::report_beside(socket, newest, cx);
        let more = self.dispatch.work(socket, &mut self.pace, report, cx);
        let for_room = self.dispatch.is_blocked();
        watch(socket, FIRST, &mut self.watched, for_room, cx);
        more
    }

    /// Reads what has come; says whether there may be more.
    fn receive(&mut self, cx: &mut Context<'_>) -> bool {
        if self.paused.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        self.paused = None;
        let mut count = 0;
        while count < TURN {
            let Some(socket) = &self.socket else {
                break;
            };
            if !self.readable || self.paused.is_some() || !cx.sink.has_room() {
                break;
            }
            let (read, now) = (cx.sink.reading(), Instant::now());
            let (losses, newest) = (&mut self.losses, &mut self.newest);
            let (local, interfaces) = (self.local, cx.interfaces);
            let reached = &mut self.dispatch.reached;
            let (sink, composer) = (&mut *cx.sink, &mut *cx.composer);
            let (responder, impair) = (&mut *cx.responder, &mut *cx.impair);
            let result = self.reader.read(socket, |datagram| {
                losses.tell_before(&datagram, now, local, interfaces, sink);
                sink.datagram(&datagram, read);
                let (peer, bytes) = (datagram.peer, datagram.bytes);
                *newest = Some(peer);
                datagram.note_reached(local, interfaces, reached);
                let forgeable = !local.ip().is_loopback() && !peer.ip().is_loopback();
                if impair.receives() {
                    return impair.receive(peer, bytes, Reason::default(), sink);
                }
                let heard = Inbound::new(peer, bytes);
                let known = InboundContext {
                    forgeable,
                    client: None,
                    interfaces,
                };
                responder.hear(&heard, known, composer, sink);
            });
            match result {
                Ok(more) => {
                    count += more;
                    self.readable = !self.reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, cx),
            }
        }
        let now = Instant::now();
        hear_late(self.local, now, cx);
        self.pace.read(count, now);
        if count > 0 {
            self.losses.watch(now);
        }
        self.losses.tell(self.pace.last(), cx);
        self.readable && count >= TURN
    }

    /// Writes a row of all that came and was not looked at. No rule answers it any more.
    fn read_out(&mut self, cx: &mut Context<'_>) {
        let Some(socket) = &self.socket else {
            return;
        };
        let (known, origin) = ((self.local, self.local), Origin::default());
        let (reader, losses) = (&mut self.reader, &mut self.losses);
        read_out::write_out(socket, known, origin, reader, losses, cx);
    }

    fn receive_failed(&mut self, error: &io::Error, cx: &mut Context<'_>) {
        match error.kind() {
            // An ICMP error of an earlier send. Linux has it in the queue, with its
            // destination; elsewhere this is all that is known of it.
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {
                if cfg!(target_os = "linux") {
                    self.report_icmp(cx);
                } else {
                    let code = error.raw_os_error().unwrap_or(0);
                    cx.sink.failure(
                        Operation::Send,
                        "",
                        Cause::PortUnreachable { code, newer: None },
                    );
                }
            }
            // So may any other be (RFC 4443, type 1 code 1: EACCES).
            _ if self.report_icmp(cx) => {}
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
                if cfg!(target_os = "linux") => {}
            _ => {
                cx.sink.failure(
                    Operation::Receive,
                    cx.interfaces.show(self.local),
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
fn hear_late(local: SocketAddr, now: Instant, cx: &mut Context<'_>) {
    while let Some((bytes, (peer, _), _)) = cx.impair.received(now) {
        let forgeable = !local.ip().is_loopback() && !peer.ip().is_loopback();
        let known = InboundContext {
            forgeable,
            client: None,
            interfaces: cx.interfaces,
        };
        cx.responder
            .hear(&Inbound::new(peer, &bytes), known, cx.composer, cx.sink);
    }
}

impl Driver for Udp {
    fn start(&mut self, cx: &mut Context<'_>) {
        match self.bind(cx) {
            Ok(receive_buffer) => cx.sink.notice(Notice::Bound {
                local: self.local,
                receive_buffer,
                asked: self.receiving.buffer,
            }),
            Err(error) => {
                let cause = failure::bind_cause(&error, Transport::Udp, self.local, cx.interfaces);
                cx.sink
                    .failure(Operation::Bind, cx.interfaces.show(self.local), cause);
            }
        }
    }

    fn ready(&mut self, event: &mio::event::Event, cx: &mut Context<'_>) {
        self.readable |= event.is_readable();
        if event.is_writable() {
            self.dispatch.unblock();
        }
        if event.is_error() {
            self.report_icmp(cx);
        }
    }

    fn order(&mut self, command: Command, cx: &mut Context<'_>) {
        match command {
            Command::JoinGroup { group, interface } => {
                self.socket
                    .iter()
                    .for_each(|socket| group::join(socket, group, interface, cx));
            }
            Command::LeaveGroup { group, interface } => {
                self.socket
                    .iter()
                    .for_each(|socket| group::leave(socket, group, interface, cx));
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

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let bytes = match cx.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return cx.sink.failure(Operation::Send, &to, cause),
        };
        match to {
            Target::Endpoint(to) => self.dispatch.send(to, bytes, reason, cx),
            Target::Peer(to) => self.dispatch.send_to(to, bytes, reason, cx),
            Target::All => {}
        }
    }

    fn resolved(&mut self, answer: Answer, cx: &mut Context<'_>) {
        self.dispatch.resolved(answer, self.local, cx);
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        let sending = self.send_waiting(cx);
        self.receive(cx) || sending
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

    fn close(&mut self, cx: &mut Context<'_>) {
        // What was ordered just before still goes, if the kernel takes it.
        self.send_waiting(cx);
        self.read_out(cx);
        self.losses.tell_all(cx);
        self.own = None;
        if self.socket.take().is_some() {
            let unsent = self.dispatch.len() + cx.impair.waiting();
            cx.sink.notice(Notice::Unbound {
                local: self.local,
                unsent,
            });
        }
    }
}
