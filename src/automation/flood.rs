//! Load generation: many messages at a given rate.

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The highest rate in messages a second: no clock resolves shorter intervals.
pub const FASTEST: f64 = 1e9;
/// The longest lag that is caught up with.
const LATE: Duration = Duration::from_millis(100);
/// Messages due within this time go together, which saves wake-ups at high rates.
const TOGETHER: Duration = Duration::from_micros(200);

/// The amount and the rate of a load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Load {
    /// Messages a second; `None` is as fast as possible.
    pub rate: Option<f64>,
    /// Messages in all; `None` is without end.
    pub count: Option<u64>,
}

/// A rate out of range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadMistake(pub f64);

impl Load {
    /// Checks the rate.
    ///
    /// # Errors
    /// A rate that is not above 0 and at most [`FASTEST`].
    pub fn check(&self) -> Result<(), LoadMistake> {
        match self.rate {
            Some(rate) if !(rate > 0.0 && rate <= FASTEST) => Err(LoadMistake(rate)),
            _ => Ok(()),
        }
    }
}

/// A running load with absolute deadlines: a lag of up to a tenth of a second is caught up
/// with.
#[derive(Clone, Debug)]
pub struct LoadSchedule {
    load: Load,
    began: Instant,
    /// Time by which the deadlines were moved because messages could not be sent.
    moved: Duration,
    sent: u64,
    /// When messages were last sent.
    last: Option<Instant>,
}

impl LoadSchedule {
    pub fn new(load: Load, now: Instant) -> Self {
        Self {
            load,
            began: now,
            moved: Duration::ZERO,
            sent: 0,
            last: None,
        }
    }

    /// The number of messages that may be sent by now.
    pub fn due(&mut self, now: Instant) -> u64 {
        let left = self.left();
        let Some(rate) = self.load.rate else {
            return left;
        };
        let late = now.saturating_duration_since(self.at(rate, self.sent));
        if late > LATE {
            self.moved += late - LATE;
        }
        let elapsed = now.saturating_duration_since(self.began + self.moved);
        let by_now = (elapsed.as_secs_f64() * rate) as u64 + 1;
        by_now.saturating_sub(self.sent).min(left)
    }

    /// Counts messages that were sent.
    pub fn sent(&mut self, count: u64, now: Instant) {
        self.sent += count;
        if count > 0 {
            self.last = Some(now);
        }
    }

    /// When the next message may be sent; `None` once all are sent.
    pub fn deadline(&self) -> Option<Instant> {
        if self.is_over() {
            return None;
        }
        let at = self
            .load
            .rate
            .map_or(self.began, |rate| self.at(rate, self.sent));
        // The first message is not delayed to be sent together with others.
        let together = self.last.map_or(at, |last| last + TOGETHER);
        Some(match self.load.rate {
            Some(_) => at.max(together),
            None => at,
        })
    }

    pub fn is_over(&self) -> bool {
        self.left() == 0
    }

    pub fn count(&self) -> u64 {
        self.sent
    }

    pub fn load(&self) -> Load {
        self.load
    }

    /// The duration so far, up to the end of the interval after the last message. `n` messages
    /// take `n` intervals, so the measured rate never exceeds the requested one.
    pub fn lasted(&self, now: Instant) -> Duration {
        let running = now.saturating_duration_since(self.began);
        let Some(last) = self.last else {
            return running;
        };
        let to_last = last.saturating_duration_since(self.began);
        let whole = match self.load.rate {
            Some(rate) => {
                let interval = Duration::try_from_secs_f64(1.0 / rate);
                to_last.saturating_add(interval.unwrap_or(Duration::ZERO))
            }
            // The last interval is as long as the others on average.
            None if self.sent > 1 => {
                to_last.saturating_add(to_last.div_f64((self.sent - 1) as f64))
            }
            None => to_last,
        };
        running.max(whole)
    }

    fn left(&self) -> u64 {
        let left = self.load.count.map(|count| count.saturating_sub(self.sent));
        left.unwrap_or(u64::MAX)
    }

    /// When the message after `sent` messages is due.
    fn at(&self, rate: f64, sent: u64) -> Instant {
        let after = Duration::try_from_secs_f64(sent as f64 / rate);
        let after = after.unwrap_or(Duration::MAX).saturating_add(self.moved);
        let far = self.began + Duration::from_secs(86_400);
        self.began.checked_add(after).unwrap_or(far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages sent within `time`, if asked every `step` and nothing blocks.
    fn sent(load: Load, step: Duration, time: Duration) -> u64 {
        let began = Instant::now();
        let mut flood = LoadSchedule::new(load, began);
        let mut now = began;
        while now <= began + time {
            let count = flood.due(now);
            flood.sent(count, now);
            assert!(
                flood.deadline().is_none_or(|due| due > now),
                "or it would spin"
            );
            now += step;
        }
        flood.count()
    }

    fn at(rate: f64) -> Load {
        Load {
            rate: Some(rate),
            count: None,
        }
    }

    #[test]
    fn the_rate_is_held_whatever_the_turns_are() {
        let second = Duration::from_secs(1);
        for rate in [1.0, 10.0, 1_000.0, 1e6] {
            for step in [1_u64, 7, 50].map(Duration::from_millis) {
                let sent = sent(at(rate), step, second);
                let slack = rate * step.as_secs_f64() + 1.0;
                assert!(
                    (sent as f64 - rate).abs() <= slack,
                    "{rate} {step:?}: {sent}"
                );
            }
        }
    }

    #[test]
    fn a_number_of_messages_takes_as_many_intervals() {
        let millis = Duration::from_millis;
        for rate in [Some(10.0), None] {
            let load = Load {
                rate,
                count: Some(10),
            };
            let began = Instant::now();
            let mut flood = LoadSchedule::new(load, began);
            assert_eq!(flood.lasted(began + millis(5)), millis(5));
            for number in 0..10 {
                flood.sent(1, began + millis(100 * number));
            }
            let last = began + millis(900);
            assert_eq!(flood.lasted(last).as_millis(), 1_000, "{rate:?}");
            // The load stood still.
            assert_eq!(flood.lasted(last + millis(600)), millis(1_500));
        }
    }

    #[test]
    fn a_count_is_kept() {
        let load = Load {
            rate: Some(1e6),
            count: Some(77),
        };
        assert_eq!(
            sent(load, Duration::from_millis(1), Duration::from_secs(1)),
            77
        );
        let mut endless = LoadSchedule::new(
            Load {
                rate: None,
                count: Some(5),
            },
            Instant::now(),
        );
        assert_eq!(endless.due(Instant::now()), 5);
    }

    #[test]
    fn what_could_not_go_for_long_is_not_made_up_for() {
        let began = Instant::now();
        let mut flood = LoadSchedule::new(at(1_000.0), began);
        let later = began + Duration::from_secs(3_600);
        let count = flood.due(later);
        assert!(count <= 102, "{count}");
    }

    #[test]
    fn rates_that_mean_nothing_are_refused() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e18] {
            assert!(at(rate).check().is_err(), "{rate}");
        }
        assert_eq!(at(1e9).check(), Ok(()));
        assert_eq!(Load::default().check(), Ok(()));
    }
}
