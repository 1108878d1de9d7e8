//! The unit of transfer and of storage: one arena of bytes and a compact index.

mod columns;
mod encode;

pub use columns::Columns;
pub use encode::Damaged;

use super::{Arrival, Body, Count, Kind, Micros, Notice, Origin, Record, Volume};
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
    /// Names of rules that caused records.
    rules: Vec<Box<str>>,
    count: Count,
    received: Volume,
    sent: Volume,
    truncated: u64,
}

/// Whom a record came from or went to, by which address and interface it came, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
struct Route {
    peer: SocketAddr,
    destination: Option<(IpAddr, u32)>,
    /// The other end of a relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<SocketAddr>,
    /// The place among the rules' names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<u16>,
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
            + self.rules.iter().map(|rule| rule.len()).sum::<usize>()
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
        let mut origin = Origin::default();
        if matches!(entry.kind, Kind::Received | Kind::Sent) {
            let route = route()?;
            origin.other = route.other;
            origin.rule = route.rule.and_then(|place| self.rule(place));
            arrival.destination = route.destination;
        }
        let body = match entry.kind {
            Kind::Received => Body::Received {
                peer: route()?.peer,
                bytes,
            },
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
            origin,
        })
    }

    fn rule(&self, place: u16) -> Option<&str> {
        self.rules.get(usize::from(place)).map(Box::as_ref)
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
                    let mut route = *route;
                    let name = route.rule.and_then(|place| later.rule(place));
                    route.rule = name.and_then(|name| self.place_of_rule(name));
                    let known = self.routes.iter().position(|known| *known == route);
                    known.unwrap_or_else(|| {
                        self.routes.push(route);
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

    /// Where this rule's name stands among the names; it is added if need be. `None` if
    /// there are too many.
    fn place_of_rule(&mut self, name: &str) -> Option<u16> {
        let known = self.rules.iter().position(|known| **known == *name);
        let place = known.unwrap_or_else(|| {
            self.rules.push(name.into());
            self.rules.len() - 1
        });
        u16::try_from(place).ok()
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
        self.received_for(time, peer, bytes, arrival, Origin::default());
    }

    pub fn sent(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8]) {
        self.sent_for(now, peer, bytes, Origin::default());
    }

    /// Something received that is about to be passed on.
    pub fn received_for(
        &mut self,
        time: Micros,
        peer: SocketAddr,
        bytes: &[u8],
        arrival: Arrival,
        origin: Origin<'_>,
    ) {
        self.chunk.received.add(bytes.len());
        let route = self.route(peer, arrival, origin);
        self.chunk.truncated += u64::from(arrival.truncated);
        self.push_bytes(time, route, bytes, Kind::Received, arrival);
    }

    /// Something sent that nobody typed, or that is passed on.
    pub fn sent_for(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8], origin: Origin<'_>) {
        self.chunk.sent.add(bytes.len());
        let route = self.route(peer, Arrival::default(), origin);
        self.push_bytes(now, route, bytes, Kind::Sent, Arrival::default());
    }

    fn route(&mut self, peer: SocketAddr, arrival: Arrival, origin: Origin<'_>) -> Route {
        let rule = origin.rule.and_then(|name| self.chunk.place_of_rule(name));
        Route {
            peer,
            destination: arrival.destination,
            other: origin.other,
            rule,
        }
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
        // The next one is likely to be about as long. Growing step by step would fetch and
        // copy the memory of a chunk twice.
        let about = |length: usize| length + length / 16;
        self.chunk.arena.reserve_exact(about(chunk.arena.len()));
        self.chunk.index.reserve_exact(about(chunk.index.len()));
        // A quiet chunk holds a record or two: do not keep room for a thousand.
        shrink(&mut chunk.arena);
        shrink(&mut chunk.index);
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

/// Gives back what is more than a small part.
fn shrink<T>(list: &mut Vec<T>) {
    if list.capacity() - list.len() > list.len() / 8 {
        list.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests;
