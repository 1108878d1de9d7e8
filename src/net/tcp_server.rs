//! A listening TCP socket and its clients.

use super::messages::{Command, Target};
use super::own::Own;
use super::reason::Reason;
use super::role::{Desk, FIRST, Role, STREAMS};
use super::socket::{self, Transport};
use super::{endpoint::canonical, failure, resolve::Answer, streams::Streams};
use crate::payload::message::Message;
use crate::traffic::{Cause, Notice, Operation};
use mio::Interest;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Clients accepted before those connected have their turn.
const ACCEPTED: usize = 256;
/// The pause after a failed accept; doubled up to the longest while it goes on.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

pub struct TcpServer {
    local: SocketAddr,
    listener: Option<mio::net::TcpListener>,
    own: Option<Own>,
    /// Whether clients may be waiting to be accepted.
    readable: bool,
    /// While descriptors are used up: when to try again, and the pause that follows.
    paused: Option<(Instant, Duration)>,
    streams: Streams,
}

impl TcpServer {
    pub fn new(local: SocketAddr, close_with_peer: bool) -> Self {
        Self {
            local,
            listener: None,
            own: None,
            readable: true,
            paused: None,
            streams: Streams::new(STREAMS, close_with_peer),
        }
    }

    fn listen(&mut self, desk: &Desk<'_>) -> io::Result<()> {
        let mut listener = socket::listen(self.local)?;
        desk.registry
            .register(&mut listener, FIRST, Interest::READABLE)?;
        self.local = listener.local_addr()?;
        self.listener = Some(listener);
        self.own = Some(Own::new(self.local));
        Ok(())
    }

    /// Accepts clients until none waits; says whether more may be waiting.
    fn accept(&mut self, desk: &mut Desk<'_>) -> bool {
        let now = Instant::now();
        if !self.readable || self.paused.is_some_and(|(until, _)| now < until) {
            return false;
        }
        for _ in 0..ACCEPTED {
            let Some(listener) = &self.listener else {
                return false;
            };
            if !desk.outbox.has_room() {
                return false;
            }
            match listener.accept() {
                Ok((stream, peer)) => {
                    self.paused = None;
                    let peer = canonical(peer);
                    desk.outbox.notice(Notice::Joined { peer });
                    if let Err(error) = self.streams.add(stream, peer, desk) {
                        desk.outbox
                            .failure(Operation::Accept, peer, failure::cause(&error));
                    }
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => {
                        self.readable = false;
                        self.paused = None;
                        return false;
                    }
                    // The client gave up before it was accepted, or a signal came.
                    ErrorKind::ConnectionAborted | ErrorKind::Interrupted => {}
                    _ => {
                        self.back_off(&error, now, desk);
                        return false;
                    }
                },
            }
        }
        true
    }

    /// The waiting client keeps the listener readable, so trying again at once would spin.
    fn back_off(&mut self, error: &io::Error, now: Instant, desk: &mut Desk<'_>) {
        let pause = self
            .paused
            .map_or(PAUSE, |(_, last)| (last * 2).min(LONGEST_PAUSE));
        if self.paused.is_none() {
            let code = error.raw_os_error().unwrap_or(0);
            let cause = match code {
                // EMFILE and ENFILE (errno(3)); WSAEMFILE.
                23 | 24 | 10024 => Cause::OutOfDescriptors {
                    pause_millis: LONGEST_PAUSE.as_millis() as u64,
                    code,
                },
                _ => Cause::System { code },
            };
            desk.outbox
                .failure(Operation::Accept, desk.interfaces.show(self.local), cause);
        }
        self.paused = Some((now + pause, pause));
    }
}

impl Role for TcpServer {
    fn start(&mut self, desk: &mut Desk<'_>) {
        match self.listen(desk) {
            Ok(()) => desk.outbox.notice(Notice::Listening { local: self.local }),
            Err(error) => {
                let cause =
                    failure::bind_cause(&error, Transport::Tcp, self.local, desk.interfaces);
                desk.outbox
                    .failure(Operation::Listen, desk.interfaces.show(self.local), cause);
            }
        }
    }

    fn ready(&mut self, event: &mio::event::Event, _desk: &mut Desk<'_>) {
        if event.token() == FIRST {
            self.readable = true;
        } else {
            self.streams.ready(event);
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        self.streams.order(command, desk);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>) {
        self.streams.send(&to, message, reason, desk);
    }

    fn resolved(&mut self, _answer: Answer, _desk: &mut Desk<'_>) {}

    fn work(&mut self, desk: &mut Desk<'_>) -> bool {
        // Ends before beginnings: a client may come back from the address it left.
        let more = self.streams.work(desk);
        self.accept(desk) || more
    }

    fn deadline(&self) -> Option<Instant> {
        let paused = self
            .paused
            .map(|(until, _)| until)
            .filter(|until| *until > Instant::now());
        paused.into_iter().chain(self.streams.deadline()).min()
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.streams.backlog(to)
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        self.streams.unsent()
    }

    fn is_over(&self) -> bool {
        self.listener.is_none()
    }

    fn close(&mut self, desk: &mut Desk<'_>) {
        self.streams.close(desk);
        self.own = None;
        if self.listener.take().is_some() {
            desk.outbox.notice(Notice::Unbound {
                local: self.local,
                unsent: 0,
            });
        }
    }
}
