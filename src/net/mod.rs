//! Floor 2: the only sockets, threads and clock of the program.
//!
//! A face calls [`open`] with a [`Setup`] and holds the [`Link`] it gets: orders
//! ([`Command`]) go down, facts ([`Event`]) come up, and nothing waits for an answer.
//! Behind the link stands one thread, driven by readiness:
//!
//! ```text
//!            Command                      readiness
//!   Link ──────────────▶ worker ◀──────────────────── mio::Poll
//!    ▲                     │ asks its role: udp · tcp_client · tcp_server · relay
//!    │       Event         ▼
//!    └────────────────── outbox (one open chunk, a bounded channel)
//! ```
//!
//! [`endpoint`] reads addresses as people write them, [`interfaces`] knows the machine's
//! own, `resolve` looks up names on threads of their own, and `failure` finds out why
//! the system said no.

mod acceptor;
mod alarm;
mod clock;
mod composer;
mod dispatch;
mod drops;
pub mod endpoint;
mod errands;
mod failure;
mod file_errand;
mod file_reader;
mod flood_errand;
mod group;
mod holder;
mod icmp;
mod impair;
pub mod interfaces;
mod messages;
mod outbox;
mod outgoing;
mod own;
mod pace;
mod read_out;
mod reason;
mod receive;
mod recording;
mod relay;
mod replay_reader;
mod resolve;
mod responder;
mod role;
mod rulebook;
mod socket;
mod source;
mod stream;
mod streams;
mod tcp_client;
mod tcp_server;
mod udp;
mod watch;
mod worker;
mod write_queue;

pub use clock::Clock;
pub use endpoint::{Endpoint, Host};
pub use failure::{not_begun, of_file as file_error};
pub use file_reader::open as open_file;
pub use interfaces::{Interface, Interfaces};
pub use messages::{
    Answering, Command, Doing, Event, FileOrder, FileProgress, FloodOrder, Flooding, Receiving,
    Repeating, Replay, Setup, Target, Which,
};
pub use rulebook::Rulebook;
pub use socket::Transport;
pub use worker::{Link, open, open_recorded};

/// The longest payload of a datagram over IPv4, in bytes: 65,535 less the IP and UDP
/// headers (RFC 791, RFC 768).
pub const MAX_DATAGRAM_V4: usize = 65_507;
/// The same over IPv6, whose payload length does not count its header (RFC 8200).
pub const MAX_DATAGRAM_V6: usize = 65_527;
/// What may wait unsent for one peer, in bytes.
pub const SEND_QUEUE: usize = 8 << 20;

/// The longest payload of one datagram to `to`.
pub fn max_datagram(to: std::net::IpAddr) -> usize {
    if to.to_canonical().is_ipv4() {
        MAX_DATAGRAM_V4
    } else {
        MAX_DATAGRAM_V6
    }
}
