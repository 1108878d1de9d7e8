//! Events of a connection, as data: `explain` puts them into words.

mod failure;

use super::{Automatic, RecordKind, SkipReason};
use crate::peer::Peer;
pub use failure::{
    Cause, Failure, FilePlace, FileProblem, LossPlace, NameProblem, Operation, PortOwner, Reach,
    UndeliveredReason,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An event of a connection, logged in order with the bytes around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// A UDP socket is bound. `receive_buffer` is the size the kernel granted and `asked` the
    /// size requested, both in bytes.
    Bound {
        local: Peer,
        receive_buffer: usize,
        asked: usize,
    },
    /// A TCP server accepts connections.
    Listening {
        local: Peer,
    },
    /// A host name was resolved.
    Resolved {
        host: String,
        addresses: Vec<IpAddr>,
    },
    /// A TCP client started to connect.
    Connecting {
        remote: Peer,
    },
    /// The user cancelled the attempt before the connection was established.
    Cancelled {
        remote: Peer,
    },
    /// A TCP client's connection is established.
    Connected {
        peer: Peer,
        local: Peer,
    },
    /// A TCP server accepted a client.
    Joined {
        peer: Peer,
    },
    /// The peer ended its sending direction (FIN).
    PeerFinished {
        peer: Peer,
    },
    /// The peer reset the connection (RST); `unsent` bytes were still queued.
    PeerReset {
        peer: Peer,
        unsent: usize,
    },
    /// We ended our sending direction (FIN); the other direction stays open.
    WriteClosed {
        peer: Peer,
    },
    /// We closed the connection; `unsent` bytes were still queued.
    Closed {
        peer: Peer,
        unsent: usize,
    },
    /// A multicast group was joined on an interface.
    GroupJoined {
        group: IpAddr,
        interface: String,
    },
    GroupLeft {
        group: IpAddr,
        interface: String,
    },
    /// The user closed the session's socket; `unsent` datagrams were still queued.
    Unbound {
        local: Peer,
        unsent: usize,
    },
    /// All of a file was handed over: the kernel accepted `bytes` in `blocks` datagrams or writes.
    /// `refused` further blocks were not sent, or not to every receiver.
    FileSent {
        path: String,
        bytes: u64,
        blocks: u64,
        millis: u64,
        #[serde(default)]
        refused: u64,
    },
    /// The sending of a file ended after `bytes` of its `length`: the user cancelled it, or the
    /// connection or the session ended.
    FileCancelled {
        path: String,
        bytes: u64,
        length: u64,
    },
    /// A capture file was opened. `records` were read and `skipped` packets were not; `others`
    /// counts the skipped ones by reason, where the reason is known.
    FileRead {
        path: String,
        records: u64,
        skipped: u64,
        #[serde(default)]
        others: Vec<(SkipReason, u64)>,
    },
    /// A capture lacks `bytes` of a TCP stream here, in the direction of the peer's or, if not
    /// `inward`, of our data.
    NotCaptured {
        peer: Peer,
        inward: bool,
        bytes: u64,
    },
    /// An action that the program took, or suppressed, by itself.
    Automatic(Box<Automatic>),
    /// We reset the connection (RST); `unsent` bytes were still queued.
    Reset {
        peer: Peer,
        unsent: usize,
    },
    Failed(Failure),
}

impl Notice {
    pub fn kind(&self) -> RecordKind {
        if matches!(self, Self::Failed(_)) {
            RecordKind::Failure
        } else {
            RecordKind::Notice
        }
    }

    /// The address the notice is about: the peer, or the local address for a bound, listening
    /// or closed socket. `None` if it names none.
    pub fn peer(&self) -> Option<Peer> {
        match *self {
            Self::Bound { local, .. } | Self::Listening { local } | Self::Unbound { local, .. } => {
                Some(local)
            }
            Self::Connecting { remote: peer }
            | Self::Cancelled { remote: peer }
            | Self::Connected { peer, .. }
            | Self::Joined { peer }
            | Self::PeerFinished { peer }
            | Self::PeerReset { peer, .. }
            | Self::WriteClosed { peer }
            | Self::Closed { peer, .. }
            | Self::NotCaptured { peer, .. }
            | Self::Reset { peer, .. } => Some(peer),
            Self::Automatic(ref automatic) => automatic.peer(),
            Self::Resolved { .. }
            | Self::FileSent { .. }
            | Self::FileCancelled { .. }
            | Self::FileRead { .. }
            | Self::GroupJoined { .. }
            | Self::GroupLeft { .. }
            | Self::Failed(_) => None,
        }
    }
}
