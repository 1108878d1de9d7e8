//! Reading slower than the far side writes.

use std::time::{Duration, Instant};

/// The bucket holds what may be read in this time: after a pause there is no more.
const HOLDS: u64 = NANOS / 10;

/// Nothing is read before this time's worth is there, so that a fast rate is not a wake-up
/// for each byte.
const STEP: u64 = NANOS / 50;

const NANOS: u64 = 1_000_000_000;

/// A token bucket: so many bytes may be read a second, no more than a tenth of a second's
/// at once, and no less than a fiftieth's except for a single byte.
///
/// What is not read stays in the kernel, whose window closes: the far side's writes
/// stall.
#[derive(Clone, Debug)]
pub struct SlowRead {
    /// Bytes a second; 0 is no limit.
    rate: u64,
    began: Instant,
    /// Nanoseconds used up, counted from a full bucket before the beginning.
    used: u64,
}

impl SlowRead {
    /// Full at first. A rate of 0 allows all.
    pub fn new(rate: u64, now: Instant) -> Self {
        Self {
            rate,
            began: now,
            used: 0,
        }
    }

    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// How many bytes may be read now.
    pub fn allowance(&self, now: Instant) -> usize {
        if self.rate == 0 {
            return usize::MAX;
        }
        let saved = self.passed(now).saturating_sub(self.used).min(self.most());
        if saved < self.least() {
            return 0;
        }
        let bytes = u128::from(saved) * u128::from(self.rate) / u128::from(NANOS);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// So many were read, even if more than were allowed: then it is made up for.
    pub fn took(&mut self, bytes: usize, now: Instant) {
        let emptied = self.passed(now).saturating_sub(self.most());
        let cost = self.cost(bytes as u128);
        self.used = self.used.max(emptied).saturating_add(cost);
    }

    /// When something may be read; `None` if it may be at once.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.allowance(now) > 0 {
            return None;
        }
        let at = self.used.saturating_add(self.least());
        let at = at.saturating_sub(self.most());
        self.began.checked_add(Duration::from_nanos(at))
    }

    /// Nanoseconds since a full bucket before the beginning.
    fn passed(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.began).as_nanos();
        u64::try_from(passed).map_or(u64::MAX, |passed| passed.saturating_add(self.most()))
    }

    /// The time of so many bytes, rounded up.
    fn cost(&self, bytes: u128) -> u64 {
        let nanos = (bytes * u128::from(NANOS)).div_ceil(u128::from(self.rate.max(1)));
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    /// What the bucket holds, in nanoseconds: a byte at least.
    fn most(&self) -> u64 {
        HOLDS.max(self.cost(1))
    }

    /// What must be there, in nanoseconds: a byte at least.
    fn least(&self) -> u64 {
        STEP.max(self.cost(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes read within so many milliseconds by one who reads all it may whenever it
    /// may, and how often it woke up.
    fn read(rate: u64, millis: u64) -> (u64, u64) {
        let began = Instant::now();
        let end = began + Duration::from_millis(millis);
        let mut bucket = SlowRead::new(rate, began);
        let (mut now, mut bytes, mut times) = (began, 0, 0);
        while now <= end {
            let allowed = bucket.allowance(now);
            bucket.took(allowed, now);
            bytes += allowed as u64;
            times += 1;
            let next = bucket.deadline(now).unwrap();
            assert!(next > now, "a deadline in the past");
            now = next;
        }
        (bytes, times)
    }

    #[test]
    fn the_rate_holds_and_a_tenth_of_a_second_is_ahead() {
        for rate in [1, 7, 50, 1_000, 1_000_000, 3_000_000_000] {
            let (bytes, times) = read(rate, 100_000);
            let most = rate * 100 + (rate / 10).max(1);
            assert!(
                (most * 99 / 100..=most).contains(&bytes),
                "{bytes} of {most}"
            );
            assert!(times <= 5_001, "{times}");
        }
    }

    #[test]
    fn a_pause_saves_no_more_than_the_bucket_holds() {
        let began = Instant::now();
        let mut bucket = SlowRead::new(1_000, began);
        let later = began + Duration::from_secs(3_600);
        assert_eq!(bucket.allowance(later), 100);
        bucket.took(100, later);
        assert_eq!(bucket.allowance(later), 0);
        let next = bucket.deadline(later).unwrap();
        assert_eq!(next, later + Duration::from_millis(20));
        assert_eq!(bucket.allowance(next), 20);
        assert_eq!(bucket.deadline(next), None);
    }

    #[test]
    fn too_much_at_once_is_made_up_for() {
        let began = Instant::now();
        let mut bucket = SlowRead::new(1_000, began);
        bucket.took(1_100, began);
        let next = bucket.deadline(began).unwrap();
        assert_eq!(next, began + Duration::from_millis(1_020));
    }

    #[test]
    fn no_rate_allows_all() {
        let now = Instant::now();
        let mut bucket = SlowRead::new(0, now);
        bucket.took(usize::MAX, now);
        assert_eq!(bucket.allowance(now), usize::MAX);
        assert_eq!(bucket.deadline(now), None);
    }
}
