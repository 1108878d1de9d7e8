//! Receive coalescing: measures the rate of reads and decides whether data may gather.

use std::time::{Duration, Instant};

/// Number of consecutive fast reads from which on reads are coalesced, and the maximum distance
/// of fast reads.
const FAST: u32 = 64;
const SOON: Duration = Duration::from_micros(200);
/// Coalescing time: wake-ups cost more than reads.
const GATHER: Duration = Duration::from_millis(1);
/// A read of this many datagrams after coalescing counts as fast.
const MANY: usize = 8;

/// The rate of recent reads of one socket.
#[derive(Debug)]
pub struct Coalescing {
    last: Instant,
    in_a_row: u32,
}

impl Coalescing {
    pub fn new(now: Instant) -> Self {
        Self {
            last: now,
            in_a_row: 0,
        }
    }

    /// Time of the last read.
    pub fn last(&self) -> Instant {
        self.last
    }

    /// Records a read of `count` datagrams.
    pub fn read(&mut self, count: usize, now: Instant) {
        let since = now.duration_since(self.last);
        if count == 0 {
            if since > GATHER {
                // Nothing arrived during the coalescing time: back to readiness.
                self.in_a_row = 0;
            }
            return;
        }
        let fast = since < SOON || (count >= MANY && since < 2 * GATHER);
        self.in_a_row = if fast {
            self.in_a_row.saturating_add(1)
        } else {
            0
        };
        self.last = now;
    }

    /// Records a send: its answer must not be delayed.
    pub fn sent(&mut self) {
        self.in_a_row = 0;
    }

    /// How long data may gather; `None` reads as soon as the socket is ready.
    pub fn gather(&self, now: Instant) -> Option<Duration> {
        (self.in_a_row >= FAST).then(|| GATHER.saturating_sub(now.duration_since(self.last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICRO: Duration = Duration::from_micros(1);

    /// A state after `FAST` reads 10 µs apart, and the time of the last.
    fn fast() -> (Coalescing, Instant) {
        let mut now = Instant::now();
        let mut coalescing = Coalescing::new(now);
        for _ in 0..FAST {
            now += 10 * MICRO;
            coalescing.read(2, now);
        }
        (coalescing, now)
    }

    #[test]
    fn fast_data_is_let_gather_for_what_is_left_of_a_millisecond() {
        let (coalescing, now) = fast();
        assert_eq!(coalescing.gather(now), Some(GATHER));
        assert_eq!(coalescing.gather(now + 400 * MICRO), Some(600 * MICRO));
        assert_eq!(coalescing.gather(now + 2 * GATHER), Some(Duration::ZERO));
    }

    #[test]
    fn slow_data_is_read_at_once() {
        let mut now = Instant::now();
        let mut coalescing = Coalescing::new(now);
        for _ in 0..1_000 {
            now += 500 * MICRO;
            coalescing.read(1, now);
        }
        assert_eq!(coalescing.gather(now), None);
    }

    #[test]
    fn gathering_goes_on_while_many_come_and_ends_when_none_do() {
        let (mut coalescing, now) = fast();
        coalescing.read(50, now + GATHER);
        assert!(coalescing.gather(now + GATHER).is_some());
        coalescing.read(0, now + GATHER + 500 * MICRO);
        assert!(
            coalescing.gather(now + GATHER + 500 * MICRO).is_some(),
            "it has not waited long enough"
        );
        coalescing.read(0, now + 2 * GATHER + MICRO);
        assert_eq!(
            coalescing.gather(now + 2 * GATHER + MICRO),
            None,
            "or the worker would never rest"
        );
    }

    #[test]
    fn an_answer_is_not_kept_waiting() {
        let (mut coalescing, now) = fast();
        coalescing.sent();
        assert_eq!(coalescing.gather(now), None);
    }
}
