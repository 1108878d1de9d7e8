//! Datagrams to broadcast and group addresses at the port in question. Linux delivers them only to
//! sockets that are bound to such an address or to all (ip(7)), and to none that is bound to one
//! address of this machine.

use super::super::path::joined_at;
use super::super::{Question, Seen, SessionFacts, Transport, Unseen};
use super::{LocalFacts, canonical};
use crate::engine::sys::endpoint::{is_of_many, socket_address};
use crate::engine::sys::interfaces::Interfaces;
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// How long they are waited for: peers that broadcast often do so every second or so.
const WATCHED: Duration = Duration::from_millis(1_600);
const PAUSE: Duration = Duration::from_millis(20);
/// The most addresses that are watched, and the most datagrams that are read of each at a time.
const ADDRESSES: usize = 8;
const READ: usize = 64;

/// A datagram that came for the port, and that no socket bound to one address receives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedDatagram {
    pub from: SocketAddr,
    /// A broadcast address, or that of a group.
    pub to: SocketAddr,
}

/// The address of the receiver in question, if it is one of this machine alone and broadcasts, or
/// datagrams to a group, may be what it waits for. `broadcasts` are those of this machine's networks.
///
/// # Errors
/// Why it is not known.
pub fn bound_to_one(
    question: &Question,
    session: Option<&SessionFacts>,
    facts: &LocalFacts,
    broadcasts: &[IpAddr],
) -> Result<Option<SocketAddr>, Unseen> {
    if question.transport() == Transport::Tcp {
        return Ok(None);
    }
    let is_one = |local: &SocketAddr| {
        let ip = local.ip();
        let is_general = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast();
        !is_general && local.port() != 0 && facts.has_address(ip) == Some(true)
    };
    match question {
        Question::Target { .. } => Ok(None),
        Question::Session { local, to, .. } => {
            let is_many = |to: &SocketAddr| {
                is_of_many(to.ip()) || broadcasts.contains(&to.ip().to_canonical())
            };
            // Who sends to one machine waits for the answer of that one.
            let waits = session.is_some_and(|known| known.open && known.received.messages == 0)
                && to.as_ref().is_none_or(is_many);
            let bound = session.and_then(|known| known.local).or(*local);
            Ok(bound.map(canonical).filter(|bound| waits && is_one(bound)))
        }
        Question::Port { local, .. } => {
            let rows = match &facts.sockets {
                Seen::Known(rows) => rows,
                Seen::Unseen(reason) => return Err(reason.clone()),
            };
            let bound = rows
                .iter()
                .filter(|row| row.listens_at(Transport::Udp, local.port()));
            let mut bound: Vec<SocketAddr> = bound.map(|row| canonical(row.local)).collect();
            let asked = canonical(*local);
            if !asked.ip().is_unspecified() {
                bound.retain(|bound| bound.ip() == asked.ip() || !is_one(bound));
            }
            let are_all = bound.iter().all(is_one);
            Ok(bound.first().copied().filter(|_| are_all))
        }
    }
}

/// Sockets at those addresses. They take nothing from others: every socket at such an address gets
/// a datagram of its own.
pub(in crate::engine::evidence) struct MissedWatch {
    sockets: Vec<(SocketAddr, UdpSocket)>,
    /// The receiver, whose own broadcasts come back to this machine.
    receiver: Option<SocketAddr>,
    refused: Unseen,
    began: Instant,
}

impl MissedWatch {
    /// Opens the sockets, if the question is about a receiver at one address.
    pub(in crate::engine::evidence) fn begin(
        question: &Question,
        session: Option<&SessionFacts>,
        facts: &LocalFacts,
    ) -> Self {
        let mut watch = Self {
            sockets: Vec::new(),
            receiver: None,
            // Other systems deliver them to a socket at one address too.
            refused: Unseen::NotHere,
            began: Instant::now(),
        };
        if !cfg!(target_os = "linux") {
            return watch;
        }
        let interfaces = Interfaces::read();
        let broadcasts: Vec<IpAddr> = interfaces.broadcasts().collect();
        match bound_to_one(question, session, facts, &broadcasts) {
            Ok(receiver) => watch.receiver = receiver,
            Err(reason) => watch.refused = reason,
        }
        let Some(receiver) = watch.receiver else {
            return watch;
        };
        watch.refused = Unseen::Quiet;
        for address in addresses(receiver, session, &interfaces) {
            match open(address) {
                Ok(socket) => watch.sockets.push((address, socket)),
                Err(error) => watch.refused = super::reason(&error, "tcpdump"),
            }
        }
        watch
    }

    /// Waits until one has come, for a little more than a second at most.
    pub(in crate::engine::evidence) fn end(self, until: Instant) -> Seen<Vec<MissedDatagram>> {
        if self.sockets.is_empty() {
            return Seen::Unseen(self.refused);
        }
        let end = until.min(self.began + WATCHED);
        loop {
            let missed = self.missed();
            let left = end.saturating_duration_since(Instant::now());
            if !missed.is_empty() || left.is_zero() {
                return Seen::Known(missed);
            }
            std::thread::sleep(left.min(PAUSE));
        }
    }

    /// The newest one that came to each address.
    fn missed(&self) -> Vec<MissedDatagram> {
        let newest = |(to, socket): &(SocketAddr, UdpSocket)| {
            let all = (0..READ).map_while(|_| socket.recv_from(&mut [0]).ok());
            let senders = all.map(|(_, from)| canonical(from));
            let from = senders.filter(|from| Some(*from) != self.receiver).last()?;
            Some(MissedDatagram { from, to: *to })
        };
        self.sockets.iter().filter_map(newest).collect()
    }
}

/// The addresses of many machines at which the receiver may be meant to receive: groups that the
/// session has joined, the broadcast addresses, and groups that programs have joined there.
fn addresses(
    receiver: SocketAddr,
    session: Option<&SessionFacts>,
    interfaces: &Interfaces,
) -> Vec<SocketAddr> {
    let ip = receiver.ip();
    let own = || {
        interfaces
            .iter()
            .filter(move |one| one.ip.to_canonical() == ip)
    };
    let joined = session.into_iter().flat_map(|known| &known.groups);
    let mut all: Vec<IpAddr> = joined.map(|joined| joined.group.to_canonical()).collect();
    all.extend(own().flat_map(|one| one.broadcasts.iter().copied().map(IpAddr::V4)));
    all.push(Ipv4Addr::BROADCAST.into());
    all.extend(joined_at(interfaces, ip).unwrap_or_default());
    // A lone address may be named as its own broadcast address.
    all.retain(|one| one.is_ipv4() == ip.is_ipv4() && *one != ip);
    let mut different: Vec<IpAddr> = Vec::new();
    for one in all {
        if different.len() < ADDRESSES && !different.contains(&one) {
            different.push(one);
        }
    }
    // A group of a link is bound with its interface (ipv6(7)).
    let index = own().map(|one| one.index).next();
    let scope = index.filter(|_| ip.is_ipv6()).unwrap_or(0);
    let different = different.into_iter();
    different
        .map(|one| socket_address(one, scope, receiver.port()))
        .collect()
}

/// Opens a socket that shares the address with others.
fn open(address: SocketAddr) -> io::Result<UdpSocket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}
