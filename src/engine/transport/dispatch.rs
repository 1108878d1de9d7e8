//! Datagrams on their way to a socket: to names, which are looked up first, and through the
//! simulated network.

use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::sys::endpoint::{self, Endpoint, Host};
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::sys::resolver::Answer;
use crate::engine::transport::udp_socket::UdpSocket;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// For how long after its last use a name's address is taken for known.
const KNOWN: Duration = Duration::from_secs(2);
/// Datagrams that may wait for names.
const MOST_UNRESOLVED: usize = 1 << 15;

#[derive(Default)]
pub struct Dispatch {
    /// Datagrams whose destination is being looked up.
    unresolved: Vec<(Endpoint, Arc<[u8]>, Reason)>,
    unresolved_bytes: usize,
    /// The name last looked up, its address, and when it was last used.
    known: Option<(String, IpAddr, Instant)>,
    /// The simulated network is not for what goes here.
    spared: bool,
}

impl Dispatch {
    /// One whose datagrams do not go through the simulated network.
    pub fn spared() -> Self {
        Self {
            spared: true,
            ..Self::default()
        }
    }

    /// Sends to an address, or to a name once it is looked up.
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

    /// Keeps it until its name is looked up, unless too much waits for that.
    fn wait(&mut self, to: Endpoint, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        let bytes_then = self.unresolved_bytes.saturating_add(bytes.len());
        if self.unresolved.len() >= MOST_UNRESOLVED || bytes_then > SEND_QUEUE {
            return cx.sink.failure(Operation::Resolve, to, Cause::Busy);
        }
        self.unresolved_bytes = bytes_then;
        self.unresolved.push((to, bytes, reason));
    }

    /// What a rule sends to a name must be allowed at the name's address.
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

    pub fn send_to(
        &mut self,
        socket: &mut UdpSocket,
        to: SocketAddr,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        match cx.impair.sends() && !self.spared {
            true => cx.impair.send(to.into(), bytes, reason, cx.now, cx.sink),
            false => socket.push(to, bytes, reason, cx),
        }
    }

    /// Moves what the simulated network lets through by now into the socket's queue, and hands
    /// that to the kernel; says whether more could be.
    pub fn flush(&mut self, socket: &mut UdpSocket, cx: &mut Context<'_>) -> bool {
        if !self.spared && cx.impair.waiting() > 0 {
            while let Some((bytes, (to, reason), _)) = cx.impair.sent(cx.now) {
                if let Peer::Ip(to) = to {
                    socket.push(to, bytes, reason, cx);
                }
            }
        }
        socket.flush(cx)
    }

    /// The address of a name that is in steady use: it is not looked up for each
    /// datagram.
    fn known_address(&mut self, to: &Endpoint, now: Instant) -> Option<SocketAddr> {
        let (name, ip, used) = self.known.as_mut()?;
        let is_it = matches!(&to.host, Host::Name(host) if host == name);
        let fresh = is_it && now.saturating_duration_since(*used) < KNOWN;
        fresh.then(|| {
            *used = now;
            endpoint::socket_address(*ip, 0, to.port)
        })
    }

    /// A name was looked up.
    pub fn resolved(&mut self, socket: &mut UdpSocket, answer: Answer, cx: &mut Context<'_>) {
        let is_for = |to: &Endpoint| matches!(&to.host, Host::Name(name) if *name == answer.host);
        let (waiting, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|(to, ..)| is_for(to));
        self.unresolved = rest;
        let left = self.unresolved.iter().map(|(_, bytes, _)| bytes.len());
        self.unresolved_bytes = left.sum();
        // Each datagram that does not go has its row.
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

    /// Datagrams that wait for names. While one is looked up the backlog is as good as
    /// endless, since more would only wait for the same answer.
    pub fn unresolved(&self) -> usize {
        self.unresolved.len()
    }
}

/// A dual-stack socket reaches both families; otherwise the family must match.
fn reaches(local: SocketAddr, ip: IpAddr) -> bool {
    ip.is_ipv4() == local.is_ipv4() || local.ip().is_unspecified() && local.is_ipv6()
}
