//! The way to the target: route, next hop, sizes, ICMP.

use super::{Permission, Question, Seen, SessionFacts, Unseen};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathFacts {
    /// What the kernel answers to "how do I reach it?", or the error number (errno(3)).
    pub route: Seen<Result<Route, i32>>,
    /// The machine that packets are handed to: the gateway, or the target in its own network.
    pub next_hop: Seen<Neighbour>,
    pub is_broadcast: bool,
    /// The broadcast addresses of this machine's networks.
    pub broadcasts: Vec<IpAddr>,
    /// Groups joined on this machine, with the name of the interface (/proc/net/igmp, igmp6).
    pub groups: Seen<Vec<(IpAddr, String)>>,
    /// Whether the way back to the far end leaves by the interface on which it came.
    pub way_back: Seen<Option<String>>,
    /// The largest packet on the way, as the kernel has learned it.
    pub path_mtu: Seen<Option<u32>>,
    /// Answers to an echo request (ping) and to packets of growing size.
    pub echo: Seen<EchoFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub interface: String,
    /// `None` in a network of this machine.
    pub gateway: Option<IpAddr>,
    pub source: Option<IpAddr>,
    pub is_local: bool,
    pub mtu: Option<u32>,
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
    /// It was never asked.
    Never,
    /// There is none: the loopback, a tunnel.
    Needless,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EchoFacts {
    pub answered: bool,
    /// The largest one in bytes that was answered, if sizes were tried.
    pub largest: Option<u32>,
    /// Machines that reported an error, with type and code of ICMP.
    pub errors: Vec<(IpAddr, u8, u8)>,
    /// Hardware addresses that answered for the same address.
    pub claimants: Vec<String>,
}

impl PathFacts {
    pub fn gather(
        _question: &Question,
        _session: Option<&SessionFacts>,
        _permission: Permission,
        _until: Instant,
    ) -> Self {
        let nothing = Unseen::NotHere;
        Self {
            route: Seen::Unseen(nothing.clone()),
            next_hop: Seen::Unseen(nothing.clone()),
            is_broadcast: false,
            broadcasts: Vec::new(),
            groups: Seen::Unseen(nothing.clone()),
            way_back: Seen::Unseen(nothing.clone()),
            path_mtu: Seen::Unseen(nothing.clone()),
            echo: Seen::Unseen(nothing),
        }
    }
}
