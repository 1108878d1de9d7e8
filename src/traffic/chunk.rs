//! The unit of transfer and of storage: one arena of bytes and a compact index.

use super::{Body, Count, Kind, Micros, Notice, Record, Volume};
use std::collections::HashMap;
use std::net::SocketAddr;

/// Records in the order they happened; their bytes stand in one arena.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    began: Micros,
    arena: Vec<u8>,
    index: Vec<Entry>,
    peers: Vec<SocketAddr>,
    notices: Vec<Notice>,
    count: Count,
    received: Volume,
    sent: Volume,
}

/// Sixteen bytes a record; its bytes end where the next record's begin.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where the record's bytes begin in the arena.
    start: u32,
    /// Microseconds since the chunk began.
    after: u32,
    /// The place of its peer, or of its notice.
    subject: u32,
    kind: Kind,
}

impl Chunk {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
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

    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Memory the chunk holds, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + self.arena.capacity()
            + self.index.capacity() * size_of::<Entry>()
            + self.peers.capacity() * size_of::<SocketAddr>()
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
        let body = match entry.kind {
            Kind::Received => Body::Received {
                peer: *self.peers.get(subject)?,
                bytes,
            },
            Kind::Sent => Body::Sent {
                peer: *self.peers.get(subject)?,
                bytes,
            },
            Kind::Notice | Kind::Failure => Body::Notice(self.notices.get(subject)?),
        };
        Some(Record {
            time: self.began + Micros::from(entry.after),
            body,
        })
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
        self.peers.get(entry.subject as usize).copied()
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
        let fits = (0..i64::from(u32::MAX / 2)).contains(&span)
            && self.arena.len() + later.arena.len() <= limit
            && self.index.len() + later.index.len() <= limit / size_of::<Entry>()
            && self.peers.len() + later.peers.len() <= 64
            && later
                .index
                .last()
                .is_none_or(|last| i64::from(last.after) + span < i64::from(u32::MAX));
        if !fits {
            return false;
        }
        let base = self.arena.len() as u32;
        for entry in &later.index {
            let subject = match entry.kind {
                Kind::Received | Kind::Sent => {
                    let Some(&peer) = later.peers.get(entry.subject as usize) else {
                        continue;
                    };
                    self.peers
                        .iter()
                        .position(|known| *known == peer)
                        .unwrap_or_else(|| {
                            self.peers.push(peer);
                            self.peers.len() - 1
                        }) as u32
                }
                Kind::Notice | Kind::Failure => self.notices.len() as u32 + entry.subject,
            };
            let (start, after) = (base + entry.start, entry.after + span as u32);
            self.index.push(Entry {
                start,
                after,
                subject,
                kind: entry.kind,
            });
        }
        self.arena.extend_from_slice(&later.arena);
        self.notices.extend_from_slice(&later.notices);
        self.count = self.count + later.count;
        self.received = self.received + later.received;
        self.sent = self.sent + later.sent;
        true
    }
}

/// A chunk that is still being written.
#[derive(Debug, Default)]
pub struct ChunkBuilder {
    chunk: Chunk,
    places: HashMap<SocketAddr, u32>,
}

impl ChunkBuilder {
    pub fn is_empty(&self) -> bool {
        self.chunk.is_empty()
    }

    /// Payload and index bytes written so far.
    pub fn size(&self) -> usize {
        self.chunk.arena.len() + self.chunk.index.len() * size_of::<Entry>()
    }

    pub fn received(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8]) {
        self.chunk.received.add(bytes.len());
        self.push_bytes(now, peer, bytes, Kind::Received);
    }

    pub fn sent(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8]) {
        self.chunk.sent.add(bytes.len());
        self.push_bytes(now, peer, bytes, Kind::Sent);
    }

    pub fn notice(&mut self, now: Micros, notice: Notice) {
        let subject = self.chunk.notices.len() as u32;
        let kind = notice.kind();
        self.chunk.notices.push(notice);
        self.push_entry(now, subject, kind);
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

    fn push_bytes(&mut self, now: Micros, peer: SocketAddr, bytes: &[u8], kind: Kind) {
        let peers = &mut self.chunk.peers;
        let subject = *self.places.entry(peer).or_insert_with(|| {
            peers.push(peer);
            peers.len() as u32 - 1
        });
        self.push_entry(now, subject, kind);
        self.chunk.arena.extend_from_slice(bytes);
    }

    fn push_entry(&mut self, now: Micros, subject: u32, kind: Kind) {
        if self.chunk.is_empty() {
            self.chunk.began = now;
        }
        let after = u32::try_from(now - self.chunk.began).unwrap_or(0);
        let start = self.chunk.arena.len() as u32;
        self.chunk.index.push(Entry {
            start,
            after,
            subject,
            kind,
        });
        self.chunk.count.add_one(kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
    }

    #[test]
    fn records_come_back_as_they_went_in() {
        let mut builder = ChunkBuilder::default();
        builder.received(1_000, peer(1), b"one");
        builder.sent(1_001, peer(2), b"");
        builder.notice(1_002, Notice::Joined { peer: peer(3) });
        builder.received(1_003, peer(1), b"two");
        let chunk = builder.finish();

        assert_eq!(
            chunk.get(0),
            Some(Record {
                time: 1_000,
                body: Body::Received {
                    peer: peer(1),
                    bytes: b"one"
                }
            })
        );
        assert_eq!(
            chunk.get(1),
            Some(Record {
                time: 1_001,
                body: Body::Sent {
                    peer: peer(2),
                    bytes: b""
                }
            })
        );
        assert_eq!(
            chunk.get(2),
            Some(Record {
                time: 1_002,
                body: Body::Notice(&Notice::Joined { peer: peer(3) })
            })
        );
        assert_eq!(
            chunk.get(3).map(|r| r.bytes().to_vec()),
            Some(b"two".to_vec())
        );
        assert_eq!(chunk.get(4), None);
        assert_eq!(chunk.peers.len(), 2);
        assert_eq!(chunk.last_source(), Some(peer(1)));
        assert!(builder.is_empty());
    }

    #[test]
    fn a_chunk_absorbs_a_later_small_one() {
        let mut builder = ChunkBuilder::default();
        builder.received(1_000, peer(1), b"one");
        let mut first = builder.finish();
        builder.notice(2_000, Notice::Joined { peer: peer(3) });
        builder.received(2_500, peer(2), b"two");
        builder.received(2_600, peer(1), b"three");
        let second = builder.finish();

        assert!(first.absorb(&second, 1 << 16));
        assert_eq!(first.len(), 4);
        assert_eq!(first.get(1).map(|r| r.time), Some(2_000));
        assert_eq!(
            first.get(2),
            Some(Record {
                time: 2_500,
                body: Body::Received {
                    peer: peer(2),
                    bytes: b"two"
                }
            })
        );
        assert_eq!(
            first.get(3),
            Some(Record {
                time: 2_600,
                body: Body::Received {
                    peer: peer(1),
                    bytes: b"three"
                }
            })
        );
        assert_eq!(
            first.received(),
            Volume {
                records: 3,
                bytes: 11
            }
        );
    }

    #[test]
    fn a_chunk_does_not_absorb_a_big_or_a_late_one() {
        let mut builder = ChunkBuilder::default();
        builder.received(0, peer(1), b"one");
        let mut first = builder.finish();
        builder.received(1, peer(1), &[0; 100]);
        assert!(!first.absorb(&builder.finish(), 64));
        builder.received(Micros::from(u32::MAX), peer(1), b"late");
        assert!(!first.absorb(&builder.finish(), 1 << 16));
        assert_eq!(first.len(), 1);
    }
}
