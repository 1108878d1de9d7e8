//! The way to the target: route, next hop, sizes, ICMP.

#[cfg(target_os = "linux")]
mod arp;
#[cfg(target_os = "linux")]
mod echo;
mod fragments;
mod groups;
#[cfg(target_os = "linux")]
mod rtnetlink;

pub use fragments::FragmentFacts;

use super::{Permission, Question, Seen, SessionFacts, Unseen};
use crate::engine::sys::interfaces::Interfaces;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathFacts {
    /// What the kernel answers to "how do I reach it?", or the error number (errno(3)).
    pub route: Seen<Result<Route, i32>>,
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
    /// Hardware addresses that answered for the target's address (ARP).
    pub claimants: Seen<Vec<String>>,
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
    /// Machines that reported an error, with type and code of ICMP.
    pub errors: Vec<(IpAddr, u8, u8)>,
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
        let mut broadcasts: Vec<IpAddr> = interfaces
            .iter()
            .flat_map(|interface| interface.broadcasts.iter().copied().map(IpAddr::V4))
            .collect();
        broadcasts.dedup();
        let nothing = Unseen::NotHere;
        let mut facts = Self {
            route: Seen::Unseen(nothing.clone()),
            next_hop: Seen::Unseen(nothing.clone()),
            others_alive: Seen::Unseen(nothing.clone()),
            is_broadcast: question.to().is_some_and(|to| {
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
            claimants: Seen::Unseen(nothing),
        };
        let session_local = || session.and_then(|session| session.local);
        let local = question.local().or_else(session_local);
        if let Some(to) = question.to() {
            facts.reach(to, local, &interfaces, permission, until);
        }
        facts
    }

    #[cfg(not(target_os = "linux"))]
    fn reach(
        &mut self,
        _to: std::net::SocketAddr,
        _local: Option<std::net::SocketAddr>,
        _interfaces: &Interfaces,
        _permission: Permission,
        _until: Instant,
    ) {
    }

    /// Looks at the way to a target.
    #[cfg(target_os = "linux")]
    fn reach(
        &mut self,
        to: std::net::SocketAddr,
        local: Option<std::net::SocketAddr>,
        interfaces: &Interfaces,
        permission: Permission,
        until: Instant,
    ) {
        let source = local
            .map(|local| local.ip().to_canonical())
            .filter(|ip| !ip.is_unspecified() && !ip.is_multicast());
        let found = match rtnetlink::route(to, source, interfaces, until) {
            Ok(found) => found,
            Err(reason) => {
                self.route = Seen::Unseen(reason);
                return;
            }
        };
        self.route = Seen::Known(found.clone().map(|found| found.route));
        let Ok(found) = found else {
            return;
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
        if let (IpAddr::V4(ip), None) = (ip, &route.gateway) {
            self.claimants = match permission.probes {
                true => arp::claimants(ip, route, until),
                false => Seen::Unseen(Unseen::NotAsked),
            };
        }
    }
}
