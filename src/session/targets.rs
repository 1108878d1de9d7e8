//! The possible targets of a session.

use super::{Session, SessionRole};
use crate::connection_id::{ConnectionId, FarSide};
use crate::engine::Target;
use crate::peer::Peer;

impl Session {
    /// The default destination: the sender of the last datagram, the server, or all clients. `None`
    /// for a relay, which sends only forwarded data.
    pub fn usual_target(&self) -> Option<Target> {
        match self.kind.role() {
            SessionRole::Datagrams => self.last_source.map(Target::datagram_to),
            SessionRole::Client => self
                .connections
                .keys()
                .next()
                .copied()
                .map(Target::Connection),
            SessionRole::Server => (!self.connections.is_empty()).then_some(Target::All),
            SessionRole::Relay => None,
        }
    }

    /// The peer of each open connection.
    pub fn peers(&self) -> impl Iterator<Item = Peer> {
        self.connections.values().map(|connection| connection.peer)
    }

    /// The connections of this peer; one address may have several to different local addresses.
    pub fn connections_of(&self, peer: Peer) -> impl Iterator<Item = ConnectionId> {
        let all = self.connections.iter();
        all.filter(move |(_, connection)| connection.peer == peer)
            .map(|(id, _)| *id)
    }

    /// The target of a reply to the far side of a row: its connection, or another one of the
    /// same peer if that is closed.
    pub fn target_of(&self, far: FarSide) -> Target {
        let own = far.connection;
        let open = own.filter(|id| self.connections.contains_key(id));
        let other = || self.connections_of(far.peer).next();
        let connection = open.or_else(other).or(own);
        connection.map_or(Target::Peer(far.peer), Target::Connection)
    }
}
