//! The engine: the program's only sockets, timers and clock.
//!
//! A front end calls [`open`] with a [`Setup`] and gets a [`SessionHandle`]. It sends
//! [`Command`]s and receives [`Event`]s; neither side waits for an answer. Each session has one
//! thread, driven by readiness:
//!
//! ```text
//!            Command                      readiness
//!   handle ────────────▶ worker ◀──────────────────── Poll
//!    ▲                     │ calls its driver, one of `kinds`
//!    │       Event         ▼
//!    └──────────────── event sink (one open chunk, a bounded channel)
//! ```
//!
//! Layers, lowest first; imports go down only (`tests/layers.rs`):
//!
//! | layer | contents |
//! |---|---|
//! | `sys` | the system: clock, timer, resolver, interfaces, sockets, causes of errors |
//! | `rulebook` | rules with the addresses they reply to, checked |
//! | [`command`] | commands and events: the whole interface to a front end |
//! | `context` | event sink, responder, simulated network, composer, recording |
//! | `driver` | the interface between the worker and a kind of session |
//! | `transport` | TCP connections, UDP sockets, acceptor, send queues, drops, ICMP |
//! | [`layers`] | layers on a stream, without sockets: messages; TLS fits (`tests/tls_layer.rs`) |
//! | `senders` | periodic messages, poll tables, files, load |
//! | `kinds` | udp, tcp_client and tcp_server (also for Unix streams), unix_datagram, relay |
//! | `worker` | the thread of a session |
//!
//! Four paths through it:
//!
//! - A received datagram: `UdpSocket::receive` reads a batch, the event sink writes its row,
//!   then the simulated network delays or drops it, or the responder applies the rules.
//! - A sent message: `Command::Send` → `Driver::send` → the composer renders its bytes → names,
//!   simulated network and send queue (or a connection's write queue) → the kernel → its row.
//! - A rule's reply: the responder schedules it. When it is due, the worker hands it to the
//!   driver, and it takes the path of a sent message.
//! - A relayed read: `Connection::read` or `UdpSocket::receive` → its row → `RelayedPacket`
//!   applies the rules and the hold queue → it is written to the other side → that row.

pub mod command;
mod context;
mod driver;
pub mod evidence;
mod kinds;
pub mod layers;
mod rulebook;
mod senders;
mod sys;
mod transport;
mod worker;

pub use command::{
    Acknowledged, Activity, Answering, Command, ConnectionCommand, Event, FileProgress,
    FileRequest, FloodRequest, Flooding, GroupCommand, LimitedReply, PlannedPoll, PollEnd,
    PollPlan, PollProblem, PolledLine, PolledReply, PolledRequest, Polling, QueuedBytes, Receiving,
    RelayCommand, Remote, Repeating, ReplayRequest, ReplaySelection, SenderCommand, SessionCommand,
    Setup, Target,
};
pub use rulebook::Rulebook;
pub use senders::file_reader::open as open_file;
pub use sys::clock::Clock;
pub use sys::endpoint::{Endpoint, Host};
pub use sys::failure::{not_begun, of_file as file_error};
pub use sys::interfaces::{Interface, Interfaces, NoSuchInterface};
pub use sys::limits::{MAX_DATAGRAM_V4, MAX_DATAGRAM_V6, SEND_QUEUE, max_datagram};
pub use sys::local_sockets::reaches;
pub use sys::port_owner::{free_port, is_bound};
pub use sys::process_group::{BoundSocket, ProcessWait, group_sockets, group_wait};
pub use sys::socket::Transport;
pub use sys::{endpoint, interfaces};
pub use transport::drops::REPORTED as REPORTS_DROPS;
pub use worker::{SessionHandle, open, open_if_recorded, open_prompt, open_recorded};
