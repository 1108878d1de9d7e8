//! So many a second, and no more.

use std::time::Instant;

/// A token bucket that holds one second's worth.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    rate: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// A full one. A rate of 0 lets nothing through.
    pub fn new(per_second: u32, now: Instant) -> Self {
        let rate = f64::from(per_second);
        Self {
            rate,
            tokens: rate,
            filled: now,
        }
    }

    /// One that has to fill first: it holds what comes in a hundredth of a second, since all
    /// of a worker's turn has one time.
    pub fn empty(per_second: u32, now: Instant) -> Self {
        Self {
            tokens: f64::from(per_second) / 100.0,
            ..Self::new(per_second, now)
        }
    }

    /// Whether there is one to take.
    pub fn has_one(&mut self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + seconds * self.rate).min(self.rate);
        self.filled = self.filled.max(now);
        self.tokens >= 1.0
    }

    pub fn take(&mut self) {
        self.tokens -= 1.0;
    }

    /// Whether it has everything it can hold, so that it need not be remembered.
    pub fn is_full(&self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens + seconds * self.rate >= self.rate
    }
}
