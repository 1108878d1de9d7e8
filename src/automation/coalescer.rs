//! Coalesces repeated notices: the first of a kind is reported at once, those that follow soon
//! only as a count.

use crate::traffic::Micros;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Kinds tracked at a time; if there are more, the one reported longest ago is forgotten.
const KINDS: usize = 1_024;

/// A point in time of the caller's clock.
pub trait Instantaneous: Copy + Ord {
    /// One second later; the same kind is not reported again before.
    fn later(self) -> Self;
}

impl Instantaneous for Instant {
    fn later(self) -> Self {
        self + Duration::from_secs(1)
    }
}

impl Instantaneous for Micros {
    fn later(self) -> Self {
        self.saturating_add(1_000_000)
    }
}

/// Reports each kind of notice at most once a second, and counts the others.
#[derive(Debug)]
pub struct Coalescer<K, T = Instant> {
    kinds: HashMap<K, NoticeKind<T>>,
    /// Unreported notices of forgotten kinds.
    forgotten: u64,
}

#[derive(Debug)]
struct NoticeKind<T> {
    reported: T,
    since: u64,
}

impl<K, T> Default for Coalescer<K, T> {
    fn default() -> Self {
        Self {
            kinds: HashMap::new(),
            forgotten: 0,
        }
    }
}

impl<K: Clone + Eq + Hash, T: Instantaneous> Coalescer<K, T> {
    /// Adds a notice of this kind. `Some` if it is to be reported now, with the number of
    /// notices that were not reported since the last reported one.
    pub fn add(&mut self, key: &K, now: T) -> Option<u64> {
        if let Some(kind) = self.kinds.get_mut(key) {
            // A clock that was set back must not suppress notices.
            if (kind.reported..kind.reported.later()).contains(&now) {
                kind.since += 1;
                return None;
            }
            kind.reported = now;
            return Some(std::mem::take(&mut kind.since));
        }
        if self.kinds.len() >= KINDS {
            self.forget();
        }
        let (reported, since) = (now, 0);
        self.kinds
            .insert(key.clone(), NoticeKind { reported, since });
        Some(0)
    }

    /// A kind whose count is to be reported now, and the count.
    pub fn due(&mut self, now: T) -> Option<(K, u64)> {
        let is_due = |kind: &NoticeKind<T>| kind.reported.later() <= now;
        // If a kind did not come again, its next notice is reported at once.
        self.kinds.retain(|_, kind| kind.since > 0 || !is_due(kind));
        let (key, kind) = self.kinds.iter_mut().find(|(_, kind)| is_due(kind))?;
        kind.reported = now;
        Some((key.clone(), std::mem::take(&mut kind.since)))
    }

    /// When a count is to be reported; `None` if there is no count.
    pub fn deadline(&self) -> Option<T> {
        let pending = self.kinds.values().filter(|kind| kind.since > 0);
        pending.map(|kind| kind.reported.later()).min()
    }

    /// All unreported counts, without those of forgotten kinds.
    pub fn drain(&mut self) -> impl Iterator<Item = (K, u64)> + use<K, T> {
        let kinds = std::mem::take(&mut self.kinds).into_iter();
        let counts = kinds.map(|(key, kind)| (key, kind.since));
        counts.filter(|(_, count)| *count > 0)
    }

    /// The number of unreported notices, including those of forgotten kinds.
    pub fn unreported(&self) -> u64 {
        let since = self.kinds.values().map(|kind| kind.since);
        self.forgotten + since.sum::<u64>()
    }

    fn forget(&mut self) {
        let oldest = self.kinds.iter().min_by_key(|(_, kind)| kind.reported);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            let kind = self.kinds.remove(&key);
            self.forgotten += kind.map_or(0, |kind| kind.since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    #[test]
    fn the_first_is_reported_at_once_and_the_rest_by_number() {
        let now = Instant::now();
        let later = now.later();
        let mut coalescer = Coalescer::default();
        let outcomes = [
            coalescer.add(&"a", now),
            coalescer.add(&"a", now),
            coalescer.add(&"b", now),
        ];
        assert_eq!(outcomes, [Some(0), None, Some(0)]);
        assert_eq!(coalescer.add(&"a", now), None);
        let due = (coalescer.due(now), coalescer.deadline());
        assert_eq!(due, (None, Some(later)));
        assert_eq!(coalescer.due(later), Some(("a", 2)));
        assert_eq!((coalescer.due(later), coalescer.deadline()), (None, None));
        // `b` did not come again for a while.
        assert_eq!(coalescer.add(&"b", later), Some(0));
        assert_eq!(
            coalescer.add(&"a", later),
            None,
            "it was reported a moment ago"
        );
        assert_eq!(coalescer.drain().collect::<Vec<_>>(), [("a", 1)]);
    }

    #[test]
    fn equal_notices_are_reported_once_a_second_and_counted() {
        let mut coalescer = Coalescer::default();
        assert_eq!(coalescer.add(&"a", 0), Some(0));
        assert_eq!(coalescer.add(&"b", 0), Some(0));
        for time in 1..8 {
            assert_eq!(coalescer.add(&"a", time), None);
        }
        assert_eq!(coalescer.unreported(), 7);
        assert_eq!(coalescer.add(&"a", SECOND), Some(7));
        assert_eq!(coalescer.unreported(), 0);
        assert_eq!(coalescer.add(&"a", -SECOND), Some(0));
    }

    #[test]
    fn it_remembers_no_more_than_a_few_and_forgets_the_oldest() {
        let mut coalescer = Coalescer::default();
        for key in 0..5_000_i64 {
            assert_eq!(coalescer.add(&key, key), Some(0));
            assert_eq!(coalescer.add(&key, key), None);
        }
        assert_eq!(coalescer.kinds.len(), KINDS);
        assert_eq!(coalescer.unreported(), 5_000);
        assert_eq!(coalescer.add(&4_999, 5_000), None);
        assert_eq!(coalescer.add(&0, 5_000), Some(0));
    }
}
