//! The unit of transfer and of storage: one arena of payload bytes and a compact index.

mod builder;
mod encode;
mod exchange;
mod payloads;
mod repeats;

use crate::connection_id::ConnectionId;
use crate::peer::Peer;
pub use builder::ChunkBuilder;
pub use encode::Damaged;
pub use exchange::Exchange;
pub use payloads::ChunkPayloads;
pub use repeats::Repeats;

use super::{
    Arrival, Body, Destination, Micros, Notice, Record, RecordCount, RecordKind, RecordOrigin,
    Volume,
};

/// Records in the order in which they happened; their payloads are stored in one arena.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    began: Micros,
    /// Time bases: entries from this position on count from this time. A new base is needed
    /// when an offset does not fit in 32 bits (35 minutes) or the clock was set.
    bases: Vec<(u32, Micros)>,
    /// The positions of truncated records and their original lengths, where these are known.
    wholes: Vec<(u32, u32)>,
    arena: Vec<u8>,
    index: Vec<IndexEntry>,
    routes: Vec<PayloadRoute>,
    notices: Vec<Notice>,
    /// The connections of the notices, ascending by notice.
    concerns: Vec<Concern>,
    /// The names of the rules that caused records.
    rules: Vec<Box<str>>,
    count: RecordCount,
    received: Volume,
    sent: Volume,
    truncated: u64,
}

/// The connection of a notice, which is given as an index into the notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Concern {
    notice: u32,
    connection: ConnectionId,
    /// Our own address, in the notice that a client was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    local: Option<Peer>,
}

/// A notice and the connection it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConnectionNotice<'a> {
    pub notice: &'a Notice,
    pub connection: Option<ConnectionId>,
    /// Our own address, in the notice that a client was accepted.
    pub local: Option<Peer>,
}

/// The properties that the payloads of one flow share: peer, connection, destination address and
/// interface, the other side of a relay, and the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
struct PayloadRoute {
    peer: Peer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionId>,
    destination: Option<Destination>,
    /// The peer on the other side of a relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<Peer>,
    /// The index into the names of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<u16>,
}

/// The index entry of a record: sixteen bytes. The record's payload ends where the next one begins.
#[derive(Clone, Copy, Debug)]
struct IndexEntry {
    /// The offset of the payload in the arena.
    start: u32,
    /// Microseconds after the chunk began, or after the last base. It may be negative: a
    /// datagram may have reached the kernel before the previous row was written.
    after: i32,
    /// The index of its route, or of its notice.
    subject: u32,
    kind: RecordKind,
    kernel_time: bool,
    truncated: bool,
    /// Of a received record: it went into the simulated network. Of a failure: it repeats the one
    /// before. Not stored on disk: the first is only useful together with the output of the
    /// simulated network, and the second follows from the records.
    mark: bool,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The time of the first record.
    pub fn began(&self) -> Micros {
        self.began
    }

    pub fn count(&self) -> RecordCount {
        self.count
    }

    /// The volume of received payloads.
    pub fn received(&self) -> Volume {
        self.received
    }

    /// The volume of sent payloads.
    pub fn sent(&self) -> Volume {
        self.sent
    }

    /// The number of truncated records.
    pub fn truncated(&self) -> u64 {
        self.truncated
    }

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The notices, each with the connection it is about.
    pub fn connection_notices(&self) -> impl Iterator<Item = ConnectionNotice<'_>> {
        let notices = self.notices.iter().enumerate();
        notices.map(|(place, notice)| {
            let concern = self.concern(place);
            ConnectionNotice {
                notice,
                connection: concern.map(|concern| concern.connection),
                local: concern.and_then(|concern| concern.local),
            }
        })
    }

    fn concern(&self, notice: usize) -> Option<&Concern> {
        let place = |concern: &Concern| (concern.notice as usize).cmp(&notice);
        let at = self.concerns.binary_search_by(place).ok()?;
        self.concerns.get(at)
    }

    /// The memory that the chunk holds, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.arena.capacity()
            + self.bases.capacity() * size_of::<(u32, Micros)>()
            + self.wholes.capacity() * size_of::<(u32, u32)>()
            + self.index.capacity() * size_of::<IndexEntry>()
            + self.routes.capacity() * size_of::<PayloadRoute>()
            + self.notices.capacity() * size_of::<Notice>()
            + self.concerns.capacity() * size_of::<Concern>()
            + self.rules.iter().map(|rule| rule.len()).sum::<usize>()
    }

    /// The record at `position`, counted from 0.
    pub fn get(&self, position: usize) -> Option<Record<'_>> {
        let entry = self.index.get(position)?;
        let end = self
            .index
            .get(position + 1)
            .map_or(self.arena.len(), |next| next.start as usize);
        let bytes = self.arena.get(entry.start as usize..end)?;
        let subject = entry.subject as usize;
        let route = || self.routes.get(subject);
        let mut arrival = Arrival {
            destination: None,
            kernel_time: entry.kernel_time,
            truncated: entry.truncated,
            whole: entry.truncated.then(|| self.whole(position)).flatten(),
        };
        let mut origin = RecordOrigin::default();
        let (mut connection, mut local) = (None, None);
        if matches!(entry.kind, RecordKind::Received | RecordKind::Sent) {
            let route = route()?;
            connection = route.connection;
            origin.other = route.other;
            origin.rule = route.rule.and_then(|place| self.rule(place));
            arrival.destination = route.destination;
        } else if let Some(concern) = self.concern(subject) {
            (connection, local) = (Some(concern.connection), concern.local);
        }
        let body = match entry.kind {
            RecordKind::Received => Body::Received {
                peer: route()?.peer,
                bytes,
            },
            RecordKind::Sent => Body::Sent {
                peer: route()?.peer,
                bytes,
            },
            RecordKind::Notice | RecordKind::Failure => Body::Notice(self.notices.get(subject)?),
        };
        Some(Record {
            time: self.base(position) + Micros::from(entry.after),
            body,
            connection,
            local,
            arrival,
            origin,
        })
    }

    fn rule(&self, place: u16) -> Option<&str> {
        self.rules.get(usize::from(place)).map(Box::as_ref)
    }

    /// The time of the record at `position`.
    pub fn time(&self, position: usize) -> Option<Micros> {
        let entry = self.index.get(position)?;
        Some(self.base(position) + Micros::from(entry.after))
    }

    /// The positions of the records in the order of a capture: datagrams by time. The kernel
    /// stamps each datagram on arrival and several are read at once, so one that was sent in
    /// between moves above them. A stream keeps the order of its bytes. Notices keep their
    /// positions, because the records after them depend on them.
    pub fn captured(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.index.len()).collect();
        let is_notice = |at: &usize| {
            matches!(
                self.kind(*at),
                Some(RecordKind::Notice | RecordKind::Failure)
            )
        };
        let is_stamped = |at: &usize| self.index.get(*at).is_some_and(|entry| entry.kernel_time);
        for run in positions.split_mut(is_notice) {
            if run.iter().any(is_stamped) {
                run.sort_by_key(|at| self.time(*at));
            }
        }
        positions
    }

    fn whole(&self, position: usize) -> Option<u32> {
        let place = |(at, _): &(u32, u32)| (*at as usize).cmp(&position);
        let at = self.wholes.binary_search_by(place).ok()?;
        self.wholes.get(at).map(|(_, whole)| *whole)
    }

    /// The time base of the entry at `position`.
    fn base(&self, position: usize) -> Micros {
        let reached = |(from, _): &(u32, Micros)| *from as usize <= position;
        let after = self.bases.partition_point(reached);
        let base = after.checked_sub(1).and_then(|at| self.bases.get(at));
        base.map_or(self.began, |(_, base)| *base)
    }

    pub fn kind(&self, position: usize) -> Option<RecordKind> {
        self.index.get(position).map(|entry| entry.kind)
    }

    /// The sender of the last payload received.
    pub fn last_source(&self) -> Option<Peer> {
        let entry = self
            .index
            .iter()
            .rev()
            .find(|entry| entry.kind == RecordKind::Received)?;
        self.routes
            .get(entry.subject as usize)
            .map(|route| route.peer)
    }

    /// Whether a received record went into the simulated network. The program receives its
    /// output instead: later, and perhaps damaged, duplicated or not at all.
    pub fn is_impaired(&self, position: usize) -> bool {
        let entry = self.index.get(position);
        entry.is_some_and(|entry| entry.kind == RecordKind::Received && entry.mark)
    }

    /// The kinds of the records from `position` on.
    pub fn kinds(&self, position: usize) -> impl Iterator<Item = RecordKind> {
        self.index
            .get(position..)
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.kind)
    }

    /// Appends the records of a later chunk, if both are close in time and together have at
    /// most `limit` bytes of payload and of index. Returns whether it did. Chunks of quiet
    /// times hold one record each, and a log of such chunks would be mostly overhead.
    pub fn absorb(&mut self, later: &Self, limit: usize) -> bool {
        let Some(span) = later.began.checked_sub(self.base(self.index.len())) else {
            return false;
        };
        let moved = |after: i32| i32::try_from(span.checked_add(i64::from(after))?).ok();
        let fits = self.arena.len() + later.arena.len() <= limit
            && self.index.len() + later.index.len() <= limit / size_of::<IndexEntry>()
            && self.routes.len() + later.routes.len() <= 64
            && later.bases.is_empty()
            && later.index.iter().all(|entry| moved(entry.after).is_some());
        if !fits {
            return false;
        }
        let base = self.arena.len() as u32;
        let first = self.index.len() as u32;
        let moved_on = |(at, whole): &(u32, u32)| (first + at, *whole);
        self.wholes.extend(later.wholes.iter().map(moved_on));
        for entry in &later.index {
            let subject = match entry.kind {
                RecordKind::Received | RecordKind::Sent => {
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
                RecordKind::Notice | RecordKind::Failure => {
                    self.notices.len() as u32 + entry.subject
                }
            };
            let Some(after) = moved(entry.after) else {
                continue;
            };
            let start = base + entry.start;
            self.index.push(IndexEntry {
                start,
                after,
                subject,
                ..*entry
            });
        }
        self.arena.extend_from_slice(&later.arena);
        let before = self.notices.len() as u32;
        let moved_on = |concern: &Concern| Concern {
            notice: before + concern.notice,
            ..*concern
        };
        self.concerns.extend(later.concerns.iter().map(moved_on));
        self.notices.extend_from_slice(&later.notices);
        self.count = self.count + later.count;
        self.received = self.received + later.received;
        self.sent = self.sent + later.sent;
        self.truncated += later.truncated;
        // Its first failure may repeat one of this chunk.
        let first_other = later
            .index
            .iter()
            .position(|entry| entry.kind != RecordKind::Sent);
        if let Some(position) = first_other {
            self.mark_repeat(first as usize + position);
        }
        true
    }

    /// The index of this rule's name, which is added if it is missing. `None` if there are more
    /// than 65,536 names.
    fn place_of_rule(&mut self, name: &str) -> Option<u16> {
        let known = self.rules.iter().position(|known| **known == *name);
        let place = known.unwrap_or_else(|| {
            self.rules.push(name.into());
            self.rules.len() - 1
        });
        u16::try_from(place).ok()
    }
}

#[cfg(test)]
mod tests;
