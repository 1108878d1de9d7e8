//! The identity of a connection: a number for each, whatever its addresses.

use crate::counter::Counter;
use crate::peer::Peer;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU64;

/// A stream connection. Its identifier is never given again in this run of the program, and
/// differs from all that were read back from a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ConnectionId(NonZeroU64);

/// The number of the last connection.
static LAST: Counter = Counter::at_start();

impl ConnectionId {
    /// A new identifier.
    pub fn next() -> Self {
        Self(NonZeroU64::new(LAST.next()).unwrap_or(NonZeroU64::MIN))
    }

    /// The identifier with this number from a log; `None` for 0, which is not used. The number
    /// is not given to a new connection.
    pub fn read(number: u64) -> Option<Self> {
        let id = Self(NonZeroU64::new(number)?);
        LAST.pass(number);
        Some(id)
    }

    pub fn number(self) -> u64 {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for ConnectionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        Self::read(number).ok_or_else(|| serde::de::Error::custom("no connection has number 0"))
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The origin or destination of bytes: a peer, and the connection if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FarSide {
    pub peer: Peer,
    pub connection: Option<ConnectionId>,
}

impl From<Peer> for FarSide {
    fn from(peer: Peer) -> Self {
        Self {
            peer,
            connection: None,
        }
    }
}

impl From<SocketAddr> for FarSide {
    fn from(address: SocketAddr) -> Self {
        Peer::from(address).into()
    }
}

impl From<(Peer, ConnectionId)> for FarSide {
    fn from((peer, connection): (Peer, ConnectionId)) -> Self {
        Self {
            peer,
            connection: Some(connection),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counter::FURTHEST;

    #[test]
    fn one_that_is_read_back_is_not_given_again() {
        let first = ConnectionId::next();
        let read = ConnectionId::read(first.number() + 1_000).unwrap();
        assert!(ConnectionId::next() > read);
        assert!(ConnectionId::next() > read);
        assert_eq!(ConnectionId::read(0), None);
        let ron = ron::to_string(&read).unwrap();
        assert_eq!(ron, read.number().to_string());
        assert_eq!(ron::from_str::<ConnectionId>(&ron).unwrap(), read);
        assert!(ron::from_str::<ConnectionId>("0").is_err());
    }

    #[test]
    fn a_number_that_nobody_gave_takes_none_away() {
        let read = ConnectionId::read(u64::MAX).unwrap();
        assert_eq!(read.number(), u64::MAX);
        assert!(ConnectionId::next().number() < FURTHEST);
    }
}
