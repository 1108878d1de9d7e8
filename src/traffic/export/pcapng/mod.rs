//! The log as a capture Wireshark opens (draft-ietf-opsawg-pcapng).
//!
//! The kernel gave us payloads, not packets: the IP, UDP and TCP headers around them are
//! made up, with the true addresses, ports, lengths and checksums, and for TCP with
//! sequence numbers that make one stream of what was read and written. Notices of a TCP
//! connection become its handshake and its end; others are left out.

mod block;
mod connection;
mod local;
mod packet;
mod remark;
mod tail;

pub(in crate::traffic) use block::push_head;
pub(in crate::traffic) use remark::Remark;
pub(in crate::traffic) use tail::ends_whole;

use crate::traffic::{Body, Micros, Notice, Record};
use connection::Connection;
use local::Local;
use packet::{Direction, Route, Segment};
use std::collections::HashMap;
use std::net::SocketAddr;

/// What is known of our own address and of the connections that stand.
pub(super) struct Capture {
    local: Local,
    tcp: bool,
    connections: HashMap<SocketAddr, Connection>,
    /// Connections so far: each begins with a sequence number of its own.
    opened: u32,
}

impl Capture {
    /// `before` is how many bytes of a capture this one follows.
    pub(super) fn new(local: Option<SocketAddr>, tcp: bool, before: u64) -> Self {
        Self {
            local: Local::new(local),
            tcp,
            connections: HashMap::new(),
            // A connection takes far more than a word of the file, so that none of those
            // before began with the same number.
            opened: (before / 4) as u32,
        }
    }

    /// Where the session stands by now, and whether on TCP.
    pub(super) fn standing(&self) -> (Option<SocketAddr>, bool) {
        (self.local.bound(), self.tcp)
    }

    /// Takes in what a notice tells, without writing it.
    pub(super) fn note(&mut self, notice: &Notice) {
        match *notice {
            Notice::Bound { local, .. } | Notice::Listening { local } => {
                self.tcp = matches!(notice, Notice::Listening { .. });
                self.local = Local::new(Some(local));
                self.connections.clear();
            }
            Notice::Connected { peer, local } => {
                self.tcp = true;
                self.local = Local::new(Some(local));
                self.open(peer);
            }
            Notice::Joined { peer } => {
                self.tcp = true;
                self.open(peer);
            }
            Notice::Closed { peer, .. }
            | Notice::PeerReset { peer, .. }
            | Notice::Reset { peer, .. } => {
                self.connections.remove(&peer);
            }
            _ => {}
        }
    }

    /// Appends the packets a record becomes; none for a notice that is no packet's work.
    pub(super) fn push(&mut self, out: &mut Vec<u8>, record: &Record<'_>) {
        match record.body {
            Body::Received { peer, bytes } if self.tcp => {
                let connection = self.connection(peer);
                connection.carry(out, record, bytes, Direction::In);
            }
            Body::Sent { peer, bytes } if self.tcp => {
                let connection = self.connection(peer);
                connection.carry(out, record, bytes, Direction::Out);
            }
            Body::Received { peer, bytes } => {
                let local = self.local.receiving(peer, record.arrival.destination);
                datagram(out, record, Route { local, peer }, Direction::In, bytes);
            }
            Body::Sent { peer, bytes } => {
                let local = self.local.sending(peer);
                datagram(out, record, Route { local, peer }, Direction::Out, bytes);
            }
            Body::Notice(notice) => self.push_notice(out, record.time, notice),
        }
    }

    fn push_notice(&mut self, out: &mut Vec<u8>, time: Micros, notice: &Notice) {
        match *notice {
            Notice::Connected { peer, .. } => {
                self.note(notice);
                self.connection(peer).shake_hands(out, time, Direction::Out);
            }
            Notice::Joined { peer } => {
                self.note(notice);
                self.connection(peer).shake_hands(out, time, Direction::In);
            }
            Notice::PeerFinished { peer } => {
                self.connection(peer).finish(out, time, Direction::In);
            }
            Notice::WriteClosed { peer } => {
                self.connection(peer).finish(out, time, Direction::Out);
            }
            Notice::PeerReset { peer, .. } => {
                self.connection(peer).reset(out, time, Direction::In);
                self.connections.remove(&peer);
            }
            Notice::Reset { peer, .. } => {
                self.connection(peer).reset(out, time, Direction::Out);
                self.connections.remove(&peer);
            }
            Notice::Closed { peer, .. } => {
                if let Some(mut connection) = self.connections.remove(&peer) {
                    connection.close(out, time);
                }
            }
            _ => self.note(notice),
        }
    }

    /// The peer's connection; one of which the log does not have the beginning is in the
    /// middle of its stream.
    fn connection(&mut self, peer: SocketAddr) -> &mut Connection {
        let (local, opened) = (&self.local, &mut self.opened);
        self.connections
            .entry(peer)
            .or_insert_with(|| begin(local, opened, peer))
    }

    fn open(&mut self, peer: SocketAddr) {
        let connection = begin(&self.local, &mut self.opened, peer);
        self.connections.insert(peer, connection);
    }
}

fn begin(local: &Local, opened: &mut u32, peer: SocketAddr) -> Connection {
    let local = local.sending(peer);
    *opened = opened.wrapping_add(1);
    // Far apart, so that Wireshark sees a new stream where a port is used again.
    let first = opened.wrapping_mul(0x1000_0193);
    Connection::new(Route { local, peer }, first)
}

/// A UDP datagram, or several of one record that is longer than one can be.
fn datagram(
    out: &mut Vec<u8>,
    record: &Record<'_>,
    route: Route,
    direction: Direction,
    bytes: &[u8],
) {
    for (remark, part) in Remark::parts(record, route.peer, bytes, route.room(8)) {
        block::push(out, record.time, direction, remark, |out| {
            packet::push_udp(out, route, direction, part);
        });
    }
}

/// A TCP segment as a block of its own.
fn segment(out: &mut Vec<u8>, time: Micros, route: Route, remark: Remark, segment: &Segment<'_>) {
    block::push(out, time, segment.direction, remark, |out| {
        packet::push_tcp(out, route, segment);
    });
}

#[cfg(test)]
mod tests;
