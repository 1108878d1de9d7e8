//! A listen socket and its accepted clients.

use crate::connection_id::ConnectionId;
use crate::engine::context::Context;
use crate::engine::driver::FIRST;
use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::failure;
use crate::engine::sys::local_sockets::RegisteredSocket;
use crate::engine::sys::socket::Transport;
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::engine::transport::admission::Admission;
use crate::engine::transport::connection::Connection;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

/// Clients accepted per turn, so that connected ones are served in between.
const ACCEPTED: usize = 256;
/// Pause after a failed accept; doubled after each further failure up to the maximum.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A listen socket with its pause after failed accepts.
pub struct Acceptor {
    local: Peer,
    listener: Option<Box<dyn StreamListener>>,
    own: Option<RegisteredSocket>,
    /// Whether clients may wait in the backlog.
    readable: bool,
    /// After a failed accept: when to try again, and the current pause.
    paused: Option<(Instant, Duration)>,
    admission: Admission,
}

impl Acceptor {
    pub fn new(local: Peer) -> Self {
        Self {
            local,
            listener: None,
            own: None,
            readable: true,
            paused: None,
            admission: Admission::default(),
        }
    }

    /// One that resets the connections of clients that are not admitted.
    pub fn with_admission(local: Peer, admission: Admission) -> Self {
        Self {
            admission,
            ..Self::new(local)
        }
    }

    /// The local address.
    pub fn local(&self) -> Peer {
        self.local
    }

    pub fn is_open(&self) -> bool {
        self.listener.is_some()
    }

    /// Opens the listen socket. Success and failure are both rows.
    pub fn open(&mut self, cx: &mut Context<'_>) {
        match self.listen(cx) {
            Ok(()) => cx.sink.notice(Notice::Listening { local: self.local }),
            Err(error) => {
                let cause = failure::bind_cause(&error, Transport::Tcp, self.local, cx.interfaces);
                cx.sink
                    .failure(Operation::Listen, cx.interfaces.show(self.local), cause);
            }
        }
    }

    fn listen(&mut self, cx: &Context<'_>) -> io::Result<()> {
        let mut listener = cx.world.listen(self.local)?;
        listener.watch(cx.registry, FIRST)?;
        self.local = listener.local()?;
        self.listener = Some(listener);
        self.own = Some(RegisteredSocket::new(self.local));
        Ok(())
    }

    pub fn ready(&mut self) {
        self.readable = true;
    }

    /// Accepts waiting clients and hands each to `take`. Returns whether more may wait.
    pub fn accept(
        &mut self,
        cx: &mut Context<'_>,
        mut take: impl FnMut(Connection, &mut Context<'_>) -> io::Result<()>,
    ) -> bool {
        let now = cx.now;
        if !self.readable || self.paused.is_some_and(|(until, _)| now < until) {
            return false;
        }
        for _ in 0..ACCEPTED {
            let Some(listener) = &self.listener else {
                return false;
            };
            if !cx.sink.has_room() {
                return false;
            }
            match listener.accept() {
                Ok((stream, peer)) => {
                    self.paused = None;
                    let id = ConnectionId::next();
                    if !self.admission.admits(peer, cx.sink) {
                        // The kernel has accepted it already: a reset is closest to a refusal.
                        Connection::new(stream, (peer, id), None).reset(0);
                        continue;
                    }
                    let local = reached(stream.as_ref());
                    cx.sink.joined(id, peer, local);
                    if let Err(error) = take(Connection::new(stream, (peer, id), None), cx) {
                        let cause = failure::cause(&error);
                        cx.sink.failure_of(id, Operation::Accept, peer, cause);
                        let closed = Notice::Closed { peer, unsent: 0 };
                        cx.sink.notice_of(id, closed);
                    }
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => {
                        self.readable = false;
                        self.paused = None;
                        return false;
                    }
                    // The client closed before it was accepted, or a signal interrupted the call.
                    ErrorKind::ConnectionAborted | ErrorKind::Interrupted => {}
                    _ => {
                        self.back_off(&error, now, cx);
                        return false;
                    }
                },
            }
        }
        true
    }

    /// Pauses accepting: the waiting client keeps the listen socket readable, so an immediate
    /// retry would spin.
    fn back_off(&mut self, error: &io::Error, now: Instant, cx: &mut Context<'_>) {
        let pause = self
            .paused
            .map_or(PAUSE, |(_, last)| (last * 2).min(LONGEST_PAUSE));
        if self.paused.is_none() {
            let cause = match failure::out_of_descriptors(error) {
                Some(Cause::OutOfDescriptors { code, .. }) => Cause::OutOfDescriptors {
                    pause_millis: LONGEST_PAUSE.as_millis() as u64,
                    code,
                },
                _ => failure::cause(error),
            };
            cx.sink
                .failure(Operation::Accept, cx.interfaces.show(self.local), cause);
        }
        self.paused = Some((now + pause, pause));
    }

    /// When to try again without readiness.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        self.paused
            .map(|(until, _)| until)
            .filter(|until| *until > now)
    }

    pub fn close(&mut self, cx: &mut Context<'_>) {
        self.own = None;
        self.admission.report(cx.sink);
        if self.listener.take().is_some() {
            cx.sink.notice(Notice::Unbound {
                local: self.local,
                unsent: 0,
            });
        }
    }
}

/// The local address a client connected to.
fn reached(stream: &dyn StreamSocket) -> Option<Peer> {
    match stream.local().ok()? {
        Peer::Ip(local) => Some(canonical(local).into()),
        Peer::Named(name) => Some(Peer::Named(name)),
        Peer::Unnamed(_) => None,
    }
}
