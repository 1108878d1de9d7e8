//! The clock: the only place that reads the time.

use crate::traffic::Micros;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Wall-clock time that never runs backwards: read once at the start of a session and
/// carried on by the monotonic clock, so that a clock set back does not reorder the log.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Micros,
    anchor: Instant,
    /// The virtual time of a test in nanoseconds; the clock then stands until the test moves it.
    #[cfg(test)]
    moved: Option<&'static std::sync::atomic::AtomicU64>,
}

impl Clock {
    /// A clock that starts at the system's current time.
    pub fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            began: micros(since_epoch),
            anchor: Instant::now(),
            #[cfg(test)]
            moved: None,
        }
    }

    /// The monotonic time, for deadlines.
    pub fn instant(&self) -> Instant {
        #[cfg(test)]
        if let Some(moved) = self.moved {
            let moved = moved.load(std::sync::atomic::Ordering::Relaxed);
            return self.anchor + Duration::from_nanos(moved);
        }
        Instant::now()
    }

    pub fn now(&self) -> Micros {
        self.began + micros(self.instant().saturating_duration_since(self.anchor))
    }

    /// The monotonic time at this time of a row.
    pub fn instant_at(&self, time: Micros) -> Instant {
        let since = Duration::from_micros(time.abs_diff(self.began));
        let at = match time >= self.began {
            true => self.anchor.checked_add(since),
            false => self.anchor.checked_sub(since),
        };
        at.unwrap_or(self.anchor)
    }

    /// The time by this clock and by the system's clock.
    pub fn reading(&self) -> ClockReading {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        ClockReading {
            now: self.now(),
            wall: micros(wall),
        }
    }
}

/// One moment by this clock and by the system's clock, to convert kernel timestamps.
#[derive(Clone, Copy, Debug)]
pub struct ClockReading {
    now: Micros,
    wall: Micros,
}

impl ClockReading {
    pub fn now(self) -> Micros {
        self.now
    }

    /// Converts a kernel timestamp since 1970 to this clock. `None` if the system's clock was set
    /// meanwhile, so that the timestamp lies in the future or long ago.
    pub fn at(self, wall: Duration) -> Option<Micros> {
        let ago = self.wall - micros(wall);
        (0..LONGEST_AGO).contains(&ago).then(|| self.now - ago)
    }
}

/// Maximum age in microseconds of a datagram in a receive buffer.
const LONGEST_AGO: Micros = 60_000_000;

/// A duration in milliseconds, as rows store it.
pub fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn micros(duration: std::time::Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;
    use std::time::Duration;

    impl Clock {
        /// A clock that stands until a test moves it.
        pub fn by_hand(moved: &'static AtomicU64) -> Self {
            Self {
                began: 1_700_000_000_000_000,
                moved: Some(moved),
                ..Self::start()
            }
        }
    }

    const SECOND: Micros = 1_000_000;

    #[test]
    fn a_kernels_time_is_carried_over_to_our_clock() {
        // Our clock is an hour ahead: the system's clock was set back after the start.
        let reading = ClockReading {
            now: 7_200 * SECOND,
            wall: 3_600 * SECOND,
        };
        let arrived = Duration::from_secs(3_598);
        assert_eq!(reading.at(arrived), Some(7_198 * SECOND));
    }

    #[test]
    fn a_clock_that_was_set_between_arrival_and_reading_is_not_believed() {
        let reading = ClockReading {
            now: 100 * SECOND,
            wall: 5_000 * SECOND,
        };
        for arrived in [5_001, 9_000, 1_000] {
            assert_eq!(reading.at(Duration::from_secs(arrived)), None, "{arrived}");
        }
    }

    #[test]
    fn our_clock_never_runs_backwards() {
        let clock = Clock::start();
        let times: Vec<Micros> = (0..1_000).map(|_| clock.now()).collect();
        assert!(times.is_sorted());
    }
}
