//! Slow reading: a limit on the bytes read a second, to fill the peer's send buffer.

use super::TokenBucket;
use std::time::Instant;

/// The bucket holds this fraction of a second's bytes, so that a pause does not save up more.
const HOLDS: u64 = 10;

/// A read waits until this fraction of a second's bytes is allowed, so that a fast rate does
/// not wake up for each byte.
const STEP: u64 = 50;

/// Limits the bytes read a second. A read takes at most a tenth of a second's bytes, and waits
/// for at least a fiftieth.
///
/// Unread bytes stay in the kernel, whose receive window closes: the far side's writes stall.
#[derive(Clone, Debug)]
pub struct SlowRead(TokenBucket);

impl SlowRead {
    /// A full bucket. `rate` is in bytes a second; 0 is no limit.
    pub fn new(rate: u64, now: Instant) -> Self {
        Self(TokenBucket::full(rate, (rate / HOLDS).max(1), now))
    }

    /// Bytes a second.
    pub fn rate(&self) -> u64 {
        self.0.rate()
    }

    /// Bytes that may be read now.
    pub fn allowance(&self, now: Instant) -> usize {
        if self.rate() == 0 {
            return usize::MAX;
        }
        let bytes = self.0.units(now);
        let enough = bytes >= self.step();
        usize::try_from(if enough { bytes } else { 0 }).unwrap_or(usize::MAX)
    }

    /// Counts bytes that were read. If they are more than allowed, later reads wait longer.
    pub fn took(&mut self, bytes: usize, now: Instant) {
        self.0.take(bytes as u64, now);
    }

    /// When bytes may be read; `None` if some may be read now.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        (self.allowance(now) == 0).then(|| self.0.when(self.step()))
    }

    /// The least bytes that are allowed at a time.
    fn step(&self) -> u64 {
        self.rate().div_ceil(STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Bytes read within `millis` milliseconds by a reader that takes all it may at every
    /// deadline, and its number of wake-ups.
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
