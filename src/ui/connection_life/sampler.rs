//! Asks the kernel about the connections on show: at most once a second, and only while there is
//! something new to learn.

use crate::engine::evidence::ConnectionSample;
use crate::jobs::{Died, Job, JobOutcome};
use crate::session::life::{KernelWatch, Lives};
use crate::ui::UiContext;
use egui::Context;
use std::convert::Infallible;
use std::io;
use std::time::Duration;

/// The least number of seconds between two samples.
const INTERVAL: u64 = 1;

/// The samples that are taken in the background.
#[derive(Debug, Default)]
pub(super) struct Sampler {
    job: Option<Job<ConnectionSample, Infallible>>,
    /// The second of the last sample, and the end of the log then.
    asked: Option<(u64, u64)>,
    failure: Option<SampleFailure>,
}

/// Why there is no sample.
#[derive(Debug)]
pub(super) enum SampleFailure {
    NoThread(io::Error),
    Died(Died),
}

impl Sampler {
    /// Takes the sample that is ready.
    pub(super) fn follow(&mut self, kernel: &mut KernelWatch, cx: UiContext<'_>) {
        let Some(outcome) = self.job.as_ref().and_then(Job::poll) else {
            return;
        };
        self.job = None;
        match outcome {
            JobOutcome::Done(sample) => {
                kernel.take(&sample, cx.now);
                self.failure = None;
            }
            JobOutcome::Failed(never) => match never {},
            JobOutcome::Died(died) => self.failure = Some(SampleFailure::Died(died)),
        }
    }

    /// Starts the next sample if it is due, or sees to it that the page is drawn again when it is.
    /// `rows` is the end of the log, and `next` how long the last numbers stay as they are without
    /// new rows.
    pub(super) fn ask(
        &mut self,
        ctx: &Context,
        cx: UiContext<'_>,
        lives: &Lives,
        (rows, next): (u64, Option<Duration>),
    ) {
        if self.job.is_some() {
            return;
        }
        let Some(left) = self.left(cx.second, rows, next) else {
            return;
        };
        if left > 0 {
            ctx.request_repaint_after(Duration::from_secs(left));
            return;
        }
        self.asked = Some((cx.second, rows));
        let pairs = lives.pairs(cx.now);
        if pairs.is_empty() {
            return;
        }
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        // It cannot be cancelled, and ends in a few seconds.
        match Job::start("connections", wake, move |_| {
            Ok(ConnectionSample::take(&pairs))
        }) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.failure = Some(SampleFailure::NoThread(error)),
        }
    }

    /// Seconds until the next sample; `None` if it would tell nothing new.
    fn left(&self, second: u64, rows: u64, next: Option<Duration>) -> Option<u64> {
        let Some((asked, known)) = self.asked else {
            return Some(0);
        };
        let after = match rows == known {
            false => INTERVAL,
            true => next?.as_secs().max(INTERVAL),
        };
        Some((asked + after).saturating_sub(second))
    }

    pub(super) fn failure(&self) -> Option<&SampleFailure> {
        self.failure.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calm_connection_is_asked_about_once() {
        let mut sampler = Sampler::default();
        assert_eq!(sampler.left(7, 3, None), Some(0));
        sampler.asked = Some((7, 3));
        assert_eq!(sampler.left(7, 3, None), None);
        assert_eq!(sampler.left(90, 3, None), None);
    }

    #[test]
    fn new_rows_and_moving_numbers_are_asked_about_after_a_second() {
        let sampler = Sampler {
            asked: Some((7, 3)),
            ..Sampler::default()
        };
        assert_eq!(sampler.left(7, 4, None), Some(1));
        assert_eq!(sampler.left(8, 4, None), Some(0));
        let second = Duration::from_secs(1);
        assert_eq!(sampler.left(7, 3, Some(second)), Some(1));
        assert_eq!(sampler.left(9, 3, Some(second)), Some(0));
        assert_eq!(sampler.left(8, 3, Some(59 * second)), Some(58));
    }
}
