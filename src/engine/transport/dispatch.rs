//! Datagram dispatch: resolves destination names, then passes datagrams through the simulated
//! network into the socket's send queue.

use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::sys::endpoint::{self, Endpoint, Host};
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::transport::udp_socket::UdpSocket;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a resolved address stays valid after its last use.
const KNOWN: Duration = Duration::from_secs(2);
/// Maximum number of datagrams that wait for name resolution.
const MAX_UNRESOLVED: usize = 1 << 15;

/// Datagrams that wait for name resolution, and the cache of the last name.
#[derive(Default)]
pub struct Dispatch {
    /// Datagrams whose destination is being resolved.
    unresolved: Vec<(Endpoint, Arc<[u8]>, Reason)>,
    unresolved_bytes: usize,
    /// The last resolved name, its address, and the time of its last use.
    known: Option<(String, IpAddr, Instant)>,
    /// Whether the simulated network is bypassed.
    bypasses: bool,
}

impl Dispatch {
    /// A dispatch that bypasses the simulated network.
    pub fn bypassing() -> Self {
        Self {
            bypasses: true,
            ..Self::default()
        }
    }

    /// Sends to an address, or to a name after resolving it.
    pub fn send(
        &mut self,
        socket: &mut UdpSocket,
        to: Endpoint,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        match (
            &to.host,
            to.address().or_else(|| self.known_address(&to, cx.now)),
        ) {
            (Host::Name(_), Some(to)) => self.send_to_named(socket, to, bytes, reason, cx),
            (Host::Ip { .. }, Some(to)) => self.send_to(socket, to, bytes, reason, cx),
            (Host::Name(name), None) => match cx.resolver.look_up(name) {
                Ok(()) => self.wait(to, bytes, reason, cx),
                Err(cause) => cx.sink.failure(Operation::Resolve, name, cause),
            },
            (Host::Ip { .. }, None) => {}
        }
    }

    /// Queues a datagram until its name is resolved. It fails if the queue is full.
    fn wait(&mut self, to: Endpoint, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        let bytes_then = self.unresolved_bytes.saturating_add(bytes.len());
        if self.unresolved.len() >= MAX_UNRESOLVED || bytes_then > SEND_QUEUE {
            return cx.sink.failure(Operation::Resolve, to, Cause::Busy);
        }
        self.unresolved_bytes = bytes_then;
        self.unresolved.push((to, bytes, reason));
    }

    /// Sends to the address of a name, if the limits allow a rule's reply to go there.
    fn send_to_named(
        &mut self,
        socket: &mut UdpSocket,
        to: SocketAddr,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        let (interfaces, sink) = (cx.interfaces, &mut *cx.sink);
        if cx
            .responder
            .admits(to.into(), &bytes, &reason, cx.now, interfaces, sink)
        {
            self.send_to(socket, to, bytes, reason, cx);
        }
    }

    /// Sends to an address, through the simulated network unless it is bypassed.
    pub fn send_to(
        &mut self,
        socket: &mut UdpSocket,
        to: SocketAddr,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        match cx.impair.impairs_outgoing() && !self.bypasses {
            true => cx
                .impair
                .enqueue_outgoing(to.into(), bytes, reason, cx.now, cx.sink),
            false => socket.push(to, bytes, reason, cx),
        }
    }

    /// Moves due datagrams of the simulated network into the send queue and flushes it. Returns
    /// whether more can be sent at once.
    pub fn flush(&mut self, socket: &mut UdpSocket, cx: &mut Context<'_>) -> bool {
        if !self.bypasses && cx.impair.outgoing_len() > 0 {
            while let Some(due) = cx.impair.next_outgoing(cx.now) {
                if let Peer::Ip(to) = due.tag.peer {
                    socket.push(to, due.bytes, due.tag.reason, cx);
                }
            }
        }
        socket.flush(cx)
    }

    /// The cached address of a name in steady use, which saves a lookup per datagram.
    fn known_address(&mut self, to: &Endpoint, now: Instant) -> Option<SocketAddr> {
        let (name, ip, used) = self.known.as_mut()?;
        let is_it = matches!(&to.host, Host::Name(host) if host == name);
        let fresh = is_it && now.saturating_duration_since(*used) < KNOWN;
        fresh.then(|| {
            *used = now;
            endpoint::socket_address(*ip, 0, to.port)
        })
    }

    /// Sends the datagrams that waited for this name, or fails them.
    pub fn resolved(&mut self, socket: &mut UdpSocket, answer: ResolvedName, cx: &mut Context<'_>) {
        let is_for = |to: &Endpoint| matches!(&to.host, Host::Name(name) if *name == answer.host);
        let (waiting, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|(to, ..)| is_for(to));
        self.unresolved = rest;
        let left = self.unresolved.iter().map(|(_, bytes, _)| bytes.len());
        self.unresolved_bytes = left.sum();
        // Each failed datagram has its row.
        let fail = |operation, cause: &Cause, cx: &mut Context<'_>| {
            for _ in &waiting {
                cx.sink.failure(operation, &answer.host, cause.clone());
            }
        };
        let ips = match &answer.addresses {
            Ok(ips) => ips,
            Err(cause) => return fail(Operation::Resolve, cause, cx),
        };
        let Some(ip) = ips.iter().find(|ip| reaches(socket.local, **ip)).copied() else {
            let ipv6 = socket.local.is_ipv6();
            return fail(Operation::Send, &Cause::NoAddressOfFamily { ipv6 }, cx);
        };
        cx.sink.notice(Notice::Resolved {
            host: answer.host.clone(),
            addresses: vec![ip],
        });
        self.known = Some((answer.host, ip, cx.now));
        for (to, bytes, reason) in waiting {
            let to = endpoint::socket_address(ip, 0, to.port);
            self.send_to_named(socket, to, bytes, reason, cx);
        }
    }

    /// Number of datagrams that wait for name resolution. While there are any, the backlog counts
    /// as full: more datagrams would only wait for the same answer.
    pub fn unresolved(&self) -> usize {
        self.unresolved.len()
    }
}

/// Whether a socket bound to `local` can send to `ip`: a dual-stack socket sends to both
/// families, any other to its own.
fn reaches(local: SocketAddr, ip: IpAddr) -> bool {
    ip.is_ipv4() == local.is_ipv4() || local.ip().is_unspecified() && local.is_ipv6()
}
