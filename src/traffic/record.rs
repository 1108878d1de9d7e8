//! A record: one row of the log.

use super::{Notice, RecordKind};
use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;

/// Microseconds since 1970-01-01 00:00 UTC.
pub type Micros = i64;

/// A fact: bytes that the kernel delivered or accepted, or an event that it reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    pub time: Micros,
    pub body: Body<'a>,
    /// The connection that carried the bytes, or that the notice is about.
    pub connection: Option<ConnectionId>,
    /// Our own address, in the notice that a client was accepted.
    pub local: Option<Peer>,
    pub arrival: Arrival,
    pub origin: RecordOrigin<'a>,
}

/// Why bytes were sent without a click, and for which peer a relay forwards them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordOrigin<'a> {
    /// The name of the rule that caused the record.
    pub rule: Option<&'a str>,
    /// The peer on the other side of a relay: the origin of forwarded bytes, or their destination.
    pub other: Option<Peer>,
}

/// A datagram as it leaves the simulated network. The program receives it in place of the original,
/// which [`Chunk::is_impaired`](super::Chunk::is_impaired) marks.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveredDatagram {
    pub time: Micros,
    pub peer: Peer,
    pub bytes: Arc<[u8]>,
}

/// Where a received datagram was sent to. It is written as a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(IpAddr, u32)", into = "(IpAddr, u32)")]
pub struct Destination {
    /// Shows whether the datagram was unicast, broadcast or multicast.
    pub ip: IpAddr,
    /// The index of the interface it arrived on; 0 if unknown.
    pub interface: u32,
}

impl From<(IpAddr, u32)> for Destination {
    fn from((ip, interface): (IpAddr, u32)) -> Self {
        Self { ip, interface }
    }
}

impl From<Destination> for (IpAddr, u32) {
    fn from(destination: Destination) -> Self {
        (destination.ip, destination.interface)
    }
}

/// The kernel's metadata of a datagram besides its sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub destination: Option<Destination>,
    /// Whether the record's time is the kernel's receive timestamp, instead of the time of the
    /// read.
    pub kernel_time: bool,
    /// Whether the datagram is truncated.
    pub truncated: bool,
    /// The length of a truncated datagram in bytes, where it is known.
    pub whole: Option<u32>,
}

impl Arrival {
    /// Whether the record is certainly a whole datagram: the destination is known only of
    /// received datagrams.
    pub fn is_datagram(&self) -> bool {
        self.destination.is_some()
    }
}

/// The content of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body<'a> {
    Received { peer: Peer, bytes: &'a [u8] },
    Sent { peer: Peer, bytes: &'a [u8] },
    Notice(&'a Notice),
}

impl<'a> Record<'a> {
    /// A record without connection, arrival data or origin.
    pub fn new(time: Micros, body: Body<'a>) -> Self {
        Self {
            time,
            body,
            connection: None,
            local: None,
            arrival: Arrival::default(),
            origin: RecordOrigin::default(),
        }
    }

    pub fn kind(&self) -> RecordKind {
        match self.body {
            Body::Received { .. } => RecordKind::Received,
            Body::Sent { .. } => RecordKind::Sent,
            Body::Notice(notice) => notice.kind(),
        }
    }

    /// The same record with these bytes as its payload. A notice stays as it is.
    #[must_use]
    pub fn with_bytes<'b>(self, bytes: &'b [u8]) -> Record<'b>
    where
        'a: 'b,
    {
        let body = match self.body {
            Body::Received { peer, .. } => Body::Received { peer, bytes },
            Body::Sent { peer, .. } => Body::Sent { peer, bytes },
            Body::Notice(notice) => Body::Notice(notice),
        };
        Record { body, ..self }
    }

    /// The payload; empty for a notice.
    pub fn bytes(&self) -> &'a [u8] {
        match self.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => bytes,
            Body::Notice(_) => &[],
        }
    }

    /// The peer and the connection of the bytes; `None` for a notice.
    pub fn far(&self) -> Option<FarSide> {
        let connection = self.connection;
        match self.body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => {
                Some(FarSide { peer, connection })
            }
            Body::Notice(_) => None,
        }
    }

    /// The peer of the bytes, or the address that the notice is about.
    pub fn peer(&self) -> Option<Peer> {
        match self.body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => Some(peer),
            Body::Notice(notice) => notice.peer(),
        }
    }
}
