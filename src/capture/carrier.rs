//! The data of a captured packet that its record does not contain.

use crate::peer::Peer;
use crate::traffic::{Body, Notice, Record};

/// The packet that carried a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// The local address of the packet.
    pub local: Peer,
    /// Whether it was a TCP segment, or data of a Unix stream socket, instead of a datagram.
    pub is_stream: bool,
}

/// Whether a record is part of a stream, instead of a datagram: as its packet says, otherwise as the
/// notices so far do, which `is_stream` keeps from one record to the next.
pub fn is_in_stream(record: &Record<'_>, carrier: Option<Carrier>, is_stream: &mut bool) -> bool {
    match record.body {
        Body::Notice(Notice::Bound { .. }) => *is_stream = false,
        Body::Notice(
            Notice::Listening { .. } | Notice::Connected { .. } | Notice::Joined { .. },
        ) => *is_stream = true,
        _ => {}
    }
    match carrier {
        Some(carrier) => carrier.is_stream,
        None => *is_stream && !record.arrival.is_datagram(),
    }
}
