//! The payloads of a chunk, which a search reads, decoded or encoded.

use super::encode::{self, ChunkDecoder};
use super::{Chunk, Damaged, IndexEntry};
use crate::traffic::RecordKind;
use std::ops::Range;

/// The number of records that are tried one by one before the place of a byte is estimated.
const NEAR: usize = 4;

/// The payloads of a chunk, stored one after the other, and where each begins.
pub struct ChunkPayloads<'a> {
    arena: &'a [u8],
    entries: Entries<'a>,
}

/// A record by its position in the chunk, and the range of its bytes in the arena.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadSpan {
    pub at: usize,
    pub bytes: Range<usize>,
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
        let arena = bytes.take(arena)?;
        if !bytes.0.is_empty() {
            return Err(Damaged);
        }
        Ok(Self {
            arena,
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

    /// The record at this position, with the range of its bytes.
    pub fn span(&self, at: usize) -> PayloadSpan {
        let bytes = self.bytes(at);
        PayloadSpan { at, bytes }
    }

    /// The record that holds the arena's byte at `place`, searched from the record `from` on,
    /// which must not begin after it. The next records are tried first: where most records
    /// match, the next match is in one of them. Then interpolation makes the first guess, which
    /// is nearly right where records have similar lengths.
    pub fn holder(&self, from: PayloadSpan, place: usize) -> PayloadSpan {
        let mut near = from;
        for _ in 0..NEAR {
            if near.bytes.end > place {
                return near;
            }
            // The next one begins where this one ends: only its end is looked up.
            let end = self.start(near.at + 2).unwrap_or(self.arena.len());
            near = PayloadSpan {
                at: near.at + 1,
                bytes: near.bytes.end..end,
            };
        }
        self.span(self.interpolated(near.at, place))
    }

    /// The index of the record that holds the arena's byte at `place`, searched from record
    /// `from` on.
    fn interpolated(&self, from: usize, place: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, ChunkBuilder};
    use proptest::prelude::*;
    use std::net::SocketAddr;

    proptest! {
        #[test]
        fn a_byte_is_in_the_record_that_a_plain_list_names(
            lengths in prop::collection::vec(0_usize..40, 1..200),
            place: prop::sample::Index,
            from: prop::sample::Index,
        ) {
            let peer = SocketAddr::from(([127, 0, 0, 1], 9));
            let (mut builder, mut owners) = (ChunkBuilder::default(), Vec::new());
            for (at, length) in lengths.into_iter().enumerate() {
                builder.received(0, peer, &vec![b'x'; length], Arrival::default());
                owners.resize(owners.len() + length, at);
            }
            prop_assume!(!owners.is_empty());
            let place = place.index(owners.len());
            let from = from.index(owners[place] + 1);
            let chunk = builder.finish();
            let encoded = chunk.encode().unwrap();
            for payloads in [chunk.payloads(), ChunkPayloads::encoded(&encoded).unwrap()] {
                let found = payloads.holder(payloads.span(from), place);
                prop_assert_eq!(found, payloads.span(owners[place]));
                prop_assert_eq!(payloads.interpolated(from, place), owners[place]);
            }
        }
    }
}
