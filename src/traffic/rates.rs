//! Traffic rates of the last seconds.

use super::{Totals, Volume};
use std::collections::VecDeque;

/// The number of seconds that are kept.
const SECONDS: usize = 300;
/// Seconds between two redraws while no traffic arrives. A redraw takes a few per cent of a
/// core without a graphics card.
const QUIET_STEP: u64 = 5;

/// The traffic of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    pub received: Volume,
    pub sent: Volume,
    pub dropped: u64,
}

/// Traffic by whole seconds of any monotonic clock.
#[derive(Debug, Default)]
pub struct Rates {
    /// The second of the newest entry.
    newest: u64,
    seconds: VecDeque<Second>,
}

impl Rates {
    /// Adds the difference between `before` and `after` to this second.
    pub fn add(&mut self, second: u64, before: &Totals, after: &Totals) {
        let more = |after: Volume, before: Volume| Volume {
            records: after.records.saturating_sub(before.records),
            bytes: after.bytes.saturating_sub(before.bytes),
        };
        let received = more(after.received, before.received);
        let sent = more(after.sent, before.sent);
        let dropped = after.dropped.saturating_sub(before.dropped);
        if received.records + sent.records + dropped == 0 {
            return;
        }
        self.advance(second);
        if let Some(newest) = self.seconds.back_mut() {
            newest.received = newest.received + received;
            newest.sent = newest.sent + sent;
            newest.dropped += dropped;
        }
    }

    /// The traffic of the second before this one.
    pub fn last(&self, second: u64) -> Second {
        self.at(second.saturating_sub(1))
    }

    /// The second in which a chart of the last `count` seconds must be drawn again: the next
    /// one while there is traffic, and every few seconds while the chart only scrolls. `None`
    /// once the last traffic has scrolled out.
    pub fn next_picture(&self, second: u64, count: u64) -> Option<u64> {
        let flat = self.newest + count + 1;
        if self.seconds.is_empty() || second >= flat {
            return None;
        }
        // The last whole second is also shown as a number.
        let is_quiet = second > self.newest + 1;
        let step = if is_quiet { QUIET_STEP } else { 1 };
        Some((second + step).min(flat))
    }

    /// The `count` whole seconds before this one, oldest first, each with its time in seconds
    /// relative to `second`: -1 for the last.
    pub fn before(&self, second: u64, count: u64) -> impl Iterator<Item = (f64, Second)> {
        let first = second.saturating_sub(count);
        (first..second).map(move |at| (at as f64 - second as f64, self.at(at)))
    }

    fn at(&self, second: u64) -> Second {
        let back = self
            .newest
            .checked_sub(second)
            .and_then(|back| usize::try_from(back).ok());
        let place = back.and_then(|back| self.seconds.len().checked_sub(back + 1));
        place
            .and_then(|place| self.seconds.get(place))
            .copied()
            .unwrap_or_default()
    }

    fn advance(&mut self, second: u64) {
        if self.seconds.is_empty() {
            self.newest = second;
            self.seconds.push_back(Second::default());
        }
        let missing = usize::try_from(second.saturating_sub(self.newest))
            .unwrap_or(SECONDS)
            .min(SECONDS);
        for _ in 0..missing {
            self.seconds.push_back(Second::default());
        }
        self.newest = self.newest.max(second);
        while self.seconds.len() > SECONDS {
            self.seconds.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(records: u64) -> Totals {
        Totals {
            received: Volume {
                records,
                bytes: records * 10,
            },
            ..Totals::default()
        }
    }

    #[test]
    fn traffic_counts_in_its_own_second() {
        let mut rates = Rates::default();
        rates.add(7, &totals(0), &totals(3));
        rates.add(7, &totals(3), &totals(5));
        rates.add(9, &totals(5), &totals(6));
        assert_eq!(
            [7, 8, 9, 10, 11].map(|second| rates.last(second).received.records),
            [0, 5, 0, 1, 0]
        );
    }

    #[test]
    fn some_minutes_are_remembered_however_long_it_was_quiet() {
        let mut rates = Rates::default();
        rates.add(0, &totals(0), &totals(1));
        rates.add(1_000_000, &totals(1), &totals(2));
        assert_eq!(rates.seconds.len(), SECONDS);
        assert_eq!(rates.last(1_000_001).received.records, 1);
    }

    #[test]
    fn a_picture_moves_until_the_last_traffic_has_left_it() {
        let mut rates = Rates::default();
        assert_eq!(rates.next_picture(0, 300), None);
        rates.add(10, &totals(0), &totals(3));
        let next = [10, 11, 12, 69, 70, 71].map(|second| rates.next_picture(second, 60));
        let expected = [Some(11), Some(12), Some(17), Some(71), Some(71), None];
        assert_eq!(next, expected);
        let mut drawn = rates.before(71, 60).map(|(_, second)| second);
        assert!(drawn.all(|second| second == Second::default()));
        let shown: Vec<(f64, u64)> = rates
            .before(12, 3)
            .map(|(ago, second)| (ago, second.received.records))
            .collect();
        assert_eq!(shown, [(-3.0, 0), (-2.0, 3), (-1.0, 0)]);
    }

    #[test]
    fn nothing_new_changes_nothing() {
        let mut rates = Rates::default();
        rates.add(5, &totals(3), &totals(3));
        assert_eq!(rates.seconds.len(), 0);
    }
}
