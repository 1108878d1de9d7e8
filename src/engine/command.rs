//! Commands and events: the whole interface between a front end and the worker.

mod connection;
mod group;
mod poll;
mod relay;
mod sender;
mod session;

pub use connection::ConnectionCommand;
pub use group::GroupCommand;
pub use poll::{
    PlannedPoll, PollEnd, PollPlan, PollProblem, PolledLine, PolledReply, PolledRequest, Polling,
};
pub use relay::RelayCommand;
pub use sender::{FileRequest, FloodRequest, ReplayRequest, ReplaySelection, SenderCommand};
pub use session::SessionCommand;

use crate::connection_id::ConnectionId;
use crate::kind::SessionKind;
use crate::peer::Peer;
use crate::peer::network::Network;

use crate::engine::sys::endpoint::Endpoint;
pub use crate::engine::sys::remote::Remote;

use crate::automation::{HoldSummary, Load, PausedRule, Refusal};
use crate::payload::message::Message;
use crate::traffic::{Chunk, DeliveredDatagram, Failure};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The configuration a session opens with. It is immutable: a change needs a new session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub kind: SessionKind,
    /// The local address. Port 0 lets the system choose a port. `None` is for clients only: the
    /// system chooses address and port.
    pub local: Option<Peer>,
    /// The remote address. A client connects to the first of its addresses that accepts. A relay
    /// forwards its clients' data to it, its upstream, and the answers back to them.
    pub remote: Option<Remote>,
    /// How datagram sockets receive.
    pub receiving: Receiving,
    /// Streams: time limit for a dial.
    pub timeout: Duration,
    /// UDP relay: time without a datagram in either direction after which a flow is removed.
    pub idle: Duration,
    /// Streams: close when the peer ends its direction (FIN), instead of staying half-open.
    pub close_with_peer: bool,
    /// TCP: whether each write is sent at once (TCP_NODELAY, tcp(7)). Otherwise a small write waits
    /// until what was sent before it is acknowledged (Nagle's algorithm, RFC 896).
    /// [`SessionCommand::NoDelay`] changes it. A relay always sends at once.
    pub nodelay: bool,
    /// Stream clients: pause before a new dial after a failed dial or a lost connection. `None`
    /// ends the session instead.
    pub reconnect: Option<Duration>,
    /// Relays: the networks whose addresses may use it; if empty, every address may.
    pub allowed: Vec<Network>,
}

impl Setup {
    /// The default pause before a client dials again.
    pub const RECONNECT: Duration = Duration::from_secs(1);
    /// The default idle timeout of a UDP relay's flows.
    pub const IDLE: Duration = Duration::from_secs(60);

    /// A setup of this kind with the default timeouts and receive options.
    pub fn new(kind: SessionKind) -> Self {
        Self {
            kind,
            local: None,
            remote: None,
            receiving: Receiving::default(),
            timeout: Duration::from_secs(5),
            idle: Self::IDLE,
            close_with_peer: true,
            nodelay: true,
            reconnect: None,
            allowed: Vec::new(),
        }
    }

    /// A setup of this kind with a local address.
    pub fn bound(kind: SessionKind, local: impl Into<Peer>) -> Self {
        let local = Some(local.into());
        Self {
            local,
            ..Self::new(kind)
        }
    }

    /// A UDP socket.
    pub fn udp(local: SocketAddr) -> Self {
        Self::bound(SessionKind::Udp, local)
    }

    /// A listening TCP socket.
    pub fn tcp_server(local: SocketAddr) -> Self {
        Self::bound(SessionKind::TcpServer, local)
    }

    /// A TCP connection.
    pub fn tcp_client(remote: Endpoint) -> Self {
        let remote = Some(remote.into());
        Self {
            remote,
            ..Self::new(SessionKind::TcpClient)
        }
    }

    /// A relay of this kind.
    pub fn relay(kind: SessionKind, local: SocketAddr, target: Endpoint) -> Self {
        let remote = Some(target.into());
        Self {
            remote,
            ..Self::bound(kind, local)
        }
    }
}

/// Receive options of a UDP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receiving {
    /// The requested receive buffer in bytes (SO_RCVBUF, socket(7)). The system may grant less.
    pub buffer: usize,
    /// Whether the kernel may deliver consecutive datagrams of one sender and length merged
    /// (UDP_GRO, udp(7)). This is far cheaper for trains of datagrams and slightly dearer
    /// otherwise. The engine splits them again. Linux only.
    pub merge: bool,
}

impl Default for Receiving {
    /// At 100,000 small datagrams a second, 4 MiB cover 100 ms.
    fn default() -> Self {
        Self {
            buffer: 4 << 20,
            merge: false,
        }
    }
}

/// A command to the worker, by its subject.
#[derive(Clone, Debug)]
pub enum Command {
    /// Sends one datagram, or appends the bytes to a stream's queue. Every part the kernel takes
    /// becomes a row; a part it does not take becomes a failure.
    /// [`Event::Acknowledged`] follows once the outcome of the whole message is known.
    Send {
        to: Target,
        message: Arc<Message>,
    },
    Session(SessionCommand),
    Sender(SenderCommand),
    Connection(ConnectionId, ConnectionCommand),
    Group(GroupCommand),
    Relay(RelayCommand),
    /// Closes everything and ends the session. The last event is [`Event::Closed`].
    Stop,
}

impl Command {
    /// A [`Self::Send`] of exactly these bytes.
    pub fn send(to: Target, bytes: impl Into<Arc<[u8]>>) -> Self {
        let message = Arc::new(Message::from(bytes.into()));
        Self::Send { to, message }
    }
}

/// The destination of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A UDP destination; a name is looked up.
    Endpoint(Endpoint),
    /// The datagram socket at this address or path; nothing is looked up.
    Peer(Peer),
    /// The peer of this connection.
    Connection(ConnectionId),
    /// All connected peers.
    All,
}

impl Target {
    /// The address, if the target itself contains one.
    pub fn peer(&self) -> Option<Peer> {
        match self {
            Self::Endpoint(endpoint) => endpoint.address().map(Peer::from),
            Self::Peer(peer) => Some(*peer),
            Self::Connection(_) | Self::All => None,
        }
    }

    /// The destination of a datagram to this peer.
    pub fn datagram_to(peer: Peer) -> Self {
        match peer {
            Peer::Ip(address) => Self::Endpoint(address.into()),
            Peer::Named(_) | Peer::Unnamed(_) => Self::Peer(peer),
        }
    }
}

impl From<Remote> for Target {
    fn from(remote: Remote) -> Self {
        match remote {
            Remote::Endpoint(endpoint) => Self::Endpoint(endpoint),
            Remote::Named(name) => Self::Peer(Peer::Named(name)),
        }
    }
}

impl From<Endpoint> for Target {
    fn from(endpoint: Endpoint) -> Self {
        Self::Endpoint(endpoint)
    }
}

impl std::fmt::Display for Target {
    /// The address or the connection's number; empty for [`Self::All`].
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Endpoint(endpoint) => endpoint.fmt(f),
            Self::Peer(peer) => peer.fmt(f),
            Self::Connection(id) => id.fmt(f),
            Self::All => Ok(()),
        }
    }
}

/// The automatic work of a session: senders, rules and the hold queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// The current or the last repetition.
    pub repeating: Option<Repeating>,
    pub file: Option<FileProgress>,
    /// The current or the last poll table.
    pub polling: Option<Arc<Polling>>,
    /// The current or the last load.
    pub flooding: Option<Flooding>,
    /// Counters of the rules; `None` without rules.
    pub answering: Option<Answering>,
    /// The hold queue of a relay.
    pub hold_queue: HoldSummary,
}

/// Counters of the rules since the first of them was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// Messages that a rule applied to.
    pub applied: u64,
    /// Replies sent, and replies suppressed by the limits.
    pub answered: u64,
    pub refused: u64,
    /// The rule that was paused last. Cleared when it resumes or new rules are set.
    pub paused: Option<PausedRule>,
    /// The last reply that a configurable limit suppressed. Cleared when rules or limits are set.
    pub limited: Option<LimitedReply>,
}

/// A reply that a configurable limit suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitedReply {
    /// The limit that was reached.
    pub limit: Refusal,
    /// The receiver of the reply.
    pub to: Peer,
}

/// The progress of a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flooding {
    /// The number of the load within the session, counted from 1.
    pub order: u64,
    /// Messages and bytes given to the kernel or to the send queue.
    pub sent: u64,
    pub bytes: u64,
    /// The requested load.
    pub load: Load,
    /// Time from the start to the end of the last message's interval.
    pub elapsed: Duration,
    pub over: bool,
}

impl Flooding {
    /// The rate of `number` items a second; `None` before two messages were sent at different
    /// times.
    pub fn per_second(&self, number: u64) -> Option<f64> {
        let seconds = self.elapsed.as_secs_f64();
        (self.sent > 1 && seconds > 0.0).then(|| number as f64 / seconds)
    }
}

/// The progress of a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeating {
    /// The number of the repeat command within the session, counted from 1.
    pub order: u64,
    pub sent: u64,
    /// Number of messages in all; `None` for an endless repetition.
    pub total: Option<u64>,
    pub elapsed: Duration,
    /// Total delay of the schedule caused by messages that could not be sent on time.
    pub moved: Duration,
    pub over: bool,
    /// Messages of all repetitions that wait in a queue or in the simulated network.
    pub waiting: u64,
}

/// The progress of a file transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProgress {
    pub path: Arc<Path>,
    /// Bytes that the kernel took for every receiver, or the simulated network dropped.
    pub sent: u64,
    /// Length of the file in bytes; 0 until it is known, and where it is unknown.
    pub length: u64,
    /// Datagrams or writes sent so far.
    pub blocks: u64,
    pub elapsed: Duration,
}

/// Messages that were sent or failed. A message is sent once the kernel took its bytes for
/// every receiver. Messages are numbered from 1 in the order of their [`Command::Send`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// All messages up to this number are acknowledged.
    pub through: u64,
    /// Numbers of the newly acknowledged messages that were not sent, or not to every receiver.
    pub unsent: Vec<u64>,
}

/// The bytes in the write queue of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedBytes {
    pub connection: ConnectionId,
    pub bytes: usize,
}

/// A report from the worker.
#[derive(Clone, Debug)]
pub enum Event {
    /// Records in the order of their occurrence. All state of a session follows from them.
    Rows(Arc<Chunk>),
    /// Datagrams of earlier rows that the simulated network delivered.
    Delivered(Vec<DeliveredDatagram>),
    /// The event channel was full for this long. Nothing was read or written meanwhile, so that
    /// memory stays bounded.
    Waited(Duration),
    /// Bytes in the write queue of each connection; replaces the last list.
    Unsent(Vec<QueuedBytes>),
    /// Outcome of messages sent by [`Command::Send`]. It follows the rows of these messages and
    /// precedes [`Event::Closed`].
    Acknowledged(Acknowledged),
    /// The file being recorded; `None` when no recording is active.
    Recording(Option<Arc<Path>>),
    /// Whether no program has opened the pipe that is recorded to yet.
    RecordingWaits(bool),
    /// The recording ended because of a write error.
    RecordingFailed(Failure),
    /// The current automatic work; replaces the last report.
    Activity(Box<Activity>),
    /// The worker has ended and its sockets are closed.
    Closed,
}
