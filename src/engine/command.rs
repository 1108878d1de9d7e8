//! Orders down, facts up: the whole contract between a face and the worker.

mod connection;
mod group;
mod relay;
mod sender;
mod session;

pub use connection::ConnectionCommand;
pub use group::GroupCommand;
pub use relay::RelayCommand;
pub use sender::{FileOrder, FloodOrder, Replay, SenderCommand, Which};
pub use session::SessionCommand;

use crate::connection_id::ConnectionId;
use crate::kind::Kind;
use crate::peer::Peer;

use crate::engine::sys::endpoint::Endpoint;
pub use crate::engine::sys::remote::Remote;

use crate::automation::{Holding, Load, Place, Refusal};
use crate::payload::message::Message;
use crate::traffic::{Chunk, Delivery, Failure};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What to open. It cannot be changed afterwards: another setup is another session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub kind: Kind,
    /// Where it is bound, or a client's connection leaves from; port 0 lets the system choose
    /// one, and `None`, which is for clients only, all of it.
    pub local: Option<Peer>,
    /// Whom a client connects to: the first address of it that accepts. What clients send to a
    /// relay is passed on to it, and its answers back to them.
    pub remote: Option<Remote>,
    /// Datagrams: how sockets receive.
    pub receiving: Receiving,
    /// Streams: for how long the remote may take to accept.
    pub timeout: Duration,
    /// A relay of datagrams: a client is forgotten after so long without one, either way.
    pub idle: Duration,
    /// Streams: close when the peer ends its direction (FIN), instead of staying half-open.
    pub close_with_peer: bool,
    /// Clients of streams: after how long they connect again whenever the connection cannot be
    /// made or is lost; `None` ends the session then.
    pub reconnect: Option<Duration>,
}

impl Setup {
    /// After how long a client connects again unless another time is given.
    pub const RECONNECT: Duration = Duration::from_secs(1);
    /// How long a relay remembers a client that is silent.
    pub const IDLE: Duration = Duration::from_secs(60);

    /// One of this kind that waits as long, and receives, as most should.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            local: None,
            remote: None,
            receiving: Receiving::default(),
            timeout: Duration::from_secs(5),
            idle: Self::IDLE,
            close_with_peer: true,
            reconnect: None,
        }
    }

    /// One of this kind that is bound to `local`.
    pub fn bound(kind: Kind, local: impl Into<Peer>) -> Self {
        let local = Some(local.into());
        Self {
            local,
            ..Self::new(kind)
        }
    }

    /// A UDP socket.
    pub fn udp(local: SocketAddr) -> Self {
        Self::bound(Kind::Udp, local)
    }

    /// A listening TCP socket.
    pub fn tcp_server(local: SocketAddr) -> Self {
        Self::bound(Kind::TcpServer, local)
    }

    /// A TCP connection.
    pub fn tcp_client(remote: Endpoint) -> Self {
        let remote = Some(remote.into());
        Self {
            remote,
            ..Self::new(Kind::TcpClient)
        }
    }

    /// A relay of this kind.
    pub fn relay(kind: Kind, local: SocketAddr, target: Endpoint) -> Self {
        let remote = Some(target.into());
        Self {
            remote,
            ..Self::bound(kind, local)
        }
    }

    /// Where rules and a bad network are at work.
    pub fn place(&self) -> Place {
        Place::from(self.kind)
    }
}

/// How a UDP socket receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Receiving {
    /// The receive buffer to ask for, in bytes. The system may grant less.
    pub buffer: usize,
    /// Whether the kernel may hand over datagrams of one sender and length merged
    /// (UDP_GRO, udp(7)): far cheaper when they are sent as trains, a little dearer when
    /// not. They are taken apart again. Linux only.
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

/// An order to the worker, by whom it concerns.
#[derive(Clone, Debug)]
pub enum Command {
    /// Hand these bytes to the kernel: one datagram, or TCP bytes behind those queued.
    /// Every part the kernel took becomes a row; what it did not take, a failure.
    /// [`Event::Acknowledged`] says when either is known of all of it.
    Send {
        to: Target,
        message: Arc<Message>,
    },
    Session(SessionCommand),
    Sender(SenderCommand),
    Connection(ConnectionId, ConnectionCommand),
    Group(GroupCommand),
    Relay(RelayCommand),
    /// Close everything and end. The last event is [`Event::Closed`].
    Stop,
}

impl Command {
    /// Sends exactly these bytes.
    pub fn send(to: Target, bytes: impl Into<Arc<[u8]>>) -> Self {
        let message = Arc::new(Message::from(bytes.into()));
        Self::Send { to, message }
    }
}

/// Whom to send to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Any UDP destination.
    Endpoint(Endpoint),
    /// Who gets datagrams at this address or name, which is looked up no more.
    Peer(Peer),
    /// Who is at the other end of this connection.
    Connection(ConnectionId),
    /// Everybody who is connected.
    All,
}

impl Target {
    /// The address it names by itself, where it names one.
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
    /// The address, or the connection's number; nothing for all of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Endpoint(endpoint) => endpoint.fmt(f),
            Self::Peer(peer) => peer.fmt(f),
            Self::Connection(id) => id.fmt(f),
            Self::All => Ok(()),
        }
    }
}

/// What the worker does by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// The messages it repeats, or has repeated last.
    pub repeating: Option<Repeating>,
    pub file: Option<FileProgress>,
    /// The load it sends, or has sent last.
    pub flooding: Option<Flooding>,
    /// What the rules did, while there are any.
    pub answering: Option<Answering>,
    /// What a relay keeps until it is released by hand.
    pub held: Holding,
}

/// What rules did since there were any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// Replies sent, and replies the limits did not allow.
    pub answered: u64,
    pub refused: u64,
    /// The rule that was last paused, and for whom, until it goes on or rules are set anew.
    pub paused: Option<(Arc<str>, Peer)>,
    /// The limit that was last reached and could be another, and whom the reply was for,
    /// until rules or limits are set anew.
    pub limited: Option<(Refusal, Peer)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flooding {
    /// Messages and bytes given to the kernel or to the queue before it.
    pub sent: u64,
    pub bytes: u64,
    /// What was asked for.
    pub load: Load,
    /// To the end of the interval behind the last message.
    pub elapsed: Duration,
    pub over: bool,
}

impl Flooding {
    /// So many things a second; `None` before there are two messages at different times.
    pub fn per_second(&self, number: u64) -> Option<f64> {
        let seconds = self.elapsed.as_secs_f64();
        (self.sent > 1 && seconds > 0.0).then(|| number as f64 / seconds)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeating {
    /// Which of the session's orders to repeat it is, counted from 1.
    pub order: u64,
    pub sent: u64,
    /// Messages in all; `None` if it does not end.
    pub total: Option<u64>,
    pub elapsed: Duration,
    /// By how much its times were moved because messages could not go.
    pub moved: Duration,
    pub over: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProgress {
    pub path: Arc<Path>,
    /// Bytes given to the kernel or to the queue before it.
    pub sent: u64,
    /// Bytes in all; 0 until that is known, and where it is not.
    pub length: u64,
    /// Datagrams or writes.
    pub blocks: u64,
    pub elapsed: Duration,
}

/// Messages whose bytes the kernel took for every receiver, or that failed. They are numbered
/// from 1, in the order of their [`Command::Send`]. In a relay, a message counts as sent as
/// soon as it is queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// All up to this number are acknowledged.
    pub through: u64,
    /// Which of those acknowledged since the last such event were not sent, or not to every
    /// receiver.
    pub unsent: Vec<u64>,
}

/// A fact from the worker.
#[derive(Clone, Debug)]
pub enum Event {
    /// Records, in the order they happened. All state of a session follows from them.
    Rows(Arc<Chunk>),
    /// What a simulated network let through of the datagrams received in earlier rows.
    Delivered(Vec<Delivery>),
    /// The face had no room for rows: for so long nothing was read or written, so that
    /// memory stays bounded.
    Waited(Duration),
    /// Connections with bytes still waiting to be taken by the kernel; replaces the last list.
    Unsent(Vec<(ConnectionId, usize)>),
    /// What became of messages that [`Command::Send`] gave. It stands behind the rows that
    /// say so, and before [`Event::Closed`].
    Acknowledged(Acknowledged),
    /// Into which file what happens is recorded.
    Recording(Option<Arc<Path>>),
    /// The recording ended because its file could not be written.
    RecordingFailed(Failure),
    /// What it does by itself now; replaces what was told before.
    Activity(Box<Activity>),
    /// The worker has ended and its sockets are closed.
    Closed,
}
