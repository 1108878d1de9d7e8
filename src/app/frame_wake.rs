//! When events ask for a frame: at once after a quiet while, and at most once a frame's time under
//! load.

use egui::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time from one frame to the next while events come all the time: 60 frames a second.
const FRAME: Duration = Duration::from_micros(16_000);
/// The least delay of a frame. egui paints twice for one of zero.
const LEAST: Duration = Duration::from_millis(1);

/// The frames, as the threads that report events see them.
#[derive(Clone)]
pub struct FrameWake {
    epoch: Instant,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Whether a frame was asked for since the last one began.
    asked: AtomicBool,
    /// Microseconds from the epoch to the beginning of the last frame.
    began: AtomicU64,
}

impl FrameWake {
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
            shared: Arc::default(),
        }
    }

    /// A frame begins: the next event asks for another.
    pub fn frame_begins(&self) {
        let now = self.since(Instant::now());
        self.shared.began.store(now, Ordering::Relaxed);
        self.shared.asked.store(false, Ordering::Release);
    }

    /// A function that asks for one frame for any number of events.
    pub fn waker(&self, ctx: &Context) -> impl Fn() + Send + Clone + 'static {
        let (ctx, wake) = (ctx.clone(), self.clone());
        move || {
            if let Some(delay) = wake.ask(Instant::now()) {
                ctx.request_repaint_after(delay);
            }
        }
    }

    /// The delay of the frame that an event at `now` needs; `None` if it was asked for already.
    fn ask(&self, now: Instant) -> Option<Duration> {
        if self.shared.asked.swap(true, Ordering::AcqRel) {
            return None;
        }
        let began = Duration::from_micros(self.shared.began.load(Ordering::Relaxed));
        let past = now.saturating_duration_since(self.epoch + began);
        Some(FRAME.saturating_sub(past).max(LEAST))
    }

    fn since(&self, now: Instant) -> u64 {
        // 2^64 µs are 584,000 years.
        u64::try_from(now.saturating_duration_since(self.epoch).as_micros()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_after_a_quiet_while_is_shown_at_once() {
        let wake = FrameWake::new();
        wake.frame_begins();
        let later = Instant::now() + FRAME * 10;
        assert_eq!(wake.ask(later), Some(LEAST));
    }

    #[test]
    fn events_of_a_frame_share_the_next_one() {
        let wake = FrameWake::new();
        wake.frame_begins();
        let began = wake.epoch + Duration::from_micros(wake.shared.began.load(Ordering::Relaxed));
        let after = Duration::from_millis(5);
        assert_eq!(wake.ask(began + after), Some(FRAME - after));
        assert_eq!(wake.ask(began + after * 2), None);
        wake.frame_begins();
        assert!(wake.ask(began + after * 3).is_some());
    }
}
