//! The unit of transfer and of storage: one arena of bytes and a compact index.

mod columns;
mod encode;

pub use columns::Columns;
pub use encode::Damaged;

use super::{Arrival, Body, Count, Kind, Micros, Notice, Record, Volume};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Records in the order they happened; their bytes stand in one arena.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    began: Micros,
    arena: Vec<u8>,
    index: Vec<Entry>,
    routes: Vec<Route>,
    notices: Vec<Notice>,
    count: Count,
    received: Volume,
    sent: Volume,
    truncated: u64,
}

/// Whom a record came from or went to, and by which address and interface it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
struct Route {
    peer: SocketAddr,
    destination: Option<(IpAddr, u32)>,
}

/// Sixteen bytes a record; its bytes end where the next record's begin.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where the record's bytes begin in the arena.
    start: u32,
    /// Microseconds after the chunk began. A datagram may have reached the kernel before
    /// the row above it was written.
    after: i32,
    /// The place of its route, or of its notice.
    subject: u32,
    kind: Kind,
    kernel_time: bool,
    truncated: bool,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// When its first record was written.
    pub fn began(&self) -> Micros {
        self.began
    }

    pub fn count(&self) -> Count {
        self.count
    }

    pub fn received(&self) -> Volume {
        self.received
    }

    pub fn sent(&self) -> Volume {
        self.sent
    }

    /// Received records of which only the beginning is there.
    pub fn truncated(&self) -> u64 {
        self.truncated
    }

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Memory the chunk holds, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.arena.capacity()
            + self.index.capacity() * size_of::<Entry>()
            + self.routes.capacity() * size_of::<Route>()
            + self.notices.capacity() * size_of::<Notice>()
    }

    /// The record at `position`, counted from the chunk's first.
    pub fn get(&self, position: usize) -> Option<Record<'_>> {
        let entry = self.index.get(position)?;
        let end = self
            .index
            .get(position + 1)
            .map_or(self.arena.len(), |next| next.start as usize);
        let bytes = self.arena.get(entry.start as usize..end)?;
        let subject = entry.subject as usize;
        let route = || self.routes.get(subject).copied();
        let mut arrival = Arrival {
            destination: None,
            kernel_time: entry.kernel_time,
            truncated: entry.truncated,
        };
        let body = match entry.kind {
            Kind::Received => {
                let Route { peer, destination } = route()?;
                arrival.destination = destination;
                Body::Received { peer, bytes }
            }
            Kind::Sent => Body::Sent {
                peer: route()?.peer,
                bytes,
            },
            Kind::Notice | Kind::Failure => Body::Notice(self.notices.get(subject)?),
        };
        let time = self.began + Micros::from(entry.after);
        Some(Record {
            time,
            body,
            arrival,
        })
    }

    /// When the record at `position` was written.
    pub fn time(&self, position: usize) -> Option<Micros> {
        let entry = self.index.get(position)?;
        Some(self.began + Micros::from(entry.after))
    }

    pub fn kind(&self, position: usize) -> Option<Kind> {
        self.index.get(position).map(|entry| entry.kind)
    }

    /// The peer of the last datagram or read received.
    pub fn last_source(&self) -> Option<SocketAddr> {
        let entry = self
            .index
            .iter()
            .rev()
            .find(|entry| entry.kind == Kind::Received)?;
        self.routes
            .get(entry.subject as usize)
            .map(|route| route.peer)
    }

    /// The kinds from `position` on.
    pub fn kinds(&self, position: usize) -> impl Iterator<Item = Kind> {
        self.index
            .get(position..)
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.kind)
    }

    /// Takes over the records of a later chunk, if both are small and close in time:
    /// chunks of quiet times hold one record each, and a log of those would be mostly
    /// overhead. Says whether it did.
    pub fn absorb(&mut self, later: &Self, limit: usize) -> bool {
        let span = later.began - self.began;
        let within = |after: i32| i32::try_from(i64::from(after) + span).is_ok();
        let fits = self.arena.len() + later.arena.len() <= limit
            && self.index.len() + later.index.len() <= limit / size_of::<Entry>()
            && self.routes.len() + later.routes.len() <= 64
            && later.index.first().is_none_or(|first| within(first.after))
            && later.index.last().is_none_or(|last| within(last.after));
        if !fits {
            return false;
        }
        let base = self.arena.len() as u32;
        for entry in &later.index {
            let subject = match entry.kind {
                Kind::Received | Kind::Sent => {
                    let Some(route) = later.routes.get(entry.subject as usize) else {
                        continue;
                    };
                    let known = self.routes.iter().position(|known| known == route);
                    known.unwrap_or_else(|| {
                        self.routes.push(*route);
                        self.routes.len() - 1
                    }) as u32
                }
                Kind::Notice | Kind::Failure => self.notices.len() as u32 + entry.subject,
            };
            let after = i32::try_from(i64::from(entry.after) + span).unwrap_or(i32::MAX);
            let start = base + entry.start;
            self.index.push(Entry {
                start,
                after,
                subject,
                ..*entry
            });
        }
        self.arena.extend_from_slice(&later.arena);
        self.notices.extend_from_slice(&later.notices);
        self.count = self.count + later.count;
        self.received = self.received + later.received;
        self.sent = self.sent + later.sent;
        self.truncated += later.truncated;
        true
    }
}

/// A chunk that is still being written.
#[derive(Debug, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    places: HashMap<Route, u32>,
}

impl ChunkBuilder {
    pub fn is_empty(&self) -> bool {
        self.chunk.is_empty()
    }

    /// Payload and index bytes written so far.
    pub fn size(&self) -> usize {
        self.chunk.arena.len() + self.chunk.index.len() * size_of::<Entry>()
    }

    pub fn received(&mut self, time: Micros, peer: SocketAddr, bytes: &[u8], arrival: Arrival) {
        self.chunk.received.add(bytes.len());
        self.chunk.truncated += u64::from(arrival.truncated);
        let route = Route {
            peer,
            destination: arrival.destination,
        };
        self.push_bytes(time, route, bytes, Kind::Received, arrival);
    }

    pub fn sent(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8]) {
        self.chunk.sent.add(bytes.len());
        let route = Route {
            peer,
            destination: None,
        };
        self.push_bytes(now, route, bytes, Kind::Sent, Arrival::default());
    }

    pub fn notice(&mut self, now: Micros, notice: Notice) {
        let subject = self.chunk.notices.len() as u32;
        let kind = notice.kind();
        self.chunk.notices.push(notice);
        self.push_entry(now, subject, kind, Arrival::default());
    }

    /// The finished chunk; the builder is empty again.
    pub fn finish(&mut self) -> Chunk {
        self.places.clear();
        let mut chunk = std::mem::take(&mut self.chunk);
        // A quiet chunk holds a record or two: do not keep room for a thousand.
        chunk.arena.shrink_to_fit();
        chunk.index.shrink_to_fit();
        chunk
    }

    fn push_bytes(
        &mut self,
        time: Micros,
        route: Route,
        bytes: &[u8],
        kind: Kind,
        arrival: Arrival,
    ) {
        let routes = &mut self.chunk.routes;
        // The same peer as before is by far the most frequent.
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

    fn push_entry(&mut self, time: Micros, subject: u32, kind: Kind, arrival: Arrival) {
        if self.chunk.is_empty() {
            self.chunk.began = time;
        }
        let after = i32::try_from(time - self.chunk.began).unwrap_or(0);
        let start = self.chunk.arena.len() as u32;
        let Arrival {
            kernel_time,
            truncated,
            ..
        } = arrival;
        self.chunk.index.push(Entry {
            start,
            after,
            subject,
            kind,
            kernel_time,
            truncated,
        });
        self.chunk.count.add_one(kind);
    }
}

#[cfg(test)]
mod tests;
