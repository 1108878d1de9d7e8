//! A front end for tests: opens a session and collects its facts. Each wait has a deadline.

use netpeer::connection_id::ConnectionId;
use netpeer::engine::{
    self, Activity, Command, ConnectionCommand, Event, SessionHandle, Setup, Target,
};
use netpeer::peer::Peer;
use netpeer::traffic::{Arrival, Automatic, Body, Failure, Micros, Notice, RecordKind};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Received(SocketAddr, Vec<u8>),
    Sent(SocketAddr, Vec<u8>),
    Notice(Notice),
    Unsent(Vec<(SocketAddr, usize)>),
    Activity(Box<Activity>),
    Recording(bool),
    RecordingWaits(bool),
    RecordingFailed(Failure),
    Closed,
}

pub struct Probe {
    pub link: SessionHandle,
    pub facts: Vec<Fact>,
    /// The replies of rules: the rule's name, and the bytes.
    pub replies: Vec<(String, Vec<u8>)>,
    /// The rows of a relay: the kind, the peer, and the other side of the relay.
    pub relayed: Vec<(RecordKind, SocketAddr, SocketAddr)>,
    /// How each datagram arrived, in the order of the facts.
    pub arrivals: Vec<Arrival>,
    /// The number of the last acknowledged message, and the numbers of those not sent.
    pub acknowledged: (u64, Vec<u64>),
    /// The kind and the time of each row.
    stamps: Vec<(RecordKind, Micros)>,
    /// The peer of each connection.
    peers: BTreeMap<ConnectionId, SocketAddr>,
    /// Open connections; for a relay, those of its clients.
    standing: Vec<ConnectionId>,
}

impl Probe {
    pub fn open(setup: Setup) -> Self {
        Self {
            link: engine::open(setup, || {}).expect("a worker"),
            facts: Vec::new(),
            replies: Vec::new(),
            relayed: Vec::new(),
            arrivals: Vec::new(),
            acknowledged: (0, Vec::new()),
            stamps: Vec::new(),
            peers: BTreeMap::new(),
            standing: Vec::new(),
        }
    }

    pub fn udp(local: &str) -> (Self, SocketAddr) {
        let mut probe = Self::open(Setup::udp(local.parse().unwrap()));
        let local = probe.until_notice(|notice| match notice {
            Notice::Bound { local, .. } => Some(*local),
            _ => None,
        });
        (probe, local.address().unwrap())
    }

    pub fn tcp_server(close_with_peer: bool) -> (Self, SocketAddr) {
        let mut probe = Self::open(Setup {
            close_with_peer,
            ..Setup::tcp_server("127.0.0.1:0".parse().unwrap())
        });
        let local = probe.until_notice(|notice| match notice {
            Notice::Listening { local } => Some(*local),
            _ => None,
        });
        (probe, local.address().unwrap())
    }

    pub fn tcp_client(remote: SocketAddr) -> Self {
        Self::open(client(remote))
    }

    pub fn send(&self, to: SocketAddr, bytes: &[u8]) {
        self.link.command(Command::send(self.target(to), bytes));
    }

    /// The open connections to this address, oldest first.
    pub fn connections(&self, peer: SocketAddr) -> Vec<ConnectionId> {
        let standing = self.standing.iter().copied();
        let is_own = |id: &ConnectionId| self.peers.get(id) == Some(&peer);
        standing.filter(is_own).collect()
    }

    /// The last connection to this address, or the address itself for datagrams.
    pub fn target(&self, peer: SocketAddr) -> Target {
        let connection = self.connections(peer).pop();
        connection.map_or(Target::Peer(peer.into()), Target::Connection)
    }

    /// Sends a command to the last connection to this address.
    pub fn command(&self, peer: SocketAddr, command: ConnectionCommand) {
        let connection = self.connections(peer).pop().expect("a connection");
        self.link.command(Command::Connection(connection, command));
    }

    pub fn send_all(&self, bytes: &[u8]) {
        self.link.command(Command::send(Target::All, bytes));
    }

    /// Collects facts until `wanted` returns a value for all of them.
    pub fn until<T>(&mut self, wanted: impl Fn(&[Fact]) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = wanted(&self.facts) {
                return found;
            }
            let event = self.link.events().recv_deadline(deadline);
            let event =
                event.unwrap_or_else(|error| panic!("{error}; facts so far: {:?}", self.brief()));
            self.take(event);
        }
    }

    /// Calls `cause`, which makes the worker report an event, until the channel is full because it
    /// is not read, and another event waits.
    pub fn stall(&self, mut cause: impl FnMut()) {
        let (events, deadline) = (self.link.events(), Instant::now() + DEADLINE);
        while !events.is_full() {
            let before = events.len();
            cause();
            while events.len() == before {
                assert!(Instant::now() < deadline, "{before} events are there");
                std::thread::yield_now();
            }
        }
        // Nothing shows that an event waits: the worker retries every ten milliseconds.
        for _ in 0..20 {
            cause();
            std::thread::sleep(Duration::from_millis(11));
        }
    }

    /// Ends the session, and the worker with it.
    pub fn ends(self) {
        let asked = Instant::now();
        self.link.join();
        let took = asked.elapsed();
        assert!(took < DEADLINE, "{took:?}");
    }

    /// Waits until the messages up to this number are acknowledged; returns the numbers of those
    /// not sent.
    pub fn until_acknowledged(&mut self, through: u64) -> Vec<u64> {
        let deadline = Instant::now() + DEADLINE;
        while self.acknowledged.0 < through {
            let event = self.link.events().recv_deadline(deadline);
            let event =
                event.unwrap_or_else(|error| panic!("{error}; facts so far: {:?}", self.brief()));
            self.take(event);
        }
        self.acknowledged.1.clone()
    }

    pub fn until_notice<T>(&mut self, wanted: impl Fn(&Notice) -> Option<T>) -> T {
        self.until(|facts| {
            facts.iter().find_map(|fact| match fact {
                Fact::Notice(notice) => wanted(notice),
                _ => None,
            })
        })
    }

    /// Waits until this many clients connected.
    pub fn until_joined(&mut self, count: usize) {
        self.until(|facts| {
            let joined = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Joined { .. }));
            (facts.iter().filter(joined).count() == count).then_some(())
        });
    }

    pub fn until_failure(&mut self) -> Failure {
        self.until_notice(|notice| match notice {
            Notice::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    }

    pub fn until_fact(&mut self, wanted: &Fact) {
        self.until(|facts| facts.contains(wanted).then_some(()));
    }

    /// Waits for a notice of automation.
    pub fn until_automatic<T>(&mut self, wanted: impl Fn(&Automatic) -> Option<T>) -> T {
        self.until_notice(|notice| match notice {
            Notice::Automatic(automatic) => wanted(automatic),
            _ => None,
        })
    }

    /// All bytes received so far from all peers.
    pub fn received(&self) -> Vec<u8> {
        let payloads = self.facts.iter().filter_map(|fact| match fact {
            Fact::Received(_, bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        payloads.collect::<Vec<_>>().concat()
    }

    /// The times of all rows of a kind.
    pub fn times(&self, kind: RecordKind) -> Vec<Micros> {
        let of_kind = self.stamps.iter().filter(|(other, _)| *other == kind);
        of_kind.map(|(_, time)| *time).collect()
    }

    pub fn take(&mut self, event: Event) {
        match event {
            Event::Rows(chunk) => {
                for position in 0..chunk.len() {
                    let record = chunk.get(position).expect("a record");
                    self.stamps.push((record.kind(), record.time));
                    if let Some(id) = record.connection {
                        self.observe(id, &record.body);
                    }
                    if let Some(rule) = record.origin.rule {
                        let reply = (rule.to_owned(), record.bytes().to_vec());
                        self.replies.push(reply);
                    }
                    if let (Some(peer), Some(other)) = (record.peer(), record.origin.other) {
                        self.relayed.push((
                            record.kind(),
                            peer.address().unwrap(),
                            other.address().unwrap(),
                        ));
                    }
                    self.facts.push(match record.body {
                        Body::Received { peer, bytes } => {
                            self.arrivals.push(record.arrival);
                            Fact::Received(peer.address().unwrap(), bytes.to_vec())
                        }
                        Body::Sent { peer, bytes } => {
                            Fact::Sent(peer.address().unwrap(), bytes.to_vec())
                        }
                        Body::Notice(notice) => Fact::Notice(notice.clone()),
                    });
                }
            }
            Event::Unsent(waiting) => {
                let waiting = waiting.into_iter();
                let waiting = waiting.map(|queued| (self.peers[&queued.connection], queued.bytes));
                self.facts.push(Fact::Unsent(waiting.collect()));
            }
            Event::Activity(activity) => self.facts.push(Fact::Activity(activity)),
            Event::Recording(path) => self.facts.push(Fact::Recording(path.is_some())),
            Event::RecordingWaits(waits) => self.facts.push(Fact::RecordingWaits(waits)),
            Event::RecordingFailed(failure) => self.facts.push(Fact::RecordingFailed(failure)),
            Event::Closed => self.facts.push(Fact::Closed),
            Event::Acknowledged(news) => {
                self.acknowledged.0 = news.through;
                self.acknowledged.1.extend(news.unsent);
            }
            Event::Delivered(_) | Event::Waited(_) => {}
        }
    }

    fn observe(&mut self, id: ConnectionId, body: &Body<'_>) {
        let peer = match body {
            Body::Received { peer, .. } | Body::Sent { peer, .. } => Some(*peer),
            Body::Notice(Notice::Automatic(automatic)) => match &**automatic {
                Automatic::ForClient { notice, .. } => notice.peer(),
                _ => None,
            },
            Body::Notice(notice) => notice.peer(),
        };
        let peer = peer.and_then(Peer::address);
        self.peers.extend(peer.map(|peer| (id, peer)));
        match body {
            Body::Notice(Notice::Joined { .. } | Notice::Connected { .. }) => {
                self.standing.push(id);
            }
            Body::Notice(
                Notice::Closed { .. } | Notice::Reset { .. } | Notice::PeerReset { .. },
            ) => self.standing.retain(|other| *other != id),
            _ => {}
        }
    }

    /// The last facts in short.
    fn brief(&self) -> Vec<String> {
        let few = self.facts.len().saturating_sub(60);
        self.facts[few..]
            .iter()
            .map(|fact| format!("{fact:?}").chars().take(120).collect())
            .collect()
    }
}

pub fn client(remote: SocketAddr) -> Setup {
    Setup {
        timeout: Duration::from_secs(5),
        ..Setup::tcp_client(remote.into())
    }
}
