//! One row of the log.

use super::Notice;
use std::net::SocketAddr;

/// Microseconds since 1970-01-01 00:00 UTC.
pub type Micros = i64;

/// What a record is, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Received,
    Sent,
    /// Something happened to the connection.
    Notice,
    /// An operation failed; takes two lines in the log.
    Failure,
}

/// A fact: bytes the kernel delivered or accepted, or an event it reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    pub time: Micros,
    pub body: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Body<'a> {
    Received { peer: SocketAddr, bytes: &'a [u8] },
    Sent { peer: SocketAddr, bytes: &'a [u8] },
    Notice(&'a Notice),
}

impl<'a> Record<'a> {
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Received { .. } => Kind::Received,
            Body::Sent { .. } => Kind::Sent,
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

    /// The far side, where there is one.
    pub fn peer(&self) -> Option<SocketAddr> {
        match self.body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => Some(peer),
            Body::Notice(notice) => notice.peer(),
        }
    }
}
