//! The data of a captured packet that its record does not contain.

use crate::peer::Peer;

/// The packet that carried a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// The local address of the packet.
    pub local: Peer,
    /// Whether it was a TCP segment, or data of a Unix stream socket, instead of a datagram.
    pub is_stream: bool,
}
