//! Builds a chunk, record by record.

use super::{Chunk, Concern, IndexEntry, PayloadRoute};
use crate::connection_id::{ConnectionId, FarSide};
use crate::peer::Peer;
use crate::traffic::{Arrival, Body, Micros, Notice, Record, RecordKind, RecordOrigin};
use std::collections::HashMap;

/// A chunk under construction.
#[derive(Debug, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    places: HashMap<PayloadRoute, u32>,
}

impl ChunkBuilder {
    pub fn is_empty(&self) -> bool {
        self.chunk.is_empty()
    }

    /// The payload and index bytes written so far.
    pub fn size(&self) -> usize {
        self.chunk.arena.len() + self.chunk.index.len() * size_of::<IndexEntry>()
    }

    /// Appends a received record.
    pub fn received(
        &mut self,
        time: Micros,
        from: impl Into<FarSide>,
        bytes: &[u8],
        arrival: Arrival,
    ) {
        self.received_for(time, from, bytes, arrival, RecordOrigin::default());
    }

    /// Appends a sent record.
    pub fn sent(&mut self, now: Micros, to: impl Into<FarSide>, bytes: &[u8]) {
        self.sent_for(now, to, bytes, RecordOrigin::default());
    }

    /// Appends a received payload. `origin` is the cause of its row: in a relay, that it will be
    /// forwarded.
    pub fn received_for(
        &mut self,
        time: Micros,
        from: impl Into<FarSide>,
        bytes: &[u8],
        arrival: Arrival,
        origin: RecordOrigin<'_>,
    ) {
        self.chunk.received.add(bytes.len());
        self.payload(
            RecordKind::Received,
            time,
            from.into(),
            bytes,
            arrival,
            origin,
        );
    }

    /// Appends a sent payload that a rule caused or a relay forwarded.
    pub fn sent_for(
        &mut self,
        now: Micros,
        to: impl Into<FarSide>,
        bytes: &[u8],
        origin: RecordOrigin<'_>,
    ) {
        self.sent_of(now, to.into(), bytes, Arrival::default(), origin);
    }

    fn sent_of(
        &mut self,
        now: Micros,
        to: FarSide,
        bytes: &[u8],
        arrival: Arrival,
        origin: RecordOrigin<'_>,
    ) {
        self.chunk.sent.add(bytes.len());
        self.payload(RecordKind::Sent, now, to, bytes, arrival, origin);
    }

    /// Marks the last record as input to the simulated network and returns its time. `None` if
    /// the last record is not a received payload.
    pub fn impair_last(&mut self) -> Option<Micros> {
        let position = self.chunk.index.len().checked_sub(1)?;
        let time = self.chunk.time(position);
        let entry = self.chunk.index.get_mut(position)?;
        if entry.kind != RecordKind::Received {
            return None;
        }
        entry.mark = true;
        time
    }

    /// Appends a copy of a record.
    pub fn copy(&mut self, record: &Record<'_>) {
        let (time, connection, origin) = (record.time, record.connection, record.origin);
        let by = |peer| FarSide { peer, connection };
        match record.body {
            Body::Received { peer, bytes } => {
                self.received_for(time, by(peer), bytes, record.arrival, origin);
            }
            Body::Sent { peer, bytes } => {
                self.sent_of(time, by(peer), bytes, record.arrival, origin);
            }
            Body::Notice(notice) => {
                self.notice_at(time, connection, record.local, notice.clone());
            }
        }
    }

    /// Appends a notice that is not about a connection.
    pub fn notice(&mut self, now: Micros, notice: Notice) {
        self.notice_at(now, None, None, notice);
    }

    /// Appends a notice about this connection.
    pub fn notice_of(
        &mut self,
        now: Micros,
        connection: impl Into<Option<ConnectionId>>,
        notice: Notice,
    ) {
        self.notice_at(now, connection.into(), None, notice);
    }

    /// Appends the notice that a client was accepted, with our own address of the connection.
    pub fn joined(
        &mut self,
        now: Micros,
        connection: ConnectionId,
        peer: impl Into<Peer>,
        local: Option<Peer>,
    ) {
        let peer = peer.into();
        self.notice_at(now, Some(connection), local, Notice::Joined { peer });
    }

    fn notice_at(
        &mut self,
        now: Micros,
        connection: Option<ConnectionId>,
        local: Option<Peer>,
        notice: Notice,
    ) {
        let subject = self.chunk.notices.len() as u32;
        self.chunk
            .concerns
            .extend(connection.map(|connection| Concern {
                notice: subject,
                connection,
                local,
            }));
        let kind = notice.kind();
        self.chunk.notices.push(notice);
        self.push_entry(now, subject, kind, Arrival::default());
        self.chunk.mark_repeat(self.chunk.index.len() - 1);
    }

    /// Returns the finished chunk; the builder is empty again.
    pub fn finish(&mut self) -> Chunk {
        self.places.clear();
        let mut chunk = std::mem::take(&mut self.chunk);
        // The next chunk is likely to have about the same size. Growing step by step would
        // fetch and copy the memory of a chunk twice.
        let about = |length: usize| length + length / 16;
        self.chunk.arena.reserve_exact(about(chunk.arena.len()));
        self.chunk.index.reserve_exact(about(chunk.index.len()));
        // A quiet chunk holds a record or two: it must not keep capacity for a thousand.
        shrink(&mut chunk.arena);
        shrink(&mut chunk.index);
        chunk
    }

    fn payload(
        &mut self,
        kind: RecordKind,
        time: Micros,
        far: FarSide,
        bytes: &[u8],
        arrival: Arrival,
        origin: RecordOrigin<'_>,
    ) {
        let route = PayloadRoute {
            peer: far.peer,
            connection: far.connection,
            destination: arrival.destination,
            other: origin.other,
            rule: origin.rule.and_then(|name| self.chunk.place_of_rule(name)),
        };
        self.chunk.truncated += u64::from(arrival.truncated);
        let routes = &mut self.chunk.routes;
        // The route of the previous record is by far the most frequent.
        let subject = match routes.last() {
            Some(last) if *last == route => routes.len() as u32 - 1,
            _ => *self.places.entry(route).or_insert_with(|| {
                routes.push(route);
                routes.len() as u32 - 1
            }),
        };
        self.push_entry(time, subject, kind, arrival);
        self.chunk.arena.extend_from_slice(bytes);
    }

    fn push_entry(&mut self, time: Micros, subject: u32, kind: RecordKind, arrival: Arrival) {
        if self.chunk.is_empty() {
            self.chunk.began = time;
        }
        let position = self.chunk.index.len();
        let offset = time.checked_sub(self.chunk.base(position));
        let after = offset.and_then(|offset| i32::try_from(offset).ok());
        let after = after.unwrap_or_else(|| {
            self.chunk.bases.push((position as u32, time));
            0
        });
        let start = self.chunk.arena.len() as u32;
        let Arrival {
            kernel_time,
            truncated,
            whole,
            ..
        } = arrival;
        if let Some(whole) = whole.filter(|_| truncated) {
            self.chunk.wholes.push((position as u32, whole));
        }
        self.chunk.index.push(IndexEntry {
            start,
            after,
            subject,
            kind,
            kernel_time,
            truncated,
            mark: false,
        });
        self.chunk.count.add_one(kind);
    }
}

/// Releases spare capacity of more than an eighth.
fn shrink<T>(list: &mut Vec<T>) {
    if list.capacity() - list.len() > list.len() / 8 {
        list.shrink_to_fit();
    }
}
