//! When events ask for a frame: at once after a quiet while, and at most once a frame's time under
//! load. Keys and the mouse ask for theirs at once in any case.

use egui::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time from one frame to the next while events come all the time: 60 frames a second.
const FRAME: Duration = Duration::from_micros(16_000);
/// The same while rows come faster than [`MANY`]: nobody reads them, and without a graphics card
/// painting takes the time in which the session could read them.
const BUSY_FRAME: Duration = Duration::from_micros(40_000);
/// Rows a second.
const MANY: u64 = 200_000;
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
    /// The number of rows when the last frame began.
    rows: AtomicU64,
    /// Whether rows came faster than [`MANY`] before the last frame.
    busy: AtomicBool,
}

impl FrameWake {
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
            shared: Arc::default(),
        }
    }

    /// A frame begins, and the next event asks for another. `rows` is the number of rows so far.
    pub fn frame_begins(&self, rows: u64) {
        self.frame_begins_at(Instant::now(), rows);
    }

    fn frame_begins_at(&self, now: Instant, rows: u64) {
        let (now, shared) = (self.since(now), &self.shared);
        let past = now.saturating_sub(shared.began.swap(now, Ordering::Relaxed));
        // Counters that were reset tell nothing.
        let came = rows.checked_sub(shared.rows.swap(rows, Ordering::Relaxed));
        let is_busy = came.is_some_and(|came| came > MANY.saturating_mul(past) / 1_000_000);
        shared.busy.store(is_busy, Ordering::Relaxed);
        shared.asked.store(false, Ordering::Release);
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
        let frame = match self.shared.busy.load(Ordering::Relaxed) {
            true => BUSY_FRAME,
            false => FRAME,
        };
        Some(frame.saturating_sub(past).max(LEAST))
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
        wake.frame_begins_at(wake.epoch + FRAME, 0);
        assert_eq!(wake.ask(wake.epoch + FRAME * 11), Some(LEAST));
    }

    #[test]
    fn events_of_a_frame_share_the_next_one() {
        let wake = FrameWake::new();
        let began = wake.epoch + FRAME;
        wake.frame_begins_at(began, 0);
        let after = Duration::from_millis(5);
        assert_eq!(wake.ask(began + after), Some(FRAME - after));
        assert_eq!(wake.ask(began + after * 2), None);
        wake.frame_begins_at(began + FRAME, 1);
        assert!(wake.ask(began + after * 4).is_some());
    }

    #[test]
    fn frames_are_fewer_while_more_rows_come_than_anybody_reads() {
        let wake = FrameWake::new();
        let second = Duration::from_secs(1);
        let after = |seconds: u32, rows: u64| {
            let began = wake.epoch + second * seconds;
            wake.frame_begins_at(began, rows);
            wake.ask(began)
        };
        assert_eq!(after(1, MANY), Some(FRAME));
        assert_eq!(after(2, 2 * MANY + 1), Some(BUSY_FRAME));
        assert_eq!(after(3, 0), Some(FRAME));
    }
}
