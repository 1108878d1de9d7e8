//! The matching records of one chunk.

use crate::traffic::{RecordCount, RecordKind};

/// A bit set: one bit for each record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    words: Box<[u64]>,
    count: RecordCount,
    /// The number of records examined.
    of: usize,
}

impl Hits {
    /// No match among `of` records.
    pub fn none(of: usize) -> Self {
        Self {
            words: vec![0; of.div_ceil(64)].into(),
            count: RecordCount::default(),
            of,
        }
    }

    /// Adds the record at this position of the chunk.
    pub fn add(&mut self, at: usize, kind: RecordKind) {
        if let Some(word) = self.words.get_mut(at / 64)
            && *word & (1 << (at % 64)) == 0
        {
            *word |= 1 << (at % 64);
            self.count.add_one(kind);
        }
    }

    /// Whether the record at this position matches.
    pub fn contains(&self, at: usize) -> bool {
        self.words
            .get(at / 64)
            .is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// The matching records, by kind.
    pub fn count(&self) -> RecordCount {
        self.count
    }

    /// The number of records searched.
    pub fn of(&self) -> usize {
        self.of
    }
}
