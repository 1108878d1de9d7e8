//! Transport: stream connections and datagram sockets with their queues.

pub mod acceptor;
pub mod admission;
pub mod batches;
pub mod coalescing;
pub mod connection;
pub mod datagram_messages;
pub mod dialer;
pub mod dispatch;
pub mod drops;
pub mod group;
pub mod icmp;
pub mod linger;
pub mod memberships;
pub mod overflow;
pub mod queued_datagram;
pub mod read_out;
pub mod send_queue;
#[cfg(test)]
mod simulation;
pub mod stream;
pub mod stream_messages;
mod stream_tickets;
pub mod streams;
pub mod table;
pub mod udp_socket;
pub mod write_queue;
