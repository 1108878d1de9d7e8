//! A socket, as a table or the kernel shows it.

use super::super::Transport;
use super::owner::Owner;
use crate::engine::sys::socket;
use crate::engine::sys::socket_table::SocketEntry;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// A socket of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketRow {
    pub is_tcp: bool,
    pub local: SocketAddr,
    /// The far end of a connected one.
    pub remote: Option<SocketAddr>,
    /// The state in the table (net/tcp_states.h): 0x01 established, 0x06 TIME_WAIT, 0x07 an
    /// unconnected UDP socket, 0x0A listening.
    pub state: u8,
    /// The inode that its programs have it by; 0 if no program has it any more.
    pub inode: u64,
    /// Bytes that are received and not read, or connections that are not accepted.
    pub unread: u64,
    /// Bytes that are written and not acknowledged.
    pub unsent: u64,
    /// The number of connections that may wait to be accepted, of a listening one (listen(2)).
    pub backlog: Option<u64>,
    /// Datagrams that were dropped because the receive buffer was full.
    pub dropped: Option<u64>,
    /// Seconds until a closed connection frees its port, at most.
    pub lingers: Option<u64>,
    /// Whether one bound to IPv6 receives no IPv4 (IPV6_V6ONLY, ipv6(7)), where that is known.
    pub v6_only: Option<bool>,
    /// The interface that it is bound to (SO_BINDTODEVICE, socket(7)), where that is known.
    pub interface: Option<String>,
    pub owner: Option<Owner>,
}

impl SocketRow {
    /// Whether it is a connection that is established.
    pub fn is_established(&self) -> bool {
        /// ESTABLISHED (net/tcp_states.h).
        const ESTABLISHED: u8 = 0x01;
        self.remote.is_some() && self.state == ESTABLISHED
    }

    pub(super) fn new(transport: socket::Transport, entry: &SocketEntry) -> Self {
        let lingers = entry.is_closed().then_some(entry.seconds);
        Self {
            is_tcp: transport == socket::Transport::Tcp,
            local: entry.local,
            remote: (entry.remote.port() != 0).then_some(entry.remote),
            state: entry.state,
            inode: entry.inode,
            unread: entry.unread,
            unsent: entry.unsent,
            backlog: None,
            dropped: entry.dropped,
            lingers,
            v6_only: None,
            interface: None,
            owner: None,
        }
    }

    /// Whether it receives from anybody: a listening one, or an unconnected one of UDP.
    pub fn is_bound(&self) -> bool {
        match self.is_tcp {
            true => self.state == 0x0A,
            false => self.state == 0x07,
        }
    }

    /// Whether it is in another network namespace.
    pub fn is_elsewhere(&self) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.is_elsewhere)
    }

    /// Whether it is bound to this port, in this network namespace.
    pub fn listens_at(&self, transport: Transport, port: u16) -> bool {
        self.is_bound()
            && self.is_tcp == (transport == Transport::Tcp)
            && self.local.port() == port
            && !self.is_elsewhere()
    }
}
