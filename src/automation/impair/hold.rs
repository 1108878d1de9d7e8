//! Datagrams that others overtake.

use super::line::{Line, Place};
use super::mistake::{Field, PlanMistake};
use super::{after, millis};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Some datagrams stay back until later ones have gone.
///
/// That is reordering as RFC 4737 measures it: `gap` is how far behind its place a
/// datagram comes. tc-netem(8) `reorder` does the reverse, it lets the chosen ones go
/// ahead of those that a delay keeps, and so does nothing where there is no delay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reorder {
    pub percent: f64,
    /// Later datagrams to let go first. Those that stay back themselves do not count,
    /// nor do lost ones and copies.
    pub gap: u32,
    /// The longest it stays back, in milliseconds beyond its own delay, if too few follow;
    /// 0 keeps none back.
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
        Field::ReorderPercent.check(self.percent)?;
        Field::ReorderGap.check(f64::from(self.gap))?;
        Field::ReorderDelay.check(self.delay)
    }
}

/// Those in the line that stay back, the first to be let go in front.
#[derive(Clone, Debug)]
pub(super) struct Holds {
    gap: u32,
    longest: Duration,
    held: VecDeque<Held>,
    /// Datagrams so far that did not stay back.
    passed: u64,
}

#[derive(Clone, Debug)]
struct Held {
    place: Place,
    /// When it would be due if it did not stay back.
    due: Instant,
    /// The count of passed ones that lets it go.
    until: u64,
}

impl Holds {
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

    /// When one that stays back and would be due at this time is due at last.
    pub(super) fn latest(&self, due: Instant) -> Instant {
        after(due, self.longest)
    }

    /// The one at this place of the line stays back.
    pub(super) fn hold<T>(&mut self, line: &Line<T>, place: Place, due: Instant) {
        // Those whose time ran out are gone from the line: looked for now and then only,
        // so that each costs the same however many there are.
        if self.held.len() > 2 * line.len() + 16 {
            self.held.retain(|held| line.holds(held.place));
        }
        self.held.push_back(Held {
            place,
            due,
            until: self.passed + u64::from(self.gap),
        });
    }

    /// One that does not stay back, due at this time, joined the line: those it was the
    /// last to overtake go right behind it.
    pub(super) fn pass<T>(&mut self, line: &mut Line<T>, due: Instant) {
        self.passed += 1;
        let passed = self.passed;
        while let Some(held) = self.held.pop_front_if(|held| held.until <= passed) {
            if let Some(parcel) = line.take(held.place) {
                line.insert(due.max(held.due).min(held.place.0), parcel);
            }
        }
    }
}
