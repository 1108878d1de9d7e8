//! A link with a bit rate and a queue.

use super::after;
use super::mistake::{PlanField, PlanMistake};
use crate::automation::pacing::TokenBucket;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// tc-netem(8) `rate`, with the queue in front of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rate {
    /// Bits of payload a second, without headers; 0 is no limit.
    pub bits_per_second: u64,
    /// Bytes that may wait for the link, including the unsent part of the datagram under way; 0
    /// leaves only the limits on all that waits. A datagram that finds no room is dropped (tail
    /// drop), but an idle link accepts a datagram of any size. A stream is never dropped: it
    /// accepts no more bytes until there is room.
    pub queue: usize,
}

impl Rate {
    pub(super) fn is_nothing(&self) -> bool {
        self.bits_per_second == 0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::RateBits.check(self.bits_per_second as f64)?;
        PlanField::RateQueue.check(self.queue as f64)
    }

    /// Bytes that may wait.
    pub(super) fn room(&self) -> usize {
        if self.is_nothing() || self.queue == 0 {
            usize::MAX
        } else {
            self.queue
        }
    }
}

/// The link itself. It saves no credit while it is idle; the bits it owes are its queue.
#[derive(Clone, Debug)]
pub(super) struct Link {
    room: usize,
    bits: TokenBucket,
}

impl Link {
    pub(super) fn new(rate: &Rate, now: Instant) -> Self {
        Self {
            room: rate.room(),
            bits: TokenBucket::full(rate.bits_per_second, 0, now),
        }
    }

    /// When `bytes` that arrive now have been sent; `None` if the queue has no room.
    pub(super) fn offer(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let backlog = self.bits.owed(now) / 8;
        let full = backlog + bytes as u128 > self.room as u128;
        if full && backlog > 0 {
            return None;
        }
        Some(self.send(now, Duration::ZERO, bytes))
    }

    /// When `bytes` that arrive at `ready` have been sent, if the link, once it is free, first
    /// stands still for `stall`.
    pub(super) fn send(&mut self, ready: Instant, stall: Duration, bytes: usize) -> Instant {
        let begins = match stall.is_zero() {
            true => ready,
            false => after(ready.max(self.bits.when(0)), stall),
        };
        // Without a rate, the link is never busy.
        let bits = if self.bits.rate() == 0 { 0 } else { 8 };
        self.bits.take((bytes as u64).saturating_mul(bits), begins);
        self.bits.when(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(bits_per_second: u64, queue: usize) -> Rate {
        Rate {
            bits_per_second,
            queue,
        }
    }

    #[test]
    fn throughput_is_as_asked_for_within_a_percent() {
        let began = Instant::now();
        for bits in [64_000, 1_000_000, 33_333_333, 10_000_000_000_u64] {
            let mut link = Link::new(&rate(bits, 3_000), began);
            let (mut gone, mut dropped) = (0, 0);
            // The offered load is twice the rate, for ten thousand datagrams.
            let pause = Duration::from_nanos(8_000_000_000_000 / (2 * bits));
            for number in 0..10_000 {
                match link.offer(began + pause * number, 1_000) {
                    Some(_) => gone += 1,
                    None => dropped += 1,
                }
            }
            let seconds = (pause * 10_000).as_secs_f64();
            let measured = f64::from(gone) * 8_000.0 / seconds;
            let ratio = measured / bits as f64;
            assert!((ratio - 1.0).abs() < 0.01, "{ratio} of {bits}");
            assert_eq!(gone + dropped, 10_000);
        }
    }

    #[test]
    fn datagrams_beyond_the_queue_are_dropped() {
        let began = Instant::now();
        let mut link = Link::new(&rate(8_000, 250), began);
        let mut offers = |at| link.offer(began + Duration::from_millis(at), 100);
        // A hundred bytes take 100 ms: two and a half datagrams may wait.
        assert!(offers(0).is_some() && offers(0).is_some());
        assert_eq!(offers(0), None);
        assert_eq!(offers(49), None);
        assert_eq!(offers(50), Some(began + Duration::from_millis(300)));
    }

    #[test]
    fn an_idle_line_takes_a_datagram_larger_than_its_queue() {
        let began = Instant::now();
        let mut link = Link::new(&rate(8_000, 10), began);
        assert!(link.offer(began, 1_000).is_some());
        assert_eq!(link.offer(began, 1), None);
        assert!(link.offer(began + Duration::from_secs(1), 1_000).is_some());
    }

    #[test]
    fn no_rate_takes_no_time() {
        let began = Instant::now();
        let mut link = Link::new(&rate(0, 10), began);
        assert!((0..100).all(|_| link.offer(began, 1_000) == Some(began)));
    }

    #[test]
    fn a_bit_a_second_is_a_rate_too() {
        let began = Instant::now();
        let mut link = Link::new(&rate(1, 0), began);
        let gone = link.offer(began, 65_535).unwrap();
        assert_eq!(gone - began, Duration::from_secs(65_535 * 8));
    }
}
