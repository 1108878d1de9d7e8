//! All a face knows of one connection, changed only by [`Session::apply`].
//!
//! A session is a fold over the worker's events: its state, its peers and its counters
//! follow from the rows, so that nothing shown here can disagree with the log.

use crate::net::{Doing, Endpoint, Event, Setup};
use crate::traffic::{Cause, Failure, Log, Notice, Rates, Totals};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

#[derive(Debug, Default)]
pub struct Session {
    pub log: Log,
    pub totals: Totals,
    pub rates: Rates,
    state: State,
    kind: Kind,
    /// The far side a TCP client was told to connect to.
    remote: Option<Endpoint>,
    local: Option<SocketAddr>,
    peers: BTreeMap<SocketAddr, Peer>,
    groups: Vec<(IpAddr, String)>,
    last_source: Option<SocketAddr>,
    failure: Option<Failure>,
    doing: Doing,
    recording: bool,
}

/// Where the connection is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Closed,
    /// Asked for, not there yet.
    Opening,
    Open,
    /// Told to stop, not gone yet.
    Closing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    #[default]
    Udp,
    TcpClient,
    TcpServer,
}

/// A TCP connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Connections from this address; more than one only to different addresses of ours.
    pub connections: usize,
    /// Bytes the kernel has not taken yet.
    pub unsent: usize,
    /// The peer ended its direction.
    pub peer_finished: bool,
    /// We ended ours.
    pub write_closed: bool,
}

impl Session {
    /// A connection was asked for. What was known of the last one is forgotten; its
    /// rows and counters stay.
    pub fn opening(&mut self, setup: &Setup) {
        let (kind, remote) = match setup {
            Setup::Udp { .. } => (Kind::Udp, None),
            Setup::TcpClient { remote, .. } => (Kind::TcpClient, Some(remote.clone())),
            Setup::TcpServer { .. } => (Kind::TcpServer, None),
        };
        self.forget();
        self.failure = None;
        (self.state, self.kind, self.remote) = (State::Opening, kind, remote);
    }

    /// The worker was told to stop.
    pub fn closing(&mut self) {
        if self.state != State::Closed {
            self.state = State::Closing;
        }
    }

    /// Takes a fact in, which came in this second of the program's life.
    pub fn apply_at(&mut self, event: Event, second: u64) {
        let before = self.totals;
        self.apply(event);
        self.rates.add(second, &before, &self.totals);
    }

    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Rows(chunk) => {
                for notice in chunk.notices() {
                    self.note(notice);
                }
                self.last_source = chunk.last_source().or(self.last_source);
                self.totals.received = self.totals.received + chunk.received();
                self.totals.sent = self.totals.sent + chunk.sent();
                self.totals.truncated += chunk.truncated();
                self.totals.evicted += self.log.push(chunk);
            }
            Event::Waited(time) => {
                self.totals.waits += 1;
                self.totals.waited += time;
            }
            Event::Unsent(waiting) => {
                self.peers.values_mut().for_each(|peer| peer.unsent = 0);
                for (address, unsent) in waiting {
                    if let Some(peer) = self.peers.get_mut(&address) {
                        peer.unsent = unsent;
                    }
                }
            }
            Event::Doing(doing) => self.doing = doing,
            Event::Recording(on) => self.recording = on,
            Event::RecordingFailed(_) => self.recording = false,
            Event::Closed => {
                self.state = State::Closed;
                self.forget();
            }
        }
    }

    /// Limits the memory of the log; what has to go for it is counted.
    pub fn set_log_budget(&mut self, budget: usize) {
        self.totals.evicted += self.log.set_budget(budget);
    }

    pub fn reset_counters(&mut self) {
        self.totals = Totals::default();
    }

    pub fn state(&self) -> State {
        self.state
    }

    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where the socket is bound, while it is.
    pub fn local(&self) -> Option<SocketAddr> {
        self.local
    }

    pub fn remote(&self) -> Option<&Endpoint> {
        self.remote.as_ref()
    }

    pub fn peers(&self) -> &BTreeMap<SocketAddr, Peer> {
        &self.peers
    }

    /// Multicast groups joined, with the name of the interface.
    pub fn groups(&self) -> &[(IpAddr, String)] {
        &self.groups
    }

    /// Whether what happens is written to a file too.
    pub fn is_recording(&self) -> bool {
        self.recording
    }

    /// What the worker does by itself.
    pub fn doing(&self) -> &Doing {
        &self.doing
    }

    /// Who sent the last datagram received.
    pub fn last_source(&self) -> Option<SocketAddr> {
        self.last_source
    }

    /// Why the last attempt to open did not succeed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::Bound { local, .. } | Notice::Listening { local } => self.stands(*local),
            Notice::Connected { peer, local } => {
                self.stands(*local);
                self.join(*peer);
            }
            Notice::Joined { peer } => self.join(*peer),
            Notice::PeerFinished { peer } => self.change(*peer, |peer| peer.peer_finished = true),
            Notice::WriteClosed { peer } => self.change(*peer, |peer| peer.write_closed = true),
            Notice::PeerReset { peer, .. } | Notice::Closed { peer, .. } => self.leave(*peer),
            Notice::GroupJoined { group, interface } => {
                self.groups.push((*group, interface.clone()))
            }
            Notice::GroupLeft { group, interface } => {
                self.groups
                    .retain(|(joined, on)| (joined, on) != (group, interface));
            }
            Notice::Failed(Failure {
                cause: Cause::Dropped {
                    count, at_least, ..
                },
                ..
            }) => {
                self.totals.dropped += count;
                self.totals.dropped_at_least |= at_least;
            }
            Notice::Failed(failure) if self.state == State::Opening => {
                self.failure = Some(failure.clone())
            }
            Notice::Resolved { .. }
            | Notice::Connecting { .. }
            | Notice::Cancelled { .. }
            | Notice::Unbound { .. }
            | Notice::FileSent { .. }
            | Notice::FileCancelled { .. }
            | Notice::FileRead { .. }
            | Notice::Failed(_) => {}
        }
    }

    fn join(&mut self, peer: SocketAddr) {
        let peer = self.peers.entry(peer).or_default();
        *peer = Peer {
            connections: peer.connections + 1,
            ..Peer::default()
        };
    }

    fn leave(&mut self, peer: SocketAddr) {
        let left = self.peers.get_mut(&peer).map(|peer| {
            peer.connections = peer.connections.saturating_sub(1);
            peer.connections
        });
        if left == Some(0) {
            self.peers.remove(&peer);
        }
    }

    fn stands(&mut self, local: SocketAddr) {
        if self.state == State::Opening {
            self.state = State::Open;
        }
        self.failure = None;
        self.local = Some(local);
    }

    fn change(&mut self, peer: SocketAddr, change: impl FnOnce(&mut Peer)) {
        if let Some(peer) = self.peers.get_mut(&peer) {
            change(peer);
        }
    }

    fn forget(&mut self) {
        self.local = None;
        self.doing = Doing::default();
        self.recording = false;
        self.peers.clear();
        self.groups.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Cause, ChunkBuilder, Operation, Volume};
    use std::sync::Arc;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn rows(write: impl FnOnce(&mut ChunkBuilder)) -> Event {
        let mut builder = ChunkBuilder::default();
        write(&mut builder);
        Event::Rows(Arc::new(builder.finish()))
    }

    fn server() -> Session {
        let mut session = Session::default();
        session.opening(&Setup::TcpServer {
            local: address(0),
            close_with_peer: true,
        });
        session.apply(rows(|chunk| {
            chunk.notice(
                0,
                Notice::Listening {
                    local: address(9000),
                },
            )
        }));
        session
    }

    #[test]
    fn a_session_opens_when_its_socket_stands_and_closes_when_it_is_gone() {
        let mut session = Session::default();
        session.opening(&Setup::udp(address(0)));
        assert_eq!(session.state(), State::Opening);
        session.apply(rows(|chunk| {
            chunk.notice(
                0,
                Notice::Bound {
                    local: address(8080),
                    receive_buffer: 1,
                    asked: 1,
                },
            )
        }));
        assert_eq!(
            (session.state(), session.local()),
            (State::Open, Some(address(8080)))
        );
        session.closing();
        session.apply(Event::Closed);
        assert_eq!((session.state(), session.local()), (State::Closed, None));
        assert_eq!(session.log.count().rows(), 1);
    }

    #[test]
    fn peers_come_and_go_with_their_rows() {
        let mut session = server();
        session.apply(rows(|chunk| {
            chunk.notice(1, Notice::Joined { peer: address(1) });
            chunk.notice(2, Notice::Joined { peer: address(2) });
            chunk.notice(3, Notice::PeerFinished { peer: address(1) });
            chunk.notice(
                4,
                Notice::PeerReset {
                    peer: address(2),
                    unsent: 0,
                },
            );
        }));
        assert_eq!(session.peers().len(), 1);
        assert!(session.peers()[&address(1)].peer_finished);
        session.apply(Event::Unsent(vec![(address(1), 77)]));
        assert_eq!(session.peers()[&address(1)].unsent, 77);
        session.apply(Event::Unsent(vec![]));
        assert_eq!(session.peers()[&address(1)].unsent, 0);
    }

    #[test]
    fn counters_count_and_are_reset_while_the_log_stays() {
        let mut session = server();
        session.apply(rows(|chunk| {
            chunk.received(1, address(1), b"12345", crate::traffic::Arrival::default());
            chunk.sent(2, address(1), b"123");
        }));
        assert_eq!(
            session.totals.received,
            Volume {
                records: 1,
                bytes: 5
            }
        );
        assert_eq!(
            session.totals.sent,
            Volume {
                records: 1,
                bytes: 3
            }
        );
        assert_eq!(session.last_source(), Some(address(1)));
        session.reset_counters();
        assert_eq!(session.totals, Totals::default());
        assert_eq!(session.log.count().received, 1);
    }

    #[test]
    fn what_kept_it_from_opening_is_remembered() {
        let failure = Failure {
            operation: Operation::Bind,
            address: "a".into(),
            cause: Cause::System { code: 1 },
        };
        let mut session = Session::default();
        session.opening(&Setup::udp(address(80)));
        session.apply(rows(|chunk| {
            chunk.notice(0, Notice::Failed(failure.clone()))
        }));
        session.apply(Event::Closed);
        assert_eq!(session.failure(), Some(&failure));
        session.opening(&Setup::udp(address(80)));
        assert_eq!(session.failure(), None);
    }

    #[test]
    fn what_a_smaller_budget_evicts_is_counted() {
        let mut session = server();
        for time in 0..20 {
            session.apply(rows(|chunk| {
                chunk.received(
                    time,
                    address(1),
                    &[0; 100_000],
                    crate::traffic::Arrival::default(),
                )
            }));
        }
        session.set_log_budget(1 << 20);
        assert!(session.totals.evicted > 0);
        assert_eq!(session.log.rows().start, session.totals.evicted);
    }
}
