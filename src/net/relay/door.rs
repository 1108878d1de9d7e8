//! The socket that a UDP relay's clients send to, and that answers them.

use super::super::clock::Reading;
use super::super::drops::Losses;
use super::super::own::Own;
use super::super::reason::Reason;
use super::super::receive::{self, Datagram, Reader};
use super::super::role::{Desk, FIRST};
use super::super::{Receiving, failure, icmp, socket};
use super::post::{Post, Way, earlier};
use crate::net::read_out::write_out;
use crate::net::watch::watch;
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
    pub fn open(local: SocketAddr, receiving: Receiving, desk: &mut Desk<'_>) -> io::Result<Self> {
        let (mut socket, granted) = socket::udp(local, receiving.buffer)?;
        desk.registry
            .register(&mut socket, FIRST, Interest::READABLE)?;
        let local = socket.local_addr()?;
        // Without the error queue the socket works, it only stays silent about ICMP.
        icmp::enable(&socket, local).ok();
        receive::prepare(&socket, local, receiving.merge);
        desk.outbox.notice(Notice::Bound {
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

    pub fn ready(&mut self, event: &mio::event::Event, desk: &mut Desk<'_>) {
        self.readable |= event.is_readable();
        if event.is_writable() {
            self.post.unblock();
        }
        if event.is_error() {
            icmp::report(&self.socket, desk);
        }
    }

    pub fn send(&mut self, to: SocketAddr, bytes: &[u8], reason: Reason, desk: &mut Desk<'_>) {
        let way = (self.reached.of(to), to);
        self.post.send(&self.socket, way, bytes, reason, desk);
    }

    /// Has the kernel say when it has room, if something waits for that.
    pub fn watch(&mut self, waits: bool, desk: &mut Desk<'_>) {
        let for_room = waits || self.post.is_blocked();
        watch(&mut self.socket, FIRST, &mut self.watched, for_room, desk);
    }

    /// Reads what has come and hands it over; says whether there may be more.
    pub fn receive(
        &mut self,
        reader: &mut Reader,
        desk: &mut Desk<'_>,
        mut take: impl FnMut(&Datagram<'_>, Reading, &mut Desk<'_>),
    ) -> bool {
        let now = Instant::now();
        self.paused = self.paused.filter(|until| now < *until);
        let mut count = 0;
        while count < TURN && self.readable && self.paused.is_none() && desk.outbox.has_room() {
            let read = desk.outbox.reading();
            let (losses, local) = (&mut self.losses, self.local);
            let reached = &mut self.reached;
            let result = reader.read(&self.socket, |datagram| {
                datagram.note_reached(local, desk.interfaces, reached);
                losses.tell_before(&datagram, now, local, desk.interfaces, desk.outbox);
                take(&datagram, read, desk);
            });
            match result {
                Ok(more) => {
                    count += more;
                    self.readable = !reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, now, desk),
            }
        }
        if count > 0 {
            self.losses.watch(now);
            self.last = now;
        }
        self.losses.tell(self.last, desk);
        self.readable && count >= TURN
    }

    fn receive_failed(&mut self, error: &io::Error, now: Instant, desk: &mut Desk<'_>) {
        match error.kind() {
            // An ICMP error of an earlier answer to a client.
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => earlier(&self.socket, error, self.local, desk),
            // So may any other be (RFC 4443, type 1 code 1: EACCES).
            _ if icmp::report(&self.socket, desk) => {}
            _ => {
                let local = desk.interfaces.show(self.local);
                desk.outbox
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
        desk: &mut Desk<'_>,
    ) {
        self.post.work(&self.socket, desk);
        let (local, losses) = (self.local, &mut self.losses);
        let origin = Origin {
            rule: None,
            other: Some(target),
        };
        let unread = write_out(&self.socket, (local, local), origin, reader, losses, desk);
        self.losses.tell_all(desk);
        desk.outbox.notice(Notice::Unbound {
            local,
            unsent: waiting + unread + self.post.len(),
        });
    }
}
