//! This machine's sockets, programs, interfaces and limits.

use super::{Question, Seen, SessionFacts, Unseen};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalFacts {
    /// The sockets at the ports in question, of every program (/proc/net/udp, tcp; proc(5)).
    pub sockets: Seen<Vec<SocketRow>>,
    pub interfaces: Seen<Vec<InterfaceFacts>>,
    /// Counters of the kernel, now; differences need those of the beginning.
    pub counters: Seen<KernelCounters>,
    pub limits: Seen<LimitFacts>,
    /// The addresses that `localhost` has, in the order in which programs try them.
    pub localhost: Seen<Vec<IpAddr>>,
}

/// A socket of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRow {
    pub is_tcp: bool,
    pub local: SocketAddr,
    /// The far end of a connected one.
    pub remote: Option<SocketAddr>,
    /// The state in the table (net/tcp_states.h): 0x01 established, 0x06 TIME_WAIT, 0x0A listening.
    pub state: u8,
    /// Bytes that are received and not read, or connections that are not accepted.
    pub unread: u64,
    /// Bytes that are written and not acknowledged.
    pub unsent: u64,
    /// Datagrams that were dropped because the receive buffer was full.
    pub dropped: Option<u64>,
    /// The interface that it is bound to, where that is known.
    pub interface: Option<String>,
    pub owner: Option<Owner>,
}

/// A program with a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub pid: u32,
    pub name: String,
    /// Whether it is stopped (SIGSTOP, a debugger).
    pub is_stopped: bool,
    /// Whether it is this process.
    pub is_us: bool,
    /// Whether it is in another network namespace, such as a container's.
    pub is_elsewhere: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceFacts {
    pub name: String,
    pub index: u32,
    /// Addresses with their prefix lengths.
    pub addresses: Vec<(IpAddr, u8)>,
    pub is_up: bool,
    pub is_loopback: bool,
    /// Whether a cable or a network is connected; `None` if it has nothing of the kind.
    pub has_carrier: Option<bool>,
    pub mtu: u32,
    /// Addresses that another machine has too (IPv6 duplicate address detection).
    pub duplicates: Vec<IpAddr>,
    /// Packets that the interface received and sent, and dropped.
    pub received: u64,
    pub sent: u64,
    pub received_dropped: u64,
    pub sent_dropped: u64,
    /// Strictness of the check of source addresses (rp_filter): 0 off, 1 strict, 2 loose.
    pub rp_filter: Option<u8>,
}

/// Counters of /proc/net/snmp and netstat, by their names there: `Udp.RcvbufErrors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelCounters(pub std::collections::BTreeMap<String, u64>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitFacts {
    /// Descriptors that this process has open, and may have.
    pub open_files: u64,
    pub most_open_files: u64,
    /// The ports that outgoing connections get, and how many of them are taken towards the target.
    pub ephemeral: (u16, u16),
    pub ephemeral_taken: u64,
    /// The longest queue of connections that are not accepted (net.core.somaxconn).
    pub somaxconn: u64,
    /// The largest receive buffer in bytes (net.core.rmem_max).
    pub rmem_max: u64,
    /// Pages of memory of all UDP and TCP sockets, and at most (udp_mem, tcp_mem).
    pub udp_pages: (u64, u64),
    pub tcp_pages: (u64, u64),
    /// The first port that any user may bind.
    pub first_free_port: u16,
}

impl LocalFacts {
    pub fn gather(_question: &Question, _session: Option<&SessionFacts>, _until: Instant) -> Self {
        Self {
            sockets: Seen::Unseen(Unseen::NotHere),
            interfaces: Seen::Unseen(Unseen::NotHere),
            counters: Seen::Unseen(Unseen::NotHere),
            limits: Seen::Unseen(Unseen::NotHere),
            localhost: Seen::Unseen(Unseen::NotHere),
        }
    }
}
