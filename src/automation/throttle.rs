//! Bytes a second.

use std::time::{Duration, Instant};

/// Lets so many bytes through a second, counted from the beginning, so that pauses of the
/// far side are made up for within a second and no more.
#[derive(Debug)]
pub struct Throttle {
    /// Bytes a second; `None` lets all through.
    rate: Option<u64>,
    began: Instant,
    passed: u64,
}

impl Throttle {
    pub fn new(rate: Option<u64>, now: Instant) -> Self {
        Self {
            rate: rate.filter(|rate| *rate > 0),
            began: now,
            passed: 0,
        }
    }

    /// When the next bytes may pass; not in the future if they may at once.
    pub fn next(&self) -> Instant {
        let Some(rate) = self.rate else {
            return self.began;
        };
        let seconds = self.passed as f64 / rate as f64;
        // A rate of a byte a day is still a rate: no float of a u64 is out of range here.
        self.began + Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(86_400))
    }

    /// So many have passed.
    pub fn pass(&mut self, bytes: usize, now: Instant) {
        let behind = now.saturating_duration_since(self.next());
        if let Some(rate) = self.rate
            && behind > Duration::from_secs(1)
        {
            self.passed += (behind.as_secs_f64() * rate as f64) as u64;
        }
        self.passed += bytes as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of `size` bytes that pass within `millis`, asked every millisecond.
    fn passed(rate: Option<u64>, size: usize, millis: u64) -> usize {
        let began = Instant::now();
        let mut throttle = Throttle::new(rate, began);
        let mut blocks = 0;
        for milli in 0..millis {
            let now = began + Duration::from_millis(milli);
            while throttle.next() <= now && blocks < 1_000_000 {
                throttle.pass(size, now);
                blocks += 1;
            }
        }
        blocks
    }

    #[test]
    fn the_rate_holds_whatever_the_size() {
        assert_eq!(passed(Some(100_000), 100, 1_000), 1_000);
        assert_eq!(passed(Some(100_000), 10_000, 1_000), 10);
    }

    #[test]
    fn without_a_rate_all_pass() {
        assert_eq!(passed(None, 1, 1), 1_000_000);
        assert_eq!(passed(Some(0), 1, 1), 1_000_000);
    }

    #[test]
    fn a_long_pause_is_not_made_up_for() {
        let began = Instant::now();
        let mut throttle = Throttle::new(Some(1_000), began);
        let later = began + Duration::from_secs(10);
        let mut blocks = 0;
        while throttle.next() <= later {
            throttle.pass(100, later);
            blocks += 1;
        }
        assert!((1..=11).contains(&blocks), "{blocks}");
    }
}
