//! Reordering: some datagrams are held back until later ones have passed.

use super::delay_line::{DelayLine, DueKey};
use super::mistake::{PlanField, PlanMistake};
use super::{after, millis};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Holds some datagrams back until later ones have gone.
///
/// This is reordering as RFC 4737 measures it: `gap` is how far behind its place a datagram
/// comes. tc-netem(8) `reorder` does the reverse: it lets the chosen datagrams go ahead of
/// delayed ones, and so has no effect without a delay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reorder {
    pub percent: f64,
    /// Later datagrams to let go first. Held, lost and duplicate datagrams do not count.
    pub gap: u32,
    /// The longest time a datagram is held, in milliseconds beyond its own delay, if too few
    /// follow; 0 holds none.
    pub delay: f64,
}

impl Default for Reorder {
    fn default() -> Self {
        Self {
            percent: 0.0,
            gap: 1,
            delay: 100.0,
        }
    }
}

impl Reorder {
    pub(super) fn is_nothing(&self) -> bool {
        self.percent == 0.0 || self.delay == 0.0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::ReorderPercent.check(self.percent)?;
        PlanField::ReorderGap.check(f64::from(self.gap))?;
        PlanField::ReorderDelay.check(self.delay)
    }
}

/// The datagrams of the delay line that are held back, in the order of their release.
#[derive(Clone, Debug)]
pub(super) struct ReorderHolds {
    gap: u32,
    longest: Duration,
    held: VecDeque<Overtaken>,
    /// Datagrams so far that were not held back.
    passed: u64,
}

#[derive(Clone, Debug)]
struct Overtaken {
    place: DueKey,
    /// When it would be due if it were not held back.
    due: Instant,
    /// The value of `passed` that releases it.
    until: u64,
}

impl ReorderHolds {
    pub(super) fn new(plan: &Reorder) -> Self {
        Self {
            gap: plan.gap,
            longest: millis(plan.delay),
            held: VecDeque::new(),
            passed: 0,
        }
    }

    pub(super) fn gap(&self) -> u32 {
        self.gap
    }

    pub(super) fn longest(&self) -> Duration {
        self.longest
    }

    /// The latest time a datagram is held until, if it is due at `due` without the hold.
    pub(super) fn latest(&self, due: Instant) -> Instant {
        after(due, self.longest)
    }

    /// Holds back the datagram at this place of the delay line.
    pub(super) fn hold<T>(&mut self, line: &DelayLine<T>, place: DueKey, due: Instant) {
        // Datagrams whose time ran out have left the line. They are searched for only now and
        // then, so that each costs the same however many there are.
        if self.held.len() > 2 * line.len() + 16 {
            self.held.retain(|held| line.holds(held.place));
        }
        self.held.push_back(Overtaken {
            place,
            due,
            until: self.passed + u64::from(self.gap),
        });
    }

    /// Counts a datagram that is not held back and joined the line, due at `due`. Held
    /// datagrams that it was the last to overtake go right after it.
    pub(super) fn pass<T>(&mut self, line: &mut DelayLine<T>, due: Instant) {
        self.passed += 1;
        let passed = self.passed;
        while let Some(held) = self.held.pop_front_if(|held| held.until <= passed) {
            if let Some(datagram) = line.take(held.place) {
                line.insert(due.max(held.due).min(held.place.due), datagram);
            }
        }
    }
}
