//! The one place that reads the time.

use crate::traffic::Micros;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Wall-clock time that never runs backwards: read once at the start of a session and
/// carried on by the monotonic clock, so that a clock set back does not reorder the log.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Micros,
    anchor: Instant,
}

impl Clock {
    pub fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            began: micros(since_epoch),
            anchor: Instant::now(),
        }
    }

    pub fn now(&self) -> Micros {
        self.began + micros(self.anchor.elapsed())
    }

    /// Both clocks at one moment.
    pub fn reading(&self) -> Reading {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Reading {
            now: self.now(),
            wall: micros(wall),
        }
    }
}

/// A moment by this clock and by the system's, to carry the kernel's times over.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    now: Micros,
    wall: Micros,
}

impl Reading {
    pub fn now(self) -> Micros {
        self.now
    }

    /// The moment the kernel calls `wall`, by our clock: as long ago as it is by the
    /// system's, whatever that was set to meanwhile.
    pub fn at(self, wall: std::time::Duration) -> Micros {
        self.now - (self.wall - micros(wall))
    }
}

fn micros(duration: std::time::Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}
