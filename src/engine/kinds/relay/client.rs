//! One client of a UDP relay: its own socket opposite the target.

use crate::automation::rules::Toward;
use crate::engine::command::Receiving;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::kinds::relay::door::Door;
use crate::engine::kinds::relay::parcel::{Onward, Parcel};
use crate::engine::kinds::relay::post::{Post, Way, earlier};
use crate::engine::sys::receive;
use crate::engine::sys::receive::Reader;
use crate::engine::sys::{failure, socket};
use crate::engine::transport::drops::Losses;
use crate::engine::transport::icmp;
use crate::engine::transport::read_out::write_out;
use crate::engine::transport::watch::watch;
use crate::traffic::{Operation, Origin};
use mio::net::UdpSocket;
use mio::{Interest, Token};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

/// Batches read before other clients have their turn.
const BATCHES: usize = 4;

pub struct Client {
    pub address: SocketAddr,
    /// Where its socket is bound.
    local: SocketAddr,
    pub socket: UdpSocket,
    pub post: Post,
    pub readable: bool,
    /// Whether the kernel says when it has room.
    watched: bool,
    /// Whether it stands in the list of those whose answers may be there.
    pub listed: bool,
    pub used: Instant,
    pub losses: Losses,
}

impl Client {
    /// Opens its socket; says where that is bound.
    ///
    /// # Errors
    /// What the system says of it.
    pub fn open(
        address: SocketAddr,
        target: SocketAddr,
        receiving: Receiving,
        token: Token,
        cx: &Context<'_>,
    ) -> io::Result<(Self, SocketAddr)> {
        let any: IpAddr = if target.is_ipv4() {
            Ipv4Addr::UNSPECIFIED.into()
        } else {
            Ipv6Addr::UNSPECIFIED.into()
        };
        let (mut socket, granted) = socket::udp(SocketAddr::new(any, 0), receiving.buffer)?;
        // Connected, the kernel looks up the way once and lets nobody else answer.
        match socket.connect(target) {
            // The target is a broadcast address (ip(7)).
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                socket.set_broadcast(true)?;
                socket.connect(target)?;
            }
            connected => connected?,
        }
        let local = socket.local_addr()?;
        // Without the error queue the socket works, it only stays silent about ICMP.
        icmp::enable(&socket, local).ok();
        receive::prepare(&socket, local, receiving.merge);
        cx.registry
            .register(&mut socket, token, Interest::READABLE)?;
        let client = Self {
            address,
            local,
            socket,
            post: Post::new(Way::Connected),
            readable: false,
            watched: false,
            listed: false,
            used: Instant::now(),
            losses: Losses::of_many(local, granted, receiving),
        };
        Ok((client, local))
    }

    /// Has the kernel say when it has room, if something waits for that.
    pub fn watch(&mut self, token: Token, cx: &mut Context<'_>) {
        let for_room = self.post.is_blocked();
        watch(&mut self.socket, token, &mut self.watched, for_room, cx);
    }

    /// Passes on what the target answered.
    pub fn receive(
        &mut self,
        target: SocketAddr,
        reader: &mut Reader,
        door: &mut Door,
        cx: &mut Context<'_>,
    ) {
        for _ in 0..BATCHES {
            if !self.readable || !cx.sink.has_room() {
                return;
            }
            let (read, now) = (cx.sink.reading(), Instant::now());
            let (losses, client) = (&mut self.losses, self.address);
            let forgeable = !target.ip().is_loopback();
            let result = reader.read(&self.socket, |datagram| {
                losses.tell_before(&datagram, now, target, cx.interfaces, cx.sink);
                let origin = Origin {
                    rule: None,
                    other: Some(client),
                };
                cx.sink.datagram_for(&datagram, read, origin);
                let parcel = Parcel {
                    bytes: datagram.bytes,
                    from: datagram.peer,
                    to: client,
                    toward: Toward::Client,
                    connection: None,
                    forgeable,
                };
                let (edited, rule) = match parcel.ask(cx) {
                    Onward::AsItCame => (None, None),
                    Onward::Edited(bytes, rule) => (Some(bytes), Some(rule)),
                    Onward::Nothing => return,
                };
                let reason = Reason {
                    rule,
                    other: Some(datagram.peer),
                    client: None,
                };
                let bytes = edited.as_deref().unwrap_or(datagram.bytes);
                if cx.impair.receives() {
                    return cx.impair.receive(client, bytes, reason, cx.sink);
                }
                door.send(client, bytes, reason, cx);
            });
            match result {
                Ok(_) => {
                    self.used = now;
                    self.readable = !reader.has_emptied();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => self.receive_failed(&error, target, cx),
            }
            self.losses.tell(now, cx);
        }
    }

    /// Its socket is about to close: says how many datagrams did not go, and are not passed
    /// on.
    pub fn close(
        &mut self,
        target: SocketAddr,
        reader: &mut Reader,
        cx: &mut Context<'_>,
    ) -> usize {
        self.post.work(&self.socket, cx);
        let (known, losses) = ((self.local, target), &mut self.losses);
        let origin = Origin {
            rule: None,
            other: Some(self.address),
        };
        let unread = write_out(&self.socket, known, origin, reader, losses, cx);
        self.losses.tell_all(cx);
        self.post.len() + unread
    }

    fn receive_failed(&mut self, error: &io::Error, target: SocketAddr, cx: &mut Context<'_>) {
        match error.kind() {
            // The target's machine refused an earlier datagram.
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => earlier(&self.socket, error, target, cx),
            // So may any other be (RFC 4443, type 1 code 1: EACCES).
            _ if icmp::report(&self.socket, cx) => {}
            _ => {
                let shown = cx.interfaces.show(target);
                cx.sink
                    .failure(Operation::Receive, shown, failure::cause(error));
                // Whatever comes next makes new readiness.
                self.readable = false;
            }
        }
    }
}
