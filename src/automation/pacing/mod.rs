//! Token buckets, which limit units a second: replies, bytes of a file, bytes read, bits of a
//! link.

mod slow_read;

pub use slow_read::SlowRead;

use std::time::{Duration, Instant};

/// Credit for one unit. A rate of one a second earns one credit a nanosecond, so that nothing
/// is rounded.
const UNIT: i128 = 1_000_000_000;

/// A token bucket. Taking more than it holds leaves a debt.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    /// Units a second.
    rate: u64,
    /// The most units it holds.
    most: u64,
    /// Negative if units are owed.
    credit: i128,
    /// The moment for which `credit` holds.
    at: Instant,
}

impl TokenBucket {
    /// A full bucket. With a rate of 0, nothing is ever added.
    pub fn full(rate: u64, most: u64, now: Instant) -> Self {
        Self {
            rate,
            most,
            credit: i128::from(most) * UNIT,
            at: now,
        }
    }

    /// The same bucket, with at most the units that `time` earns.
    pub fn holding(self, time: Duration) -> Self {
        Self {
            credit: self.earned(time).min(self.credit),
            ..self
        }
    }

    /// Units a second.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// Whether it holds this many units; for 0, whether it owes nothing.
    pub fn has(&self, units: u64, now: Instant) -> bool {
        self.credit(now) >= i128::from(units) * UNIT
    }

    /// Whether it is full, so that it need not be remembered.
    pub fn is_full(&self, now: Instant) -> bool {
        self.has(self.most, now)
    }

    /// Whole units it holds.
    pub fn units(&self, now: Instant) -> u64 {
        u64::try_from(self.credit(now) / UNIT).unwrap_or(0)
    }

    /// Whole units it owes.
    pub fn owed(&self, now: Instant) -> u128 {
        (self.credit(now).min(0) / UNIT).unsigned_abs()
    }

    /// Takes units, whether it holds them or not.
    pub fn take(&mut self, units: u64, now: Instant) {
        let cost = i128::from(units) * UNIT;
        self.credit = self.credit(now).saturating_sub(cost);
        self.at = self.at.max(now);
    }

    /// The moment from which it holds this many units; for 0, from which it owes none. The rate
    /// must be above 0 unless it holds them already.
    pub fn when(&self, units: u64) -> Instant {
        let missing = (i128::from(units) * UNIT).saturating_sub(self.credit);
        let missing = u128::try_from(missing).unwrap_or(0);
        let nanos = missing.div_ceil(u128::from(self.rate).max(1));
        let wait = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.at.checked_add(wait).unwrap_or(self.at)
    }

    fn credit(&self, now: Instant) -> i128 {
        let earned = self.earned(now.saturating_duration_since(self.at));
        let credit = self.credit.saturating_add(earned);
        credit.min(i128::from(self.most) * UNIT)
    }

    fn earned(&self, time: Duration) -> i128 {
        let nanos = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        nanos.saturating_mul(self.rate.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_fills_at_its_rate_and_holds_no_more_than_it_may() {
        let began = Instant::now();
        let mut bucket = TokenBucket::full(3, 3, began);
        for _ in 0..3 {
            assert!(bucket.has(1, began));
            bucket.take(1, began);
        }
        assert!(!bucket.has(1, began) && bucket.has(0, began));
        let third = bucket.when(1);
        assert_eq!((third - began).as_nanos(), 333_333_334);
        assert_eq!((bucket.units(third), bucket.is_full(third)), (1, false));
        assert!(bucket.is_full(began + SECOND));
        assert_eq!(bucket.units(began + 3_600 * SECOND), 3);
        let whole = TokenBucket::full(200, 200, began).holding(2 * SECOND);
        assert_eq!(whole.units(began), 200);
        let part = whole.holding(SECOND / 100);
        assert_eq!((part.units(began), part.when(3)), (2, began + SECOND / 200));
    }

    /// Blocks of `size` bytes that pass within `millis` milliseconds, asked every millisecond.
    fn passed(rate: u64, size: u64, millis: u64) -> usize {
        let began = Instant::now();
        let mut bucket = TokenBucket::full(rate, rate, began).holding(Duration::ZERO);
        let mut blocks = 0;
        for milli in 0..millis {
            let now = began + Duration::from_millis(milli);
            while bucket.when(0) <= now {
                bucket.take(size, now);
                blocks += 1;
            }
        }
        blocks
    }

    #[test]
    fn the_rate_holds_whatever_the_size() {
        assert_eq!(passed(100_000, 100, 1_000), 1_000);
        assert_eq!(passed(100_000, 10_000, 1_000), 10);
    }

    #[test]
    fn a_long_pause_is_not_made_up_for() {
        let began = Instant::now();
        let mut bucket = TokenBucket::full(1_000, 1_000, began).holding(Duration::ZERO);
        let later = began + Duration::from_secs(10);
        let mut blocks = 0;
        while bucket.when(0) <= later {
            bucket.take(100, later);
            blocks += 1;
        }
        assert!((1..=11).contains(&blocks), "{blocks}");
    }

    #[test]
    fn what_it_owes_is_paid_first() {
        let began = Instant::now();
        let mut bucket = TokenBucket::full(10, 0, began);
        bucket.take(15, began);
        bucket.take(5, began);
        assert_eq!((bucket.units(began), bucket.owed(began)), (0, 20));
        assert_eq!(bucket.owed(began + SECOND / 100), 19);
        assert_eq!(bucket.when(0), began + 2 * SECOND);
        assert!(bucket.has(0, began + 2 * SECOND));
        assert!(!bucket.has(0, began + 2 * SECOND - Duration::from_nanos(1)));
    }

    #[test]
    fn time_that_goes_back_and_numbers_out_of_range_do_no_harm() {
        let began = Instant::now();
        let later = began + 3_600 * SECOND;
        let mut bucket = TokenBucket::full(5, 5, began);
        bucket.take(5, later);
        assert!(!bucket.has(1, began));
        bucket.take(1, began);
        assert_eq!(bucket.owed(later), 1);
        let mut fastest = TokenBucket::full(u64::MAX, u64::MAX, began);
        fastest.take(u64::MAX, began);
        fastest.take(u64::MAX, began);
        assert_eq!(fastest.when(0), began + SECOND);
        assert_eq!(fastest.units(later), u64::MAX);
        assert!(!TokenBucket::full(0, 0, began).has(1, later));
        assert!(TokenBucket::full(0, 0, began).is_full(began));
    }
}
