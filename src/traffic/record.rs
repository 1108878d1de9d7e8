//! One row of the log.

use super::{Notice, RecordKind};
use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;
use std::net::IpAddr;
use std::sync::Arc;

/// Microseconds since 1970-01-01 00:00 UTC.
pub type Micros = i64;

/// A fact: bytes the kernel delivered or accepted, or an event it reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    pub time: Micros,
    pub body: Body<'a>,
    /// The connection its bytes came or went by, or that it is about.
    pub connection: Option<ConnectionId>,
    /// Our own address, where it says that a client was accepted there.
    pub local: Option<Peer>,
    pub arrival: Arrival,
    pub origin: RecordOrigin<'a>,
}

/// Why bytes went out that nobody typed, and between whom they were passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordOrigin<'a> {
    /// The name of the rule that caused it.
    pub rule: Option<&'a str>,
    /// The other end of a relay: for whom it was passed on, or to whom it will be.
    pub other: Option<Peer>,
}

/// A datagram that came out of a simulated network: what the program gets of one that was
/// received, which [`Chunk::is_impaired`](super::Chunk::is_impaired) tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub time: Micros,
    pub peer: Peer,
    pub bytes: Arc<[u8]>,
}

/// What the kernel tells of a datagram besides its bytes and its sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The address it was sent to, and the number of the interface it came by: shows
    /// whether it was unicast, broadcast or multicast.
    pub destination: Option<(IpAddr, u32)>,
    /// Whether the row's time is when it reached the kernel, not when it was read.
    pub kernel_time: bool,
    /// Whether only its beginning is there.
    pub truncated: bool,
    /// The length of a truncated one in bytes, where it is known.
    pub whole: Option<u32>,
}

impl Arrival {
    /// Whether it surely is a datagram, which is whole: only of a received one is it known
    /// where it was sent.
    pub fn is_datagram(&self) -> bool {
        self.destination.is_some()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body<'a> {
    Received { peer: Peer, bytes: &'a [u8] },
    Sent { peer: Peer, bytes: &'a [u8] },
    Notice(&'a Notice),
}

impl<'a> Record<'a> {
    /// One of which nothing else is known.
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

    /// The payload; empty for a notice.
    pub fn bytes(&self) -> &'a [u8] {
        match self.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => bytes,
            Body::Notice(_) => &[],
        }
    }

    /// Whom its bytes came from or went to, and by which connection; `None` for a notice.
    pub fn far(&self) -> Option<FarSide> {
        let connection = self.connection;
        match self.body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => {
                Some(FarSide { peer, connection })
            }
            Body::Notice(_) => None,
        }
    }

    /// The far side, where there is one.
    pub fn peer(&self) -> Option<Peer> {
        match self.body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => Some(peer),
            Body::Notice(notice) => notice.peer(),
        }
    }
}
