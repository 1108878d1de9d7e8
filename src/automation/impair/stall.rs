//! A stream that stands still now and then.

use super::millis;
use super::mistake::{PlanField, PlanMistake};
use super::sampling::Chance;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Pauses in a stream: nothing is sent until a pause is over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stall {
    /// Bytes between two pauses; pieces are cut there. 0 is never.
    pub every: u64,
    /// The percentage of pieces that pause, wherever they are.
    pub percent: f64,
    /// The length of a pause, in milliseconds.
    pub millis: f64,
}

impl Stall {
    pub(super) fn is_nothing(&self) -> bool {
        self.millis == 0.0 || self.every == 0 && self.percent == 0.0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::StallEvery.check(self.every as f64)?;
        PlanField::StallPercent.check(self.percent)?;
        PlanField::StallMillis.check(self.millis)
    }
}

/// Decides about the pause before each piece.
#[derive(Clone, Debug)]
pub(super) struct Stalls {
    /// Bytes between two pauses; 0 is never.
    every: u64,
    chance: Chance,
    pause: Duration,
}

impl Stalls {
    pub(super) fn new(plan: &Stall, random: Rng) -> Self {
        let pause = millis(plan.millis);
        Self {
            every: if pause.is_zero() { 0 } else { plan.every },
            chance: Chance::new(plan.percent, random),
            pause,
        }
    }

    /// The pause before the piece that follows `passed` bytes.
    pub(super) fn before(&mut self, passed: u64) -> Duration {
        let pauses = self.chance.happens();
        let counted = passed > 0 && passed.checked_rem(self.every) == Some(0);
        if pauses || counted {
            self.pause
        } else {
            Duration::ZERO
        }
    }

    /// The most bytes of the piece that follows `passed` bytes.
    pub(super) fn room(&self, passed: u64) -> u64 {
        let begun = passed.checked_rem(self.every);
        begun.map_or(u64::MAX, |begun| self.every - begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stalls(every: u64, percent: f64, millis: f64) -> Stalls {
        let plan = Stall {
            every,
            percent,
            millis,
        };
        Stalls::new(&plan, Rng::with_seed(12))
    }

    #[test]
    fn counted_pauses_follow_each_given_number_of_bytes() {
        let mut stalls = stalls(10, 0.0, 5.0);
        let pauses: Vec<u64> = (0..35)
            .filter(|passed| !stalls.before(*passed).is_zero())
            .collect();
        assert_eq!(pauses, [10, 20, 30]);
        assert_eq!(
            [0, 3, 9, 10].map(|passed| stalls.room(passed)),
            [10, 7, 1, 10]
        );
    }

    #[test]
    fn random_pauses_are_as_frequent_as_asked_for() {
        let mut stalls = stalls(0, 20.0, 5.0);
        let pauses = (0..100_000)
            .filter(|passed| stalls.before(*passed) == Duration::from_millis(5))
            .count();
        // σ = √(10⁵ · 0.2 · 0.8) = 126.
        assert!(pauses.abs_diff(20_000) < 379, "{pauses}");
    }

    #[test]
    fn a_pause_of_no_time_splits_nothing() {
        assert_eq!(stalls(10, 50.0, 0.0).room(3), u64::MAX);
    }
}
