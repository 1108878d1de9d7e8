//! Failures that only repeat the one before, so that a view may show them as one.

use super::{Chunk, IndexEntry};
use crate::traffic::{Micros, RecordKind};

/// Failures further apart than this do not belong together: a second.
const APART: Micros = 1_000_000;

/// A failure with those that repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// The number of failures, with the first one.
    pub count: u64,
    /// The time of the last one.
    pub last: Micros,
}

impl Chunk {
    /// Whether the record at `position` is a failure equal to the one before it in this chunk,
    /// less than a second later and with only sent records between them.
    pub fn is_repeat(&self, position: usize) -> bool {
        let entry = self.index.get(position);
        entry.is_some_and(|entry| entry.kind == RecordKind::Failure && entry.mark)
    }

    /// The position of the failure that the one at `position` repeats; `position` if it repeats
    /// none.
    pub fn first_of(&self, position: usize) -> usize {
        let earlier = self.index.get(..position).unwrap_or_default();
        let is_first = |entry: &IndexEntry| entry.kind == RecordKind::Failure && !entry.mark;
        let first = earlier.iter().rposition(is_first);
        first
            .filter(|_| self.is_repeat(position))
            .unwrap_or(position)
    }

    /// The failure at `position` with those that repeat it; `None` if none does.
    pub fn repeats(&self, position: usize) -> Option<Repeats> {
        let is_failure = |kind| kind == RecordKind::Failure;
        self.kind(position).filter(|kind| is_failure(*kind))?;
        let after = self.index.iter().enumerate().skip(position + 1);
        let mut run = after.take_while(|(_, entry)| match entry.kind {
            RecordKind::Sent => true,
            RecordKind::Failure => entry.mark,
            RecordKind::Received | RecordKind::Notice => false,
        });
        let first = run.find(|(_, entry)| is_failure(entry.kind))?;
        let (mut count, mut last) = (2, first.0);
        for (at, _) in run.filter(|(_, entry)| is_failure(entry.kind)) {
            (count, last) = (count + 1, at);
        }
        let last = self.time(last)?;
        Some(Repeats { count, last })
    }

    /// Marks the record at `position` if it is a repeat, and counts it as one.
    pub(super) fn mark_repeat(&mut self, position: usize) {
        if self.kind(position) != Some(RecordKind::Failure) || self.is_repeat(position) {
            return;
        }
        let earlier = self.index.get(..position).unwrap_or_default();
        let earlier = earlier
            .iter()
            .rposition(|entry| entry.kind != RecordKind::Sent);
        let is_same = earlier.is_some_and(|earlier| self.are_alike(earlier, position));
        if let Some(entry) = self.index.get_mut(position).filter(|_| is_same) {
            entry.mark = true;
            self.count.repeats += 1;
        }
    }

    /// Whether two records are equal failures of about the same time.
    fn are_alike(&self, earlier: usize, later: usize) -> bool {
        let failure = |position: usize| {
            let entry = self.index.get(position)?;
            let is_failure = entry.kind == RecordKind::Failure;
            let notice = self.notices.get(entry.subject as usize);
            notice.filter(|_| is_failure)
        };
        let apart = self.time(later).zip(self.time(earlier));
        let apart = apart.and_then(|(later, earlier)| later.checked_sub(earlier));
        let is_near = apart.is_some_and(|apart| (0..APART).contains(&apart));
        is_near && failure(earlier).is_some() && failure(earlier) == failure(later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Cause, ChunkBuilder, Failure, Notice, Operation, Record};
    use std::net::SocketAddr;

    fn failure(code: i32) -> Notice {
        Notice::Failed(Failure {
            operation: Operation::Send,
            address: "127.0.0.1:9".into(),
            cause: Cause::System { code },
        })
    }

    /// Sent and failed by turns, then the same failure later, and another one.
    fn builder() -> ChunkBuilder {
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let mut chunk = ChunkBuilder::default();
        chunk.notice(0, failure(1));
        chunk.notice(1, failure(1));
        chunk.sent(2, peer, b"a");
        chunk.notice(900_000, failure(1));
        chunk.notice(2_000_000, failure(1));
        chunk.notice(2_000_001, failure(2));
        chunk
    }

    fn repeats(chunk: &Chunk) -> Vec<usize> {
        let all = 0..chunk.len();
        all.filter(|position| chunk.is_repeat(*position)).collect()
    }

    #[test]
    fn equal_failures_within_a_second_repeat_the_first() {
        let chunk = builder().finish();
        assert_eq!(repeats(&chunk), [1, 3]);
        assert_eq!((chunk.count().failures, chunk.count().repeats), (5, 2));
        let run = Repeats {
            count: 3,
            last: 900_000,
        };
        assert_eq!(chunk.repeats(0), Some(run));
        assert_eq!(chunk.repeats(4), None);
        assert_eq!(
            [0, 1, 3, 4].map(|position| chunk.first_of(position)),
            [0, 0, 0, 4]
        );
    }

    #[test]
    fn what_is_received_in_between_separates_them() {
        let mut chunk = ChunkBuilder::default();
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        chunk.notice(0, failure(1));
        chunk.received(1, peer, b"a", crate::traffic::Arrival::default());
        chunk.notice(2, failure(1));
        assert_eq!(repeats(&chunk.finish()), [0; 0]);
    }

    #[test]
    fn they_are_the_same_in_a_chunk_that_was_merged_or_read_back() {
        let whole = builder().finish();
        let mut merged = Chunk::default();
        for position in 0..whole.len() {
            let mut one = ChunkBuilder::default();
            let record: Record<'_> = whole.get(position).unwrap();
            one.copy(&record);
            let one = one.finish();
            match merged.is_empty() {
                true => merged = one,
                false => assert!(merged.absorb(&one, 1 << 20)),
            }
        }
        assert_eq!(repeats(&merged), repeats(&whole));
        assert_eq!(merged.count(), whole.count());
        let read = Chunk::decode(&whole.encode().unwrap()).unwrap();
        assert_eq!(repeats(&read), repeats(&whole));
        assert_eq!(read.count(), whole.count());
    }
}
