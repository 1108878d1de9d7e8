//! A relay: what clients send is passed on to a target, and its answers back to them.
//!
//! ```text
//!            clients                                     target
//!   client ────────▶ listen ── rules ── held? ──▶ an upstream socket of ──────▶
//!          ◀──────────  one for all               its own for each client ◀────
//! ```
//!
//! Everything the kernel delivers is a received row that also says to whom it will be
//! passed on, and everything it took a sent row that also says for whom. Between the two
//! stand the rules, and what a person holds: [`relayed_packet`] asks both.

mod flow_table;
mod loop_check;
mod proxied_connection;
mod proxied_connections;
mod relayed_packet;
pub mod tcp;
pub mod udp;
mod upstream;

use crate::engine::context::Context;
use crate::traffic::{Automatic, Notice};

/// Throws away what is kept under this number, or all, with a row each; says of which
/// connections it was.
fn discard(number: Option<u64>, cx: &mut Context<'_>) -> Vec<usize> {
    let mut connections = Vec::new();
    for (number, piece) in cx.hold_queue.take(number) {
        connections.push(piece.flow.connection);
        let discarded = Automatic::Discarded {
            number,
            peer: piece.from,
            bytes: piece.bytes.len(),
        };
        cx.sink
            .notice_of(piece.connection, Notice::Automatic(Box::new(discarded)));
    }
    connections
}
