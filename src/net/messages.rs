//! Orders down, facts up: the whole contract between a face and the worker.

use super::Endpoint;
use crate::traffic::Chunk;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// What to open. It cannot be changed afterwards: another setup is another session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setup {
    /// A UDP socket bound to `local`; port 0 lets the system choose.
    Udp {
        local: SocketAddr,
        receiving: Receiving,
    },
    /// A TCP connection to the first address of `remote` that accepts within `timeout`.
    TcpClient {
        /// Where the connection leaves from; `None` lets the system choose.
        local: Option<SocketAddr>,
        remote: Endpoint,
        timeout: Duration,
        /// Close when the peer ends its direction (FIN), instead of staying half-open.
        close_with_peer: bool,
    },
    /// A TCP socket listening on `local`; port 0 lets the system choose.
    TcpServer {
        local: SocketAddr,
        close_with_peer: bool,
    },
}

impl Setup {
    /// A UDP socket that receives as most should.
    pub fn udp(local: SocketAddr) -> Self {
        Self::Udp {
            local,
            receiving: Receiving::default(),
        }
    }
}

/// How a UDP socket receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// An order to the worker.
#[derive(Clone, Debug)]
pub enum Command {
    /// Hand these bytes to the kernel: one datagram, or TCP bytes behind those queued.
    /// Every part the kernel took becomes a row; what it did not take, a failure.
    Send {
        to: Target,
        bytes: Arc<[u8]>,
    },
    /// Receive datagrams sent to `group` on the interface (0: the system chooses).
    JoinGroup {
        group: IpAddr,
        interface: u32,
    },
    LeaveGroup {
        group: IpAddr,
        interface: u32,
    },
    /// Close the connection to this TCP peer; what is unsent is dropped and counted.
    Disconnect {
        peer: SocketAddr,
    },
    /// End our direction of this TCP connection once its queue is empty (half-close).
    FinishWriting {
        peer: SocketAddr,
    },
    /// Close everything and end. The last event is [`Event::Closed`].
    Stop,
}

/// Whom to send to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Any UDP destination.
    Endpoint(Endpoint),
    /// One TCP peer.
    Peer(SocketAddr),
    /// Every TCP peer.
    All,
}

/// A fact from the worker.
#[derive(Clone, Debug)]
pub enum Event {
    /// Records, in the order they happened. All state of a session follows from them.
    Rows(Arc<Chunk>),
    /// The face had no room for rows: for so long nothing was read or written, so that
    /// memory stays bounded.
    Waited(Duration),
    /// TCP peers with bytes still waiting to be taken by the kernel; replaces the last list.
    Unsent(Vec<(SocketAddr, usize)>),
    /// The worker has ended and its sockets are closed.
    Closed,
}
