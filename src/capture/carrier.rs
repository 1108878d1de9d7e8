//! What a packet of a capture says of its record that the record itself does not.

use crate::peer::Peer;

/// The packet a record was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its end on our side.
    pub local: Peer,
    /// Whether it was a TCP segment, or of a Unix stream, and no datagram.
    pub tcp: bool,
}
