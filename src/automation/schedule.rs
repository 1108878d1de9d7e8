//! A timer queue: entries, each with the time it is due.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// Entries in the order of their times; those of the same time in the order they were added.
#[derive(Debug)]
pub struct Schedule<T> {
    waiting: BinaryHeap<Reverse<Scheduled<T>>>,
    count: u64,
}

#[derive(Debug)]
struct Scheduled<T> {
    at: Instant,
    number: u64,
    thing: T,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self {
            waiting: BinaryHeap::new(),
            count: 0,
        }
    }
}

impl<T> Schedule<T> {
    pub fn push(&mut self, at: Instant, thing: T) {
        let number = self.count;
        self.count += 1;
        self.waiting.push(Reverse(Scheduled { at, number, thing }));
    }

    /// The next entry, if it is due.
    pub fn due(&mut self, now: Instant) -> Option<T> {
        if self.deadline()? > now {
            return None;
        }
        self.waiting.pop().map(|Reverse(entry)| entry.thing)
    }

    /// When the next entry is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.waiting.peek().map(|Reverse(entry)| entry.at)
    }

    /// All waiting entries, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.waiting.iter().map(|Reverse(entry)| &entry.thing)
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

impl<T> PartialEq for Scheduled<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Scheduled<T> {}

impl<T> PartialOrd for Scheduled<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Scheduled<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn each_comes_at_its_time_and_in_order() {
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        let mut schedule = Schedule::default();
        for (millis, name) in [(5, "c"), (1, "a"), (5, "d"), (1, "b")] {
            schedule.push(at(millis), name);
        }
        assert_eq!(schedule.due(at(0)), None);
        assert_eq!(schedule.deadline(), Some(at(1)));
        let early: Vec<&str> = std::iter::from_fn(|| schedule.due(at(4))).collect();
        assert_eq!(early, ["a", "b"]);
        let late: Vec<&str> = std::iter::from_fn(|| schedule.due(at(9))).collect();
        assert_eq!(late, ["c", "d"]);
        assert!(schedule.is_empty());
    }
}
