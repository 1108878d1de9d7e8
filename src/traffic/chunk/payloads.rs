//! The payloads of a chunk, which a search reads, decoded or encoded.

use super::encode::{self, ChunkDecoder};
use super::{Chunk, Damaged, IndexEntry};
use crate::traffic::RecordKind;
use std::ops::Range;

/// The payloads of a chunk, stored one after the other, and where each begins.
pub struct ChunkPayloads<'a> {
    arena: &'a [u8],
    entries: Entries<'a>,
}

enum Entries<'a> {
    Decoded(&'a [IndexEntry]),
    Encoded(&'a [u8]),
}

impl Chunk {
    pub fn payloads(&self) -> ChunkPayloads<'_> {
        ChunkPayloads {
            arena: &self.arena,
            entries: Entries::Decoded(&self.index),
        }
    }
}

impl<'a> ChunkPayloads<'a> {
    /// The payloads of a chunk that [`Chunk::encode`] wrote.
    ///
    /// # Errors
    /// [`Damaged`] if the lengths are inconsistent. The entries are not checked: a search finds
    /// nothing, or a wrong record, in a damaged one.
    pub fn encoded(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut bytes = ChunkDecoder(bytes);
        bytes.take(size_of::<i64>())?;
        let [entries, side, arena] = [bytes.length()?, bytes.length()?, bytes.length()?];
        bytes.take(side)?;
        let entries = bytes.take(entries.checked_mul(encode::ENTRY).ok_or(Damaged)?)?;
        Ok(Self {
            arena: bytes.take(arena)?,
            entries: Entries::Encoded(entries),
        })
    }

    /// The number of records in the chunk.
    pub fn count(&self) -> usize {
        match self.entries {
            Entries::Decoded(entries) => entries.len(),
            Entries::Encoded(bytes) => bytes.len() / encode::ENTRY,
        }
    }

    /// The payloads, one after the other.
    pub fn arena(&self) -> &'a [u8] {
        self.arena
    }

    /// The kind of the record at this position. `None` after the last one, or if its code is
    /// damaged.
    pub fn kind(&self, at: usize) -> Option<RecordKind> {
        match self.entries {
            Entries::Decoded(entries) => entries.get(at).map(|entry| entry.kind),
            Entries::Encoded(bytes) => encode::kind(*bytes.get(at * encode::ENTRY + encode::KIND)?),
        }
    }

    /// The range of this record's bytes in the arena.
    pub fn bytes(&self, at: usize) -> Range<usize> {
        let end = self.start(at + 1).unwrap_or(self.arena.len());
        self.start(at).unwrap_or(end)..end
    }

    /// The index of the record that holds the arena's byte at `place`, searched from record
    /// `from` on. Interpolation makes the first guess, which is nearly right where records have
    /// similar lengths.
    pub fn holder(&self, from: usize, place: usize) -> usize {
        let begins_after = |at: usize| self.start(at).is_none_or(|start| start > place);
        let begin = self.start(from).unwrap_or(0);
        let ahead = place.saturating_sub(begin) as u64 * self.count().saturating_sub(from) as u64;
        let guess = from + (ahead / (self.arena.len() - begin.min(place)).max(1) as u64) as usize;
        let (mut low, mut high) = if begins_after(guess) {
            (from, guess)
        } else {
            let mut step = 1;
            while !begins_after(guess + step) {
                step *= 2;
            }
            (guess + step / 2, guess + step)
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if begins_after(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    }

    fn start(&self, at: usize) -> Option<usize> {
        match self.entries {
            Entries::Decoded(entries) => entries.get(at).map(|entry| entry.start as usize),
            Entries::Encoded(bytes) => {
                let entry = bytes.get(at * encode::ENTRY..)?;
                Some(u32::from_le_bytes(*entry.first_chunk()?) as usize)
            }
        }
    }
}
