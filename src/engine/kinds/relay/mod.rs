//! Relay: forwards clients' data to an upstream, and its answers back.
//!
//! ```text
//!            clients                                    upstream
//!   client ────────▶ listen ─ rules ─ hold queue ─▶ upstream socket ──────▶
//!          ◀──────── socket                         one for each client ◀──
//! ```
//!
//! Everything the kernel delivers is a received row that names the receiver it will be forwarded
//! to. Everything the kernel takes is a sent row that names the original sender. Between the two,
//! [`relayed_packet`] applies the rules and the hold queue.

mod flow_table;
mod loop_check;
mod proxied_connection;
mod proxied_connections;
mod relayed_messages;
mod relayed_packet;
pub mod tcp;
pub mod udp;
mod unsent_bytes;
mod upstream;

use crate::engine::context::Context;
use crate::traffic::{Automatic, Notice};

/// Discards the intercepted packet of this number, or all, with a row each. Returns the numbers of
/// the proxied connections concerned.
fn discard(number: Option<u64>, cx: &mut Context<'_>) -> Vec<usize> {
    let mut connections = Vec::new();
    for (number, packet) in cx.hold_queue.take(number) {
        connections.push(packet.flow.connection);
        let discarded = Automatic::Discarded {
            number,
            peer: packet.from,
            bytes: packet.bytes.len(),
        };
        cx.sink
            .notice_of(packet.connection, Notice::Automatic(Box::new(discarded)));
    }
    connections
}
