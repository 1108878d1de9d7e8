//! Traffic volumes by peer and connection.

use super::Chunk;
use crate::connection_id::FarSide;
use crate::traffic::{RecordKind, Volume};

/// The volume of the payloads received from a far side, and sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub far: FarSide,
    pub received: Volume,
    pub sent: Volume,
}

impl Chunk {
    /// The volumes of the chunk by far side. A far side may be listed several times.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let of_route = |route: &super::PayloadRoute| Exchange {
            far: FarSide {
                peer: route.peer,
                connection: route.connection,
            },
            received: Volume::default(),
            sent: Volume::default(),
        };
        let mut all: Vec<Exchange> = self.routes.iter().map(of_route).collect();
        let ends = self.index.iter().skip(1).map(|next| next.start as usize);
        let ends = ends.chain([self.arena.len()]);
        for (entry, end) in self.index.iter().zip(ends) {
            let Some(exchange) = all.get_mut(entry.subject as usize) else {
                continue;
            };
            let volume = match entry.kind {
                RecordKind::Received => &mut exchange.received,
                RecordKind::Sent => &mut exchange.sent,
                // The subject of a notice is not a route.
                RecordKind::Notice | RecordKind::Failure => continue,
            };
            volume.add(end.saturating_sub(entry.start as usize));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;
    use crate::traffic::{Arrival, ChunkBuilder, Notice};

    #[test]
    fn each_far_side_has_what_it_sent_and_got() {
        let peer = |port| Peer::from(([10, 0, 0, 1], port));
        let mut rows = ChunkBuilder::default();
        rows.received(0, peer(1), b"123", Arrival::default());
        rows.notice(1, Notice::PeerFinished { peer: peer(1) });
        rows.received(2, peer(2), b"", Arrival::default());
        rows.sent(3, peer(1), b"12345");
        rows.received(4, peer(1), b"1", Arrival::default());
        let volume = |records, bytes| Volume { records, bytes };
        let found = rows.finish().exchanges();
        let found: Vec<_> = found
            .iter()
            .map(|exchange| (exchange.far.peer, exchange.received, exchange.sent))
            .collect();
        let expected = [
            (peer(1), volume(2, 4), volume(1, 5)),
            (peer(2), volume(1, 0), volume(0, 0)),
        ];
        assert_eq!(found, expected);
    }
}
