//! The present state of one stream connection.

use crate::kind::SessionKind;
use crate::peer::Peer;
use crate::traffic::Volume;

/// The state of a stream connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionState {
    pub peer: Peer,
    /// Our own address, if known.
    pub local: Option<Peer>,
    /// The kind of the session it belongs to.
    pub kind: SessionKind,
    /// The bytes that the kernel has not accepted yet.
    pub unsent: usize,
    pub received: Volume,
    pub sent: Volume,
    /// Whether the peer ended its direction (FIN).
    pub peer_finished: bool,
    /// Whether we ended our direction (FIN).
    pub write_closed: bool,
}
