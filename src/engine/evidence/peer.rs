//! The far end: whether it listens, reads and answers.

mod connect;
#[cfg(target_os = "linux")]
mod connections;
mod probe;
mod sample;

pub use connect::CONNECT_PATIENCE;
pub use probe::PeerProbe;
pub use sample::{ConnectionSample, WaitingConnection};

use super::reports::Report;
use super::{Question, Seen, SessionFacts, Transport, Unseen};
use crate::engine::sys::endpoint::{canonical, reached};
use crate::engine::sys::interfaces::Interfaces;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerFacts {
    /// Whether the target is an address of this machine: its sockets are in the local facts then.
    pub is_here: bool,
    /// TCP_INFO of the session's connections (tcp(7)), by the far end; none for datagrams.
    pub connections: Seen<Vec<ConnectionFacts>>,
    /// What a connection to the target gave, if it was tried.
    pub connect: Seen<ConnectOutcome>,
    /// What the far end says first on a connection, without being spoken to.
    pub greeting: Seen<Vec<u8>>,
    /// Whether the target answers a TLS hello in TLS; asked of a server that ended a connection
    /// after plain bytes only.
    #[serde(default = "not_asked")]
    pub speaks_tls: Seen<bool>,
    /// Whether a connection to the port of a target of datagrams was accepted: its program may listen
    /// by TCP.
    #[serde(default = "not_asked")]
    pub accepts_tcp: Seen<bool>,
}

fn not_asked() -> Seen<bool> {
    Unseen::NotAsked.into()
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFacts {
    pub local: SocketAddr,
    pub peer: SocketAddr,
    pub state: u8,
    /// Bytes that are received and not read by us.
    pub unread: u64,
    /// Bytes that are sent and not acknowledged, and those that wait to be sent, together.
    pub queued: u64,
    /// Bytes that wait to be sent; `None` if the kernel does not say it.
    pub unsent: Option<u64>,
    /// The room that the peer has announced, in bytes; `None` if the kernel does not say it.
    pub window: Option<u64>,
    /// Bytes that were acknowledged so far; `None` if the kernel does not say it.
    #[serde(default)]
    pub acknowledged: Option<u64>,
    /// Bytes that the peer acknowledged, or read, until a second look a second later; `None` without
    /// one.
    #[serde(default)]
    pub progress: Option<u64>,
    /// The largest segment in bytes.
    pub mss: u32,
    /// Probes of a closed window that are unanswered, and retransmissions in a row.
    pub probes: u32,
    pub retransmits: u32,
    pub total_retransmits: u32,
    /// Milliseconds since data last came and was last acknowledged.
    pub last_received_ms: u32,
    pub last_acknowledged_ms: u32,
    /// Smoothed round trip time and its mean deviation (RFC 6298 §2), in microseconds.
    pub rtt_us: u32,
    #[serde(default)]
    pub rtt_deviation_us: u32,
    /// The congestion window in segments (RFC 5681 §2).
    #[serde(default)]
    pub congestion_window: u32,
}

impl ConnectionFacts {
    /// Bytes that are sent and not acknowledged; `None` if the kernel tells only [`queued`].
    ///
    /// [`queued`]: Self::queued
    pub fn unacknowledged(&self) -> Option<u64> {
        // Both are read one after the other.
        Some(self.queued.saturating_sub(self.unsent?))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectOutcome {
    Connected,
    /// Nobody listens (RST).
    Refused,
    /// Nothing came back within [`CONNECT_PATIENCE`].
    Silent,
    /// An error number of the system (errno(3)).
    Failed(i32),
}

impl PeerFacts {
    /// Reads what this machine knows, and waits for the probe; also returns the errors that
    /// machines reported to it.
    pub fn gather(
        question: &Question,
        session: Option<&SessionFacts>,
        probe: PeerProbe,
        until: Instant,
    ) -> (Self, Vec<Report>) {
        let connections = match question.transport() {
            Transport::Tcp => connections_of(&pairs(question, session), until),
            Transport::Udp => Seen::Known(Vec::new()),
        };
        let found = probe.finish(until);
        let is_here = question.to().map(reached).is_some_and(is_here);
        let look = |ends: &[Ends]| connections_of(ends, until);
        let facts = Self {
            is_here,
            connections: watched(connections, is_here, look, until),
            connect: found.attempt.outcome,
            greeting: found.attempt.greeting,
            speaks_tls: found.speaks_tls,
            accepts_tcp: found.accepts_tcp,
        };
        (facts, found.attempt.reports)
    }
}

impl<T> From<Unseen> for Seen<T> {
    fn from(reason: Unseen) -> Self {
        Self::Unseen(reason)
    }
}

/// The time in which a peer that reads slowly reads something.
const SLOW: Duration = Duration::from_millis(1_100);

/// The two ends of a connection, ours first.
type Ends = (SocketAddr, SocketAddr);

/// Adds [`progress`](ConnectionFacts::progress) to connections whose peer may not read: a second look
/// tells a peer that reads slowly from one that does not. It is taken only where the peer has unread
/// bytes, which its own end shows on this machine, or no room for the bytes that wait here.
fn watched(
    first: Seen<Vec<ConnectionFacts>>,
    is_here: bool,
    read: impl Fn(&[Ends]) -> Seen<Vec<ConnectionFacts>>,
    until: Instant,
) -> Seen<Vec<ConnectionFacts>> {
    let Seen::Known(mut all) = first else {
        return first;
    };
    let ends: Vec<Ends> = all.iter().map(|one| (one.local, one.peer)).collect();
    // What the other ends on this machine have not read, by our ends.
    let unread = |ends: &[Ends]| -> BTreeMap<Ends, u64> {
        let others: Vec<Ends> = ends.iter().map(|&(local, peer)| (peer, local)).collect();
        let found = is_here.then(|| read(&others));
        let found = found.iter().filter_map(Seen::known).flatten();
        found
            .map(|one| ((one.peer, one.local), one.unread))
            .collect()
    };
    let before = unread(&ends);
    let is_busy = |one: &&ConnectionFacts| {
        let is_full = one.queued > 0 && one.window.is_some_and(|room| room < one.mss.into());
        is_full
            || before
                .get(&(one.local, one.peer))
                .is_some_and(|&unread| unread > 0)
    };
    let busy: Vec<Ends> = all
        .iter()
        .filter(is_busy)
        .map(|one| (one.local, one.peer))
        .collect();
    if busy.is_empty() || Instant::now() + SLOW >= until {
        return Seen::Known(all);
    }
    std::thread::sleep(SLOW);
    let (Seen::Known(later), after) = (read(&busy), unread(&busy)) else {
        return Seen::Known(all);
    };
    for one in &mut all {
        let ends = (one.local, one.peer);
        let again = later.iter().find(|again| (again.local, again.peer) == ends);
        let acknowledged =
            again.and_then(|again| again.acknowledged?.checked_sub(one.acknowledged?));
        let read = before.get(&ends).zip(after.get(&ends));
        let read = read.map(|(before, after)| before.saturating_sub(*after));
        one.progress = [acknowledged, read].into_iter().flatten().reduce(u64::max);
    }
    Seen::Known(all)
}

fn is_here(to: SocketAddr) -> bool {
    to.ip().is_loopback() || Interfaces::read().iter().any(|own| own.ip == to.ip())
}

/// The two ends of each connection in question, ours first.
fn pairs(question: &Question, session: Option<&SessionFacts>) -> Vec<(SocketAddr, SocketAddr)> {
    let asked = question.local().zip(question.to());
    let open = session.map_or(&[][..], |session| session.connections.as_slice());
    let open = open.iter().filter_map(|open| {
        let local = open.local.or(question.local())?;
        Some((local, open.peer))
    });
    let mut all: Vec<_> = open
        .chain(asked)
        .map(|(local, peer)| (canonical(local), canonical(peer)))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(target_os = "linux")]
fn connections_of(
    pairs: &[(SocketAddr, SocketAddr)],
    until: Instant,
) -> Seen<Vec<ConnectionFacts>> {
    connections::of(pairs, until)
}

#[cfg(not(target_os = "linux"))]
fn connections_of(
    _pairs: &[(SocketAddr, SocketAddr)],
    _until: Instant,
) -> Seen<Vec<ConnectionFacts>> {
    Unseen::NotHere.into()
}

#[cfg(target_os = "linux")]
fn waiting_of(pairs: &[(SocketAddr, SocketAddr)], until: Instant) -> Seen<Vec<WaitingConnection>> {
    connections::waiting(pairs, until)
}

#[cfg(not(target_os = "linux"))]
fn waiting_of(
    _pairs: &[(SocketAddr, SocketAddr)],
    _until: Instant,
) -> Seen<Vec<WaitingConnection>> {
    Unseen::NotHere.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::evidence::{OpenConnection, Permission};

    #[test]
    fn the_connections_of_a_session_are_looked_for_once() {
        let question = Question::Session {
            transport: Transport::Tcp,
            local: "127.0.0.1:5000".parse().ok(),
            to: "127.0.0.1:9000".parse().ok(),
            from: None,
        };
        let open = |local: Option<&str>| OpenConnection {
            local: local.map(|local| local.parse().unwrap()),
            peer: "[::ffff:127.0.0.1]:9000".parse().unwrap(),
            sent: 0,
            received: 0,
        };
        let session = SessionFacts {
            connections: vec![open(None), open(Some("127.0.0.1:5000"))],
            ..SessionFacts::default()
        };
        assert_eq!(pairs(&question, Some(&session)).len(), 1);
        assert_eq!(pairs(&question, None).len(), 1);
    }

    #[test]
    fn nothing_is_sent_without_permission() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let question = Question::Target {
            transport: Transport::Tcp,
            to: listener.local_addr().unwrap(),
            name: None,
        };
        let until = Instant::now() + super::super::LONGEST;
        let asked = |probes| {
            let probe = PeerProbe::begin(&question, None, Permission { probes }, until);
            PeerFacts::gather(&question, None, probe, until).0
        };
        let facts = asked(false);
        assert_eq!(facts.connect, Seen::Unseen(Unseen::NotAsked));
        assert!(facts.is_here && listener.accept().is_err());
        let facts = asked(true);
        assert_eq!(facts.connect, Seen::Known(ConnectOutcome::Connected));
        assert_eq!(facts.speaks_tls, Seen::Unseen(Unseen::NotHere));
        assert!(listener.accept().is_ok());
    }
}
