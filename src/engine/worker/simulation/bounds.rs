//! The bounds of a session's memory: what each of its queues holds after a turn, and may hold.
//! In a crowded session, the front end may read nothing for a while, the kernel may take nothing,
//! and both sides send more than the queues hold. Tests beside the code check what the worker does
//! not show: the segments of a write queue, and the bytes of replies and of delayed datagrams.

use super::CHANNEL;
use super::front_end::FrontEnd;
use crate::automation::RelayFlow;
use crate::automation::impair::MAX_DATAGRAMS;
use crate::automation::rules::RelayDirection;
use crate::engine::command::Target;
use crate::engine::driver::Driver;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::worker::Worker;
use crate::engine::worker::simulation::memory::CALL;
use crate::engine::worker::simulation::plan::CLIENTS;
use crate::kind::SessionKind;
use std::collections::BTreeMap;

/// The bounds of the hold queue (`automation/hold_queue.rs`).
pub(super) const PACKETS: usize = 1_000;
const PACKET_BYTES: usize = 16 << 20;
/// The queued or intercepted bytes of a direction from which on a TCP relay reads no more of it,
/// and the bytes of one of its reads (`kinds/relay`).
pub(super) const ROOM: usize = 256 << 10;
const READ: usize = 64 << 10;
/// The bound of replies that wait for their delay (`context/pending.rs`).
const REPLIES: usize = 10_000;
/// The size of the open chunk from which on nothing is read or written (`context/event_sink.rs`).
const CHUNK: usize = 1 << 20;
/// The calls that may add to it once: a read and a write, and reads of connections that close.
const CALLS: usize = 4;
/// The events that wait for room in the channel: rows, and what the simulated network delivered.
const EVENTS: usize = 2;

/// A queue of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Queue {
    /// Bytes to a datagram socket.
    Datagrams,
    /// Bytes to a connection.
    Connection,
    /// Bytes to a connection of a relay, and intercepted bytes of one of its directions.
    Relayed,
    /// Outgoing and received datagrams in the simulated network.
    Outgoing,
    Incoming,
    /// Intercepted packets and their bytes.
    Intercepted,
    InterceptedBytes,
    /// Replies that wait.
    Replies,
    /// Events in the channel, and events that wait for room in it.
    Channel,
    Events,
    /// Bytes of the open chunk.
    Chunk,
}

/// An amount in a queue, and its bound.
pub(super) type HeldAmount = (Queue, usize, usize);

/// What the queues of a session hold.
pub(super) fn held(
    kind: SessionKind,
    worker: &Worker,
    driver: &dyn Driver,
    front_end: &FrontEnd,
) -> Vec<HeldAmount> {
    let parts = &worker.parts;
    let (events, chunk) = parts.sink.waiting();
    let call = match kind.traits().is_stream {
        true => CALL,
        // The longest datagram is shorter.
        false => 1 << 16,
    };
    let mut held = vec![
        (Queue::Outgoing, parts.impair.outgoing_len(), MAX_DATAGRAMS),
        (Queue::Incoming, parts.impair.incoming_len(), MAX_DATAGRAMS),
        (Queue::Channel, front_end.events.len(), CHANNEL),
        (Queue::Events, events, EVENTS),
        (Queue::Chunk, chunk, CHUNK + CALLS * call),
    ];
    if let Some(rules) = parts.responder.counters() {
        let waiting = rules.applied - rules.answered - rules.refused;
        held.push((Queue::Replies, waiting as usize, REPLIES));
    }
    if !kind.traits().is_stream {
        // While a name is resolved, the driver reports a full queue.
        let bytes = driver.backlog(&Target::All);
        let bytes = bytes.filter(|bytes| *bytes < usize::MAX);
        held.extend(bytes.map(|bytes| (Queue::Datagrams, bytes, SEND_QUEUE)));
    }
    let (queue, most) = match kind {
        SessionKind::RelayTcp => (Queue::Relayed, ROOM + READ),
        _ => (Queue::Connection, SEND_QUEUE),
    };
    let connections = front_end.peers.keys();
    let bytes = connections.filter_map(|id| driver.backlog(&Target::Connection(*id)));
    held.extend(
        bytes
            .chain([front_end.unsent])
            .map(|bytes| (queue, bytes, most)),
    );
    if matches!(kind, SessionKind::RelayUdp | SessionKind::RelayTcp) {
        let directions = [RelayDirection::Target, RelayDirection::Client];
        let flows = (0..CLIENTS)
            .flat_map(|connection| directions.map(|toward| RelayFlow { connection, toward }));
        let intercepted: Vec<usize> = flows
            .filter_map(|flow| parts.hold_queue.bytes_of(flow))
            .collect();
        let bytes = intercepted.iter().sum();
        if kind == SessionKind::RelayTcp {
            held.extend(intercepted.iter().map(|bytes| (queue, *bytes, most)));
        }
        // Each direction of a stream is read once before it counts as intercepted.
        let more = match kind {
            SessionKind::RelayTcp => 2 * CLIENTS,
            _ => 0,
        };
        held.push((Queue::Intercepted, parts.hold_queue.len(), PACKETS + more));
        held.push((Queue::InterceptedBytes, bytes, PACKET_BYTES + more * READ));
    }
    held
}

/// Checks that no queue exceeds its bound, and keeps the largest amounts.
pub(super) fn check(held: &[HeldAmount], peaks: &mut BTreeMap<Queue, usize>) {
    for (queue, amount, most) in held {
        assert!(amount <= most, "{queue:?} holds {amount}, more than {most}");
        let peak = peaks.entry(*queue).or_default();
        *peak = (*peak).max(*amount);
    }
}
