//! One stream connection, as it is now.

use crate::kind::Kind;
use crate::peer::Peer;
use crate::traffic::Volume;

/// A stream connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionState {
    pub peer: Peer,
    /// Our own address, where it is known.
    pub local: Option<Peer>,
    /// The kind of session it is of.
    pub kind: Kind,
    /// Bytes the kernel has not taken yet.
    pub unsent: usize,
    pub received: Volume,
    pub sent: Volume,
    /// The peer ended its direction.
    pub peer_finished: bool,
    /// We ended ours.
    pub write_closed: bool,
}
