//! What a session knows of itself.

use crate::traffic::Failure;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// The most messages of each direction whose first bytes are kept, and their length.
pub const SAMPLES: usize = 8;
pub const SAMPLE_BYTES: usize = 256;
/// The most failures, ends of connections, open connections and senders that are kept.
pub const MOST: usize = 32;

/// A session when it asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// Whether its socket is open, and where.
    pub open: bool,
    pub is_server: bool,
    /// Whether a connection of a client is established.
    pub is_connected: bool,
    pub local: Option<SocketAddr>,
    pub groups: Vec<JoinedGroup>,
    pub sent: Count,
    pub received: Count,
    /// Seconds since the last message went, and came.
    pub since_sent: Option<f64>,
    pub since_received: Option<f64>,
    /// The number of the newest messages that went after the last one came.
    #[serde(default)]
    pub unanswered: u64,
    /// Datagrams that the kernel dropped because the receive buffer was full; `None` if unknown.
    pub dropped: Option<u64>,
    /// Bytes that were given to the kernel, or wait in the program, and are not acknowledged.
    pub unsent: u64,
    /// Whose messages came.
    pub senders: Vec<SocketAddr>,
    /// The newest messages, oldest first.
    pub newest_sent: Vec<Sample>,
    pub newest_received: Vec<Sample>,
    /// What followed each of `newest_sent`; empty if that is not known.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// The newest messages of earlier connections with the same peer, oldest first, and what followed
    /// each.
    #[serde(default)]
    pub before: Vec<(Sample, Reply)>,
    /// The newest failures, oldest first.
    pub failures: Vec<Failure>,
    /// Why the newest message was not sent, or the newest connection not begun, as far as this
    /// machine refused it; `None` if something went since.
    #[serde(default)]
    pub refused: Option<Failure>,
    /// How the newest connections ended; oldest first.
    pub ends: Vec<ConnectionEnd>,
    /// The connections that are open.
    pub connections: Vec<OpenConnection>,
    /// Addresses of this session before it was opened the last time, each with a peer that
    /// answered there.
    pub earlier: Vec<EarlierAddress>,
    /// Times at which the clock of the system was set, in seconds of difference.
    pub clock_steps: Vec<f64>,
    pub settings: SessionSettings,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub messages: u64,
    pub bytes: u64,
}

impl SessionFacts {
    /// The seconds after which an answer is late, at least `least`: some peers take long for each.
    pub fn late_after(&self, least: f64) -> f64 {
        /// How many times longer than the longest answer before the next one may take, and the most
        /// seconds that are waited for that reason.
        const SLOWER: f64 = 1.5;
        const MOST: f64 = 30.0;
        let before = self.before.iter().map(|(_, reply)| reply);
        let answered = self.replies.iter().chain(before).filter(|reply| reply.came);
        let longest = answered.map(|reply| reply.waited).fold(0.0, f64::max);
        least.max((longest * SLOWER).min(MOST))
    }
}

/// A message that went or came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub peer: SocketAddr,
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// The length of the message in bytes.
    pub length: u64,
}

impl Sample {
    /// Whether `bytes` are the whole message.
    pub fn is_whole(&self) -> bool {
        self.length == self.bytes.len() as u64
    }

    /// The message, if all of it is known and it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok();
        text.filter(|_| self.is_whole())
    }
}

/// What followed a message before the next one went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Whether something came.
    pub came: bool,
    /// Seconds until it came; without it, until the next message went or the question was asked.
    pub waited: f64,
}

/// A connection that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenConnection {
    /// Our own address, if known.
    pub local: Option<SocketAddr>,
    pub peer: SocketAddr,
    /// Bytes that went and came on it.
    pub sent: u64,
    pub received: u64,
}

/// Where a peer's datagrams came to before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAddress {
    pub local: SocketAddr,
    pub peer: SocketAddr,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionEnd {
    pub peer: SocketAddr,
    pub how: EndOfConnection,
    /// Bytes that came before, and whole seconds from its beginning until the peer or we ended it.
    pub received: u64,
    pub seconds: u64,
    /// Seconds from the last message that went before until then; `None` if none went.
    #[serde(default)]
    pub since_sent: Option<f64>,
    /// Seconds from the last message that came until then; `None` if none came.
    #[serde(default)]
    pub since_received: Option<f64>,
    #[serde(default)]
    pub after_fin: AfterFin,
}

/// What became of messages that went after the FIN of the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterFin {
    /// None went, so that nobody knows whether the peer still reads.
    #[default]
    NotSent,
    /// No RST came back: the peer only ended its sending.
    Taken,
    /// They were answered with RST: the peer had closed its socket.
    Refused,
}

impl ConnectionEnd {
    /// A connection that ended at once, before any message.
    pub fn new(peer: SocketAddr, how: EndOfConnection) -> Self {
        Self {
            peer,
            how,
            received: 0,
            seconds: 0,
            since_received: None,
            since_sent: None,
            after_fin: AfterFin::NotSent,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndOfConnection {
    /// The peer ended sending; we may still send.
    HalfClosed,
    /// The peer closed it.
    Closed,
    Reset,
    /// We closed it.
    ByUs,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedGroup {
    pub group: IpAddr,
    pub interface: Option<String>,
}

/// The settings that decide what goes and what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSettings {
    /// Whether an IPv6 socket receives no IPv4.
    pub v6_only: Option<bool>,
    pub broadcast: Option<bool>,
    /// Time to live of datagrams, and of multicast ones.
    pub ttl: Option<u32>,
    pub multicast_ttl: Option<u32>,
    /// Whether the simulated network of the session holds back or drops messages.
    pub is_impaired: bool,
    /// Whether the filter of the log hides rows, and how many.
    pub hidden_rows: u64,
    /// The encoding of texts that are sent, and the end that is added to them.
    pub encoding: String,
    pub line_end: String,
}
