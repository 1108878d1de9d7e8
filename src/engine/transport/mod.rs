//! Connections and datagram sockets, and what waits to be sent through them.

pub mod acceptor;
pub mod coalescing;
pub mod dispatch;
pub mod drops;
pub mod group;
pub mod icmp;
pub mod outgoing;
pub mod read_out;
pub mod stream;
pub mod streams;
pub mod watch;
pub mod write_queue;
