//! Encodes a chunk as bytes for the journal, and decodes it.
//!
//! ```text
//! began i64 | entries u32 | side u32 | arena u32     all little-endian
//! side:    routes, notices, connections of notices, names of rules, time bases and lengths
//!          before truncation, as RON
//! entries: start u32 | after i32 | subject u32 | kind u8 | marks u8 | 0 u16, each
//! arena:   the payloads, one after the other
//! ```

use super::{Chunk, Concern, IndexEntry, PayloadRoute};
use crate::traffic::{Micros, Notice, RecordKind};
use serde::{Deserialize, Serialize};

const HEAD: usize = 20;
/// The size of an encoded entry in bytes, and the offset of its kind.
pub(super) const ENTRY: usize = 16;
pub(super) const KIND: usize = 12;
const KERNEL_TIME: u8 = 1;
const TRUNCATED: u8 = 2;

/// The bytes are not a valid chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

#[derive(Serialize)]
struct SideTables<'a> {
    routes: &'a [PayloadRoute],
    notices: &'a [Notice],
    rules: &'a [Box<str>],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    bases: &'a [(u32, Micros)],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    wholes: &'a [(u32, u32)],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    concerns: &'a [Concern],
}

#[derive(Deserialize)]
struct OwnedSide {
    routes: Vec<PayloadRoute>,
    notices: Vec<Notice>,
    #[serde(default)]
    rules: Vec<Box<str>>,
    #[serde(default)]
    bases: Vec<(u32, Micros)>,
    #[serde(default)]
    wholes: Vec<(u32, u32)>,
    #[serde(default)]
    concerns: Vec<Concern>,
}

impl Chunk {
    /// Encodes the chunk. The inverse of [`Self::decode`].
    ///
    /// # Errors
    /// [`Damaged`] if a part is longer than its `u32` length field can say.
    pub fn encode(&self) -> Result<Vec<u8>, Damaged> {
        let side = ron::to_string(&SideTables {
            routes: &self.routes,
            notices: &self.notices,
            rules: &self.rules,
            bases: &self.bases,
            wholes: &self.wholes,
            concerns: &self.concerns,
        })
        .map_err(|_| Damaged)?;
        let mut bytes =
            Vec::with_capacity(HEAD + side.len() + self.index.len() * ENTRY + self.arena.len());
        bytes.extend_from_slice(&self.began.to_le_bytes());
        for length in [self.index.len(), side.len(), self.arena.len()] {
            bytes.extend_from_slice(&u32::try_from(length).map_err(|_| Damaged)?.to_le_bytes());
        }
        bytes.extend_from_slice(side.as_bytes());
        for entry in &self.index {
            bytes.extend_from_slice(&entry.start.to_le_bytes());
            bytes.extend_from_slice(&entry.after.to_le_bytes());
            bytes.extend_from_slice(&entry.subject.to_le_bytes());
            let marks = if entry.kernel_time { KERNEL_TIME } else { 0 }
                | if entry.truncated { TRUNCATED } else { 0 };
            bytes.extend_from_slice(&[code(entry.kind), marks, 0, 0]);
        }
        bytes.extend_from_slice(&self.arena);
        Ok(bytes)
    }

    /// Decodes a chunk that occupies all of `bytes`. The inverse of [`Self::encode`].
    ///
    /// # Errors
    /// [`Damaged`] if the bytes are not a chunk that [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut bytes = ChunkDecoder(bytes);
        let began = i64::from_le_bytes(bytes.array()?);
        let [entries, side, arena] = [bytes.length()?, bytes.length()?, bytes.length()?];
        let side = std::str::from_utf8(bytes.take(side)?).map_err(|_| Damaged)?;
        let OwnedSide {
            routes,
            notices,
            rules,
            bases,
            wholes,
            concerns,
        } = ron::from_str(side).map_err(|_| Damaged)?;
        let index = bytes.take(entries.checked_mul(ENTRY).ok_or(Damaged)?)?;
        let arena_bytes = bytes.take(arena)?;
        if !bytes.0.is_empty() {
            return Err(Damaged);
        }
        let mut chunk = Self {
            began,
            arena: arena_bytes.to_vec(),
            routes,
            notices,
            rules,
            bases,
            wholes,
            concerns,
            ..Self::default()
        };
        if !chunk.bases.is_sorted_by(|(a, _), (b, _)| a < b)
            || !chunk.wholes.is_sorted_by(|(a, _), (b, _)| a < b)
            || !chunk.concerns.is_sorted_by(|a, b| a.notice < b.notice)
        {
            return Err(Damaged);
        }
        chunk.index.reserve_exact(entries);
        let mut index = ChunkDecoder(index);
        for _ in 0..entries {
            let entry = entry(&mut index)?;
            chunk.admit(entry)?;
        }
        chunk.recount();
        Ok(chunk)
    }

    /// Appends an entry after checking that it points inside the chunk.
    fn admit(&mut self, entry: IndexEntry) -> Result<(), Damaged> {
        let subjects = match entry.kind {
            RecordKind::Received | RecordKind::Sent => self.routes.len(),
            RecordKind::Notice | RecordKind::Failure => self.notices.len(),
        };
        let in_order = self
            .index
            .last()
            .is_none_or(|last| last.start <= entry.start);
        let base = self.base(self.index.len());
        if !in_order
            || base.checked_add(Micros::from(entry.after)).is_none()
            || entry.start as usize > self.arena.len()
            || entry.subject as usize >= subjects
        {
            return Err(Damaged);
        }
        self.index.push(entry);
        Ok(())
    }

    fn recount(&mut self) {
        for place in 0..self.index.len() {
            let Some(record) = self.get(place) else {
                continue;
            };
            let (kind, length, truncated) = (
                record.kind(),
                record.bytes().len(),
                record.arrival.truncated,
            );
            self.count.add_one(kind);
            match kind {
                RecordKind::Received => self.received.add(length),
                RecordKind::Sent => self.sent.add(length),
                RecordKind::Notice | RecordKind::Failure => {}
            }
            self.truncated += u64::from(truncated);
            self.mark_repeat(place);
        }
    }
}

fn entry(bytes: &mut ChunkDecoder<'_>) -> Result<IndexEntry, Damaged> {
    let start = u32::from_le_bytes(bytes.array()?);
    let after = i32::from_le_bytes(bytes.array()?);
    let subject = u32::from_le_bytes(bytes.array()?);
    let [kind, marks, _, _] = bytes.array()?;
    let kind = self::kind(kind).ok_or(Damaged)?;
    Ok(IndexEntry {
        start,
        after,
        subject,
        kind,
        kernel_time: marks & KERNEL_TIME != 0,
        truncated: marks & TRUNCATED != 0,
        mark: false,
    })
}

/// The kind with this code; `None` for an unknown code.
pub(super) fn kind(code: u8) -> Option<RecordKind> {
    match code {
        0 => Some(RecordKind::Received),
        1 => Some(RecordKind::Sent),
        2 => Some(RecordKind::Notice),
        3 => Some(RecordKind::Failure),
        _ => None,
    }
}

fn code(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Received => 0,
        RecordKind::Sent => 1,
        RecordKind::Notice => 2,
        RecordKind::Failure => 3,
    }
}

/// Reads an encoded chunk from its beginning.
pub(super) struct ChunkDecoder<'a>(pub(super) &'a [u8]);

impl<'a> ChunkDecoder<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Damaged)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| Damaged)
    }

    pub(super) fn length(&mut self) -> Result<usize, Damaged> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_id::{ConnectionId, FarSide};
    use crate::traffic::{Arrival, ChunkBuilder, Destination};
    use proptest::prelude::*;
    use std::net::SocketAddr;

    fn connection() -> ConnectionId {
        ConnectionId::read(7).unwrap()
    }

    fn sample() -> Chunk {
        let peer: SocketAddr = "192.168.1.5:80".parse().unwrap();
        let scoped: SocketAddr = "[fe80::1%3]:5353".parse().unwrap();
        let arrival = Arrival {
            destination: Some(Destination {
                ip: "224.0.0.1".parse().unwrap(),
                interface: 2,
            }),
            kernel_time: true,
            truncated: true,
            whole: Some(9_000),
        };
        let mut chunk = ChunkBuilder::default();
        chunk.received(1_000, peer, b"one", arrival);
        chunk.sent(1_001, scoped, "二".as_bytes());
        chunk.notice(1_002, Notice::Joined { peer: peer.into() });
        chunk.received(900, peer, b"", Arrival::default());
        let local = Some(scoped.into());
        chunk.joined(901, connection(), peer, local);
        chunk.sent(902, FarSide::from((peer.into(), connection())), b"by it");
        chunk.finish()
    }

    fn same(a: &Chunk, b: &Chunk) -> bool {
        let records = (0..a.len().max(b.len())).all(|place| a.get(place) == b.get(place));
        records
            && (a.count(), a.received(), a.sent(), a.truncated())
                == (b.count(), b.received(), b.sent(), b.truncated())
    }

    #[test]
    fn decode_is_the_dual_of_encode() {
        for chunk in [sample(), Chunk::default()] {
            assert!(same(
                &Chunk::decode(&chunk.encode().unwrap()).unwrap(),
                &chunk
            ));
        }
    }

    #[test]
    fn connections_come_back_and_are_not_given_again() {
        let chunk = Chunk::decode(&sample().encode().unwrap()).unwrap();
        let connections = (0..chunk.len()).map(|place| chunk.get(place).unwrap().connection);
        let connections: Vec<_> = connections.collect();
        let own = Some(connection());
        assert_eq!(connections, [None, None, None, None, own, own]);
        let joined = chunk.connection_notices().nth(1).unwrap();
        assert_eq!(
            (joined.connection, joined.local),
            (own, chunk.get(1).unwrap().peer())
        );
        assert!(ConnectionId::next() > connection());
    }

    /// A chunk of a version 1 journal, which names no connection.
    #[test]
    fn a_chunk_without_connections_is_read() {
        let side = "(routes:[(peer:\"127.0.0.1:9\",destination:None)],\
             notices:[Joined(peer:\"127.0.0.1:9\")],rules:[])";
        let mut bytes = 1_000_i64.to_le_bytes().to_vec();
        for length in [2, side.len() as u32, 3] {
            bytes.extend(length.to_le_bytes());
        }
        bytes.extend(side.as_bytes());
        for (after, kind) in [(0_i32, RecordKind::Notice), (1, RecordKind::Received)] {
            bytes.extend(0_u32.to_le_bytes());
            bytes.extend(after.to_le_bytes());
            bytes.extend(0_u32.to_le_bytes());
            bytes.extend([code(kind), 0, 0, 0]);
        }
        bytes.extend(b"old");
        let chunk = Chunk::decode(&bytes).unwrap();
        let peer: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let mut expected = ChunkBuilder::default();
        expected.notice(1_000, Notice::Joined { peer: peer.into() });
        expected.received(1_001, peer, b"old", Arrival::default());
        assert!(same(&chunk, &expected.finish()));
    }

    #[test]
    fn cut_anywhere_it_is_damaged() {
        let bytes = sample().encode().unwrap();
        for end in 0..bytes.len() {
            assert_eq!(
                Chunk::decode(&bytes[..end]).err(),
                Some(Damaged),
                "cut at {end}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_record_comes_back(records: Vec<(i64, SocketAddr, Vec<u8>, bool)>) {
            let mut builder = ChunkBuilder::default();
            for (time, peer, bytes, kernel_time) in &records {
                // Flow labels are not kept, nor scopes of addresses that are not link-local.
                let peer = SocketAddr::new(peer.ip(), peer.port());
                builder.received(*time, peer, bytes, Arrival { kernel_time: *kernel_time, ..Arrival::default() });
            }
            let chunk = builder.finish();
            for (place, (time, ..)) in records.iter().enumerate() {
                prop_assert_eq!(chunk.time(place), Some(*time));
            }
            prop_assert!(same(&Chunk::decode(&chunk.encode().unwrap()).unwrap(), &chunk));
        }

        #[test]
        fn a_flipped_byte_never_panics(at in 0_usize..400, flip: u8) {
            let mut bytes = sample().encode().unwrap();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            if let Ok(chunk) = Chunk::decode(&bytes) {
                (0..chunk.len()).for_each(|place| { chunk.get(place); });
            }
        }

        #[test]
        fn noise_never_panics(bytes: Vec<u8>) {
            Chunk::decode(&bytes).ok();
        }
    }
}
