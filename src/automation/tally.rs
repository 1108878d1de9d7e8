//! The same thing again and again, told once and then by number.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// How often the same is told at most.
const INTERVAL: Duration = Duration::from_secs(1);
/// Different things remembered; the others are told each time.
const MOST: usize = 4_096;

/// Says the first of a kind at once, and of those that follow soon how many they were.
#[derive(Debug)]
pub struct Tally<K> {
    counts: HashMap<K, (u64, Instant)>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self {
            counts: HashMap::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Tally<K> {
    /// It happened; says whether it is to be told now.
    pub fn add(&mut self, key: &K, now: Instant) -> bool {
        match self.counts.get_mut(key) {
            Some((count, _)) => {
                *count += 1;
                false
            }
            None => {
                if self.counts.len() < MOST {
                    self.counts.insert(key.clone(), (0, now + INTERVAL));
                }
                true
            }
        }
    }

    /// One that is to be told now, and how often it happened since it was last told.
    pub fn due(&mut self, now: Instant) -> Option<(K, u64)> {
        // What did not happen again is told at once the next time.
        self.counts
            .retain(|_, (count, due)| *count > 0 || *due > now);
        let (key, told) = self
            .counts
            .iter_mut()
            .find(|(_, (count, due))| *count > 0 && *due <= now)?;
        let count = std::mem::take(&mut told.0);
        told.1 = now + INTERVAL;
        Some((key.clone(), count))
    }

    /// When one is to be told.
    pub fn deadline(&self) -> Option<Instant> {
        let pending = self.counts.values().filter(|(count, _)| *count > 0);
        pending.map(|(_, due)| *due).min()
    }

    /// All that has not been told.
    pub fn drain(&mut self) -> impl Iterator<Item = (K, u64)> {
        let counts = std::mem::take(&mut self.counts);
        let pending = counts.into_iter().filter(|(_, (count, _))| *count > 0);
        pending.map(|(key, (count, _))| (key, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_rest_by_number() {
        let now = Instant::now();
        let later = now + INTERVAL;
        let mut tally = Tally::default();
        let told = [
            tally.add(&"a", now),
            tally.add(&"a", now),
            tally.add(&"b", now),
        ];
        assert_eq!(told, [true, false, true]);
        assert!(!tally.add(&"a", now));
        assert_eq!((tally.due(now), tally.deadline()), (None, Some(later)));
        assert_eq!(tally.due(later), Some(("a", 2)));
        assert_eq!((tally.due(later), tally.deadline()), (None, None));
        // `b` did not happen again for a while.
        assert!(tally.add(&"b", later));
        assert!(!tally.add(&"a", later), "it was told a moment ago");
        assert_eq!(tally.drain().collect::<Vec<_>>(), [("a", 1)]);
    }
}
