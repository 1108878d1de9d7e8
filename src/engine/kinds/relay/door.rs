//! The socket that a UDP relay's clients send to, and that answers them.

use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::FIRST;
use crate::engine::kinds::relay::post::{Post, Way, earlier};
use crate::engine::sys::clock::Reading;
use crate::engine::sys::local_sockets::Own;
use crate::engine::sys::receive;
use crate::engine::sys::receive::{Datagram, Reader};
use crate::engine::sys::{failure, socket};
use crate::engine::transport::drops::Losses;
use crate::engine::transport::icmp;
use crate::engine::transport::read_out::write_out;
use crate::engine::transport::watch::watch;
use crate::traffic::{Notice, Operation, Origin, Reached};
use mio::Interest;
use mio::net::UdpSocket;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams read before the target's answers have their turn.
const TURN: usize = 256;
/// The pause after a receive error that did not clear the socket's readiness.
const PAUSE: Duration = Duration::from_millis(10);

pub struct Door {
    pub local: SocketAddr,
    pub socket: UdpSocket,
    pub post: Post,
    readable: bool,
    /// Whether the kernel says when it has room.
    watched: bool,
    paused: Option<Instant>,
    losses: Losses,
    reached: Reached,
    last: Instant,
    _own: Own,
}

impl Door {
    /// Binds it, with a row.
    ///
    /// # Errors
    /// What the system says of it.
    pub fn open(local: SocketAddr, receiving: Receiving, cx: &mut Context<'_>) -> io::Result<Self> {
        let (mut socket, granted) = socket::udp(local, receiving.buffer)?;
        cx.registry
            .register(&mut socket, FIRST, Interest::READABLE)?;
        let local = socket.local_addr()?;
        // Without the error queue the socket works, it only stays silent about ICMP.
        icmp::enable(&socket, local).ok();
        receive::prepare(&socket, local, receiving.merge);
        cx.sink.notice(Notice::Bound {
            local,
            receive_buffer: granted,
            asked: receiving.buffer,
        });
        Ok(Self {
            local,
            post: Post::new(Way::Anybody {
                ipv6: local.is_ipv6(),
            }),
            losses: Losses::of(&socket, local, granted, receiving),
            reached: Reached::default(),
            socket,
            readable: true,
            watched: false,
            paused: None,
            last: Instant::now(),
            _own: Own::new(local),
        })
    }

    pub fn ready(&mut self, event: &mio::event::Event, cx: &mut Context<'_>) {
        self.readable |= event.is_readable();
        if event.is_writable() {
            self.post.unblock();
        }
        if event.is_error() {
            icmp::report(&self.socket, cx);
        }
    }

    pub fn send(&mut self, to: SocketAddr, bytes: &[u8], reason: Reason, cx: &mut Context<'_>) {
        let way = (self.reached.of(to), to);
        self.post.send(&self.socket, way, bytes, reason, cx);
    }

    /// Has the kernel say when it has room, if something waits for that.
    pub fn watch(&mut self, waits: bool, cx: &mut Context<'_>) {
        let for_room = waits || self.post.is_blocked();
        watch(&mut self.socket, FIRST, &mut self.watched, for_room, cx);
    }

    /// Reads what has come and hands it over; says whether there may be more.
    pub fn receive(
        &mut self,
        reader: &mut Reader,
        cx: &mut Context<'_>,
        mut take: impl FnMut(&Datagram<'_>, Reading, &mut Context<'_>),
    ) -> bool {
        let now = Instant::now();
        self.paused = self.paused.filter(|until| now < *until);
        let mut count = 0;
        while count < TURN && self.readable && self.paused.is_none() && cx.sink.has_room() {
            let read = cx.sink.reading();
            let (losses, local) = (&mut self.losses, self.local);
            let reached = &mut self.reached;
            let result = reader.read(&self.socket, |datagram| {
                datagram.note_reached(local, cx.interfaces, reached);
                losses.tell_before(&datagram, now, local, cx.interfaces, cx.sink);
                take(&datagram, read, cx);
            });
            match result {
                Ok(more) => {
                    count += more;
                    self.readable = !reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, now, cx),
            }
        }
        if count > 0 {
            self.losses.watch(now);
            self.last = now;
        }
        self.losses.tell(self.last, cx);
        self.readable && count >= TURN
    }

    fn receive_failed(&mut self, error: &io::Error, now: Instant, cx: &mut Context<'_>) {
        match error.kind() {
            // An ICMP error of an earlier answer to a client.
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => earlier(&self.socket, error, self.local, cx),
            // So may any other be (RFC 4443, type 1 code 1: EACCES).
            _ if icmp::report(&self.socket, cx) => {}
            _ => {
                let local = cx.interfaces.show(self.local);
                cx.sink
                    .failure(Operation::Receive, local, failure::cause(error));
                self.paused = Some(now + PAUSE);
            }
        }
    }

    /// When to look again though nothing becomes ready.
    pub fn deadline(&self) -> Option<Instant> {
        [self.paused, self.losses.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Closes it, with a row; `waiting` datagrams for `target` did not go, nor do those that
    /// came and were not looked at.
    pub fn close(
        mut self,
        waiting: usize,
        target: SocketAddr,
        reader: &mut Reader,
        cx: &mut Context<'_>,
    ) {
        self.post.work(&self.socket, cx);
        let (local, losses) = (self.local, &mut self.losses);
        let origin = Origin {
            rule: None,
            other: Some(target),
        };
        let unread = write_out(&self.socket, (local, local), origin, reader, losses, cx);
        self.losses.tell_all(cx);
        cx.sink.notice(Notice::Unbound {
            local,
            unsent: waiting + unread + self.post.len(),
        });
    }
}
