//! Datagrams on their way: to names that are looked up first, and to the kernel.

use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::sys::endpoint::{Endpoint, Host};
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::sys::resolver::Answer;
use crate::engine::sys::{endpoint, failure};
use crate::engine::transport::coalescing::Pace;
use crate::engine::transport::outgoing::{Outgoing, QueuedDatagram};
use crate::traffic::{Cause, Notice, Operation, Reached};
use mio::net::UdpSocket;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Datagrams sent before the worker looks at its orders again.
const TURN: usize = 1024;
/// For how long after its last use a name's address is taken for known.
const KNOWN: Duration = Duration::from_secs(2);
/// Datagrams that may wait for names.
const MOST_UNRESOLVED: usize = 1 << 15;

#[derive(Default)]
pub struct Dispatch {
    outgoing: Outgoing,
    /// Datagrams whose destination is being looked up.
    unresolved: Vec<(Endpoint, Arc<[u8]>, Reason)>,
    unresolved_bytes: usize,
    /// The name last looked up, its address, and when it was last used.
    known: Option<(String, IpAddr, Instant)>,
    /// A bad network on purpose is not for what goes here.
    spared: bool,
    /// Where peers reached a socket that is bound to all addresses.
    pub reached: Reached,
}

impl Dispatch {
    /// One whose datagrams a bad network on purpose spares.
    pub fn spared() -> Self {
        Self {
            spared: true,
            ..Self::default()
        }
    }

    /// Sends to an address, or to a name once it is looked up.
    pub fn send(&mut self, to: Endpoint, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        match (&to.host, to.address().or_else(|| self.known_address(&to))) {
            (Host::Name(_), Some(address)) => self.send_to_named(address, bytes, reason, cx),
            (Host::Ip { .. }, Some(address)) => self.send_to(address, bytes, reason, cx),
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
        to: SocketAddr,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        let (interfaces, sink) = (cx.interfaces, &mut *cx.sink);
        let admitted = cx.responder.admits(to, &bytes, &reason, interfaces, sink);
        if admitted {
            self.send_to(to, bytes, reason, cx);
        }
    }

    pub fn send_to(
        &mut self,
        to: SocketAddr,
        bytes: Arc<[u8]>,
        reason: Reason,
        cx: &mut Context<'_>,
    ) {
        if cx.impair.sends() && !self.spared {
            return cx.impair.send(to, bytes, reason, cx.sink);
        }
        self.push(to, bytes, reason, cx);
    }

    fn push(&mut self, to: SocketAddr, bytes: Arc<[u8]>, reason: Reason, cx: &mut Context<'_>) {
        let letter = QueuedDatagram {
            to,
            from: self.reached.of(to),
            bytes,
            reason,
        };
        if let Err(cause) = self.outgoing.push(letter) {
            cx.sink
                .failure(Operation::Send, cx.interfaces.show(to), cause);
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

    /// A name was looked up, for a socket bound to `local`.
    pub fn resolved(&mut self, answer: Answer, local: SocketAddr, cx: &mut Context<'_>) {
        let is_for = |to: &Endpoint| matches!(&to.host, Host::Name(name) if *name == answer.host);
        let (waiting, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.unresolved)
            .into_iter()
            .partition(|(to, ..)| is_for(to));
        self.unresolved = rest;
        self.unresolved_bytes = self
            .unresolved
            .iter()
            .map(|(_, bytes, _)| bytes.len())
            .sum();
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
        let Some(ip) = ips.iter().find(|ip| reaches(local, **ip)).copied() else {
            let ipv6 = local.is_ipv6();
            return fail(Operation::Send, &Cause::NoAddressOfFamily { ipv6 }, cx);
        };
        cx.sink.notice(Notice::Resolved {
            host: answer.host.clone(),
            addresses: vec![ip],
        });
        self.known = Some((answer.host, ip, Instant::now()));
        for (to, bytes, reason) in waiting {
            let to = endpoint::socket_address(ip, 0, to.port);
            self.send_to_named(to, bytes, reason, cx);
        }
    }

    /// Hands waiting datagrams to the kernel; says whether more could be. `report` writes
    /// the rows of errors that wait for earlier ones, if there are any: they would be
    /// returned as this one's.
    pub fn work(
        &mut self,
        socket: &UdpSocket,
        pace: &mut Pace,
        report: impl Fn(&mut Context<'_>) -> bool,
        cx: &mut Context<'_>,
    ) -> bool {
        if !self.spared && cx.impair.waiting() > 0 {
            let now = Instant::now();
            while let Some((bytes, (to, reason), _)) = cx.impair.sent(now) {
                self.push(to, bytes, reason, cx);
            }
        }
        let mut count = 0;
        while self.outgoing.can_send() && cx.sink.has_room() {
            if count >= TURN {
                return true;
            }
            // A lone one, such as an answer, is not kept waiting for a look: its own send
            // tells. Of many, those behind the first would hide it.
            if count > 0 || self.outgoing.len() > 1 {
                report(cx);
            }
            // The kernel takes them all in one call, and a reply may be there before it returns.
            let now = cx.sink.now();
            match self.outgoing.send(socket) {
                Ok(sent) => {
                    count += sent.len();
                    pace.sent();
                    for letter in sent {
                        let QueuedDatagram { bytes, reason, .. } = letter;
                        let to = endpoint::canonical(letter.to);
                        cx.sink.sent_at(now, to, &bytes, reason.origin());
                    }
                }
                Err((error, Some(letter))) => {
                    count += 1;
                    // It was an earlier one's, and this one has not been tried.
                    if report(cx) {
                        self.outgoing.put_back(*letter);
                        continue;
                    }
                    // This machine may have lost the address, or the way from there.
                    if letter.from.is_some() {
                        self.reached.forget(letter.to);
                        let from = None;
                        self.outgoing.put_back(QueuedDatagram { from, ..*letter });
                        continue;
                    }
                    let (local, to) = (socket.local_addr().ok(), letter.to);
                    let cause = failure::send_cause(&error, local, to, cx.interfaces);
                    let to = cx.interfaces.show(letter.to);
                    cx.sink.failure(Operation::Send, to, cause);
                }
                Err((_, None)) => count += 1,
            }
        }
        false
    }

    /// Whether the kernel has no room.
    pub fn is_blocked(&self) -> bool {
        self.outgoing.is_blocked()
    }

    /// The kernel has room again.
    pub fn unblock(&mut self) {
        self.outgoing.unblock();
    }

    /// Bytes that wait; as good as endless while a name is looked up, since more would
    /// only wait for the same answer.
    pub fn backlog(&self) -> usize {
        match self.unresolved.len() {
            0 => self.outgoing.bytes(),
            _ => usize::MAX,
        }
    }

    /// Datagrams that have not gone.
    pub fn len(&self) -> usize {
        self.outgoing.len() + self.unresolved.len()
    }
}

/// A dual-stack socket reaches both families; otherwise the family must match.
fn reaches(local: SocketAddr, ip: IpAddr) -> bool {
    ip.is_ipv4() == local.is_ipv4() || local.ip().is_unspecified() && local.is_ipv6()
}
