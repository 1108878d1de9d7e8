//! The way to the target: route, next hop, sizes, ICMP.

#[cfg(target_os = "linux")]
mod arp;
#[cfg(target_os = "linux")]
mod echo;
mod fragments;
mod groups;
#[cfg(target_os = "linux")]
mod port;
mod prohibition;
#[cfg(target_os = "linux")]
mod rtnetlink;

pub use fragments::FragmentFacts;
pub use groups::joined_at;
pub use prohibition::Prohibition;

use super::{Permission, Question, Seen, SessionFacts, Transport, Unseen};
use crate::engine::evidence::reports::Report;
#[cfg(target_os = "linux")]
use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::interfaces::Interfaces;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathFacts {
    /// What the kernel answers to "how do I reach it?", or the error number (errno(3)).
    pub route: Seen<Result<Route, i32>>,
    /// The route, or the rule of routing, by which the kernel refuses packets to the target.
    #[serde(default)]
    pub prohibition: Option<Prohibition>,
    /// The machine that packets are handed to: the gateway, or the target in its own network.
    pub next_hop: Seen<Neighbour>,
    /// Other machines in the network of the next hop that answered lately.
    pub others_alive: Seen<u32>,
    pub is_broadcast: bool,
    /// The broadcast addresses of this machine's networks.
    pub broadcasts: Vec<IpAddr>,
    /// Groups joined on this machine, with the name of the interface (/proc/net/igmp, igmp6).
    pub groups: Seen<Vec<(IpAddr, String)>>,
    /// The interface that has our own address, if packets to the target leave by another one.
    pub way_back: Seen<Option<String>>,
    /// The largest packet on the way in bytes, if the kernel has learned or been told one.
    pub path_mtu: Seen<Option<u32>>,
    /// Fragments that came.
    pub fragments: Seen<FragmentFacts>,
    /// Answers to echo requests (ping) of several sizes.
    pub echo: Seen<EchoFacts>,
    /// Hardware addresses that answered for the address of the next hop (ARP).
    pub claimants: Seen<Vec<String>>,
    /// What the target's port answered to an empty datagram, and what was reported about that or
    /// about a connection that was not made.
    #[serde(default = "not_asked")]
    pub at_port: Seen<PortFacts>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortFacts {
    pub answered: bool,
    pub errors: Vec<Report>,
}

fn not_asked() -> Seen<PortFacts> {
    Seen::Unseen(match cfg!(target_os = "linux") {
        true => Unseen::NotAsked,
        false => Unseen::NotHere,
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub interface: String,
    /// `None` in a network of this machine.
    pub gateway: Option<GatewayFacts>,
    pub source: Option<IpAddr>,
    pub is_local: bool,
    /// The largest packet of the interface in bytes.
    pub mtu: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayFacts {
    pub ip: IpAddr,
    /// Whether it is in a network of this machine.
    pub is_on_link: bool,
    /// Whether it is an address of this machine itself.
    pub is_own: bool,
}

/// What the kernel knows of a machine in the same network (ip-neighbour(8)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Neighbour {
    /// It answered lately: its hardware address.
    Reachable(String),
    /// This hardware address was set by hand, and is used without asking.
    Permanent(String),
    /// It answered some time ago.
    Stale(String),
    /// It does not answer (ARP, neighbour discovery).
    Failed,
    /// It has been asked, and has not answered for a third of a second.
    Asked,
    /// It was never asked, or that is forgotten.
    Never,
    /// There is none: the loopback, a tunnel.
    Needless,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EchoFacts {
    pub answered: bool,
    /// The largest packet in bytes that was tried in one piece, and that was answered.
    pub tried: Option<u32>,
    pub largest: Option<u32>,
    /// Whether a packet in fragments was answered, if one was tried.
    pub fragmented: Option<bool>,
    pub errors: Vec<Report>,
}

impl PathFacts {
    /// Gathers within `until`, and within a second and a half.
    pub fn gather(
        question: &Question,
        session: Option<&SessionFacts>,
        permission: Permission,
        until: Instant,
    ) -> Self {
        let interfaces = Interfaces::read();
        let mut broadcasts: Vec<IpAddr> = interfaces.broadcasts().collect();
        broadcasts.dedup();
        let nothing = match question.other_side() {
            Some(_) => Unseen::NotHere,
            None => Unseen::SenderUnknown,
        };
        let mut facts = Self {
            route: Seen::Unseen(nothing.clone()),
            next_hop: Seen::Unseen(nothing.clone()),
            others_alive: Seen::Unseen(nothing.clone()),
            is_broadcast: question.other_side().is_some_and(|to| {
                // A lone address may be named as its own broadcast address.
                let is_own = interfaces.iter().any(|own| own.ip == to.ip());
                interfaces.is_broadcast(to.ip()) && !is_own
            }),
            broadcasts,
            groups: groups::read(),
            way_back: Seen::Unseen(nothing.clone()),
            path_mtu: Seen::Unseen(nothing.clone()),
            fragments: fragments::read(until),
            echo: Seen::Unseen(nothing.clone()),
            prohibition: None,
            claimants: Seen::Unseen(nothing),
            at_port: not_asked(),
        };
        let session_local = || session.and_then(|session| session.local);
        let local = question.local().or_else(session_local);
        if let Some(to) = question.other_side() {
            facts.reach(
                to,
                local,
                question.transport(),
                &interfaces,
                (permission, until),
            );
            // What a session has sent was probe enough.
            let is_silent = session.is_none_or(|session| session.sent.messages == 0);
            if permission.probes && is_silent {
                facts.add_datagram(question, until);
            }
        }
        facts
    }

    /// Sends an empty datagram to the target, if it is one other machine that takes datagrams.
    fn add_datagram(&mut self, question: &Question, until: Instant) {
        #[cfg(target_os = "linux")]
        if let Some(to) = self.probed(question, Transport::Udp) {
            self.at_port = port::of_datagram(to, until);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (question, until);
    }

    /// Takes in what was reported about a connection to the target that was not made.
    pub(super) fn add_refusal(&mut self, question: &Question, errors: Vec<Report>) {
        #[cfg(target_os = "linux")]
        if self.probed(question, Transport::Tcp).is_some() {
            let answered = false;
            self.at_port = Seen::Known(PortFacts { answered, errors });
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (question, errors);
    }

    /// The target of this transport, if it is one other machine.
    #[cfg(target_os = "linux")]
    fn probed(&self, question: &Question, transport: Transport) -> Option<std::net::SocketAddr> {
        let is_away = matches!(&self.route, Seen::Known(Ok(route)) if !route.is_local);
        let to = question.to().map(canonical);
        to.filter(|to| is_away && !self.is_broadcast && !to.ip().is_multicast())
            .filter(|_| question.transport() == transport)
    }

    #[cfg(not(target_os = "linux"))]
    fn reach(
        &mut self,
        _to: std::net::SocketAddr,
        _local: Option<std::net::SocketAddr>,
        _transport: Transport,
        _interfaces: &Interfaces,
        _allowed: (Permission, Instant),
    ) {
    }

    /// Looks at the way to a target, or to the sender that is waited for.
    #[cfg(target_os = "linux")]
    fn reach(
        &mut self,
        to: std::net::SocketAddr,
        local: Option<std::net::SocketAddr>,
        transport: Transport,
        interfaces: &Interfaces,
        (permission, until): (Permission, Instant),
    ) {
        let source = local
            .map(|local| local.ip().to_canonical())
            .filter(|ip| !ip.is_unspecified() && !ip.is_multicast());
        let found = match rtnetlink::route((to, transport), source, interfaces, until) {
            Ok(found) => found,
            Err(reason) => {
                self.route = Seen::Unseen(reason);
                return;
            }
        };
        self.route = Seen::Known(found.clone().map(|found| found.route));
        let found = match found {
            Ok(found) => found,
            Err(code) => {
                self.prohibition = prohibition::of(to.ip().to_canonical(), source, code, until);
                return;
            }
        };
        self.path_mtu = Seen::Known(found.learned_mtu);
        let route = &found.route;
        self.way_back = Seen::Known(source.and_then(|source| {
            let mut all = interfaces.iter();
            let own = all.find(|interface| interface.ip.to_canonical() == source)?;
            let leaves_elsewhere = !route.is_local && own.name != route.interface;
            leaves_elsewhere.then(|| own.name.clone())
        }));
        let ip = to.ip().to_canonical();
        let is_one = !ip.is_multicast() && !self.is_broadcast && !route.is_local;
        if !is_one {
            self.next_hop = Seen::Known(Neighbour::Needless);
            return;
        }
        self.echo = match permission.probes {
            true => echo::probe(to, found.learned_mtu.or(route.mtu), until),
            false => Seen::Unseen(Unseen::NotAsked),
        };
        let hop = route.gateway.as_ref().map_or(ip, |gateway| gateway.ip);
        let neighbours = match found.has_neighbours {
            true => rtnetlink::neighbours(hop, found.index, until),
            false => Ok((Neighbour::Needless, 0)),
        };
        (self.next_hop, self.others_alive) = match neighbours {
            Ok((next, others)) => (Seen::Known(next), Seen::Known(others)),
            Err(reason) => (Seen::Unseen(reason.clone()), Seen::Unseen(reason)),
        };
        let is_asked = route.gateway.is_none() || self.is_set_by_hand();
        if let (IpAddr::V4(hop), true) = (hop, is_asked) {
            self.claimants = match permission.probes {
                true => arp::claimants(hop, route, until),
                false => Seen::Unseen(Unseen::NotAsked),
            };
        }
    }

    #[cfg(target_os = "linux")]
    fn is_set_by_hand(&self) -> bool {
        matches!(self.next_hop, Seen::Known(Neighbour::Permanent(_)))
    }
}
