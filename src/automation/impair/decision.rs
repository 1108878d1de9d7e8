//! The random decisions about each datagram.

use super::damage::{Corruption, Flips};
use super::delay::Delays;
use super::loss::Losses;
use super::plan::DatagramPlan;
use super::sampling::Chance;
use fastrand::Rng;
use std::time::Duration;

/// All random decisions about one datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) lost: bool,
    pub(super) duplicated: bool,
    pub(super) reordered: bool,
    pub(super) truncated: bool,
    pub(super) flips: Option<Flips>,
    pub(super) delay: Duration,
    pub(super) copy_delay: Duration,
}

/// Makes the decisions for one datagram after the other.
#[derive(Clone, Debug)]
pub(super) struct Decisions {
    losses: Losses,
    duplicates: Chance,
    reordered: Chance,
    truncations: Chance,
    corruption: Corruption,
    delays: Delays,
    copy_delays: Delays,
}

impl Decisions {
    pub(super) fn new(plan: &DatagramPlan, seed: u64) -> Self {
        // The order of the forks is part of the meaning of a seed: new ones go last.
        let mut random = Rng::with_seed(seed);
        Self {
            losses: Losses::new(&plan.loss, random.fork()),
            duplicates: Chance::new(plan.duplicate, random.fork()),
            reordered: Chance::new(plan.reorder.percent, random.fork()),
            truncations: Chance::new(plan.truncate.percent, random.fork()),
            corruption: Corruption::new(&plan.corrupt, random.fork()),
            delays: Delays::new(&plan.delay, random.fork()),
            copy_delays: Delays::new(&plan.delay, random.fork()),
        }
    }

    /// The decisions about the datagram of this number. All of them are sampled, even if they
    /// have no effect because the datagram is lost.
    pub(super) fn next(&mut self, number: u64) -> Decision {
        Decision {
            lost: self.losses.next(number),
            duplicated: self.duplicates.happens(),
            reordered: self.reordered.happens(),
            truncated: self.truncations.happens(),
            flips: self.corruption.next(),
            delay: self.delays.next(),
            copy_delay: self.copy_delays.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::damage::{Corrupt, Truncate};
    use super::super::delay::Delay;
    use super::super::loss::Loss;
    use super::super::reorder::Reorder;
    use super::*;

    const COUNT: u64 = 100_000;

    /// Switches one impairment off and clears its part of a decision.
    type Switch = fn(&mut DatagramPlan);
    type Forget = fn(&mut Decision);

    fn everything() -> DatagramPlan {
        DatagramPlan {
            loss: Loss::Random {
                percent: 10.0,
                correlation: 0.0,
            },
            duplicate: 2.0,
            reorder: Reorder {
                percent: 25.0,
                ..Reorder::default()
            },
            delay: Delay {
                millis: 50.0,
                jitter: 20.0,
                ..Delay::default()
            },
            corrupt: Corrupt {
                percent: 0.5,
                bits: 3,
            },
            truncate: Truncate {
                percent: 60.0,
                to: 1,
            },
            ..DatagramPlan::default()
        }
    }

    fn decisions(plan: &DatagramPlan, count: u64) -> Vec<Decision> {
        let mut decisions = Decisions::new(plan, 4);
        (1..=count).map(|number| decisions.next(number)).collect()
    }

    #[test]
    fn everything_happens_as_often_as_asked_for() {
        let decisions = decisions(&everything(), COUNT);
        let is_about = |percent: f64, happens: fn(&Decision) -> bool| {
            let share = percent / 100.0;
            let sigma = (share * (1.0 - share) * COUNT as f64).sqrt();
            let times = decisions
                .iter()
                .filter(|decision| happens(decision))
                .count() as f64;
            let off = times - share * COUNT as f64;
            assert!(off.abs() < 3.0 * sigma, "{times} for {percent} %");
        };
        is_about(10.0, |decision| decision.lost);
        is_about(2.0, |decision| decision.duplicated);
        is_about(25.0, |decision| decision.reordered);
        is_about(60.0, |decision| decision.truncated);
        is_about(0.5, |decision| decision.flips.is_some());
        // Independent of each other.
        is_about(15.0, |decision| decision.truncated && decision.reordered);
        is_about(6.0, |decision| decision.truncated && decision.lost);
        is_about(50.0, |decision| decision.delay > decision.copy_delay);
    }

    #[test]
    fn switching_one_impairment_off_changes_no_other() {
        let all = decisions(&everything(), 2_000);
        let off: [(Switch, Forget); 6] = [
            (
                |plan| plan.loss = Loss::None,
                |decision| decision.lost = false,
            ),
            (
                |plan| plan.duplicate = 0.0,
                |decision| decision.duplicated = false,
            ),
            (
                |plan| plan.reorder.percent = 0.0,
                |decision| decision.reordered = false,
            ),
            (
                |plan| plan.truncate.percent = 0.0,
                |decision| decision.truncated = false,
            ),
            (
                |plan| plan.corrupt.percent = 0.0,
                |decision| decision.flips = None,
            ),
            (
                |plan| plan.delay = Delay::default(),
                |decision| (decision.delay, decision.copy_delay) = Default::default(),
            ),
        ];
        for (switch, forget) in off {
            let mut plan = everything();
            switch(&mut plan);
            let mut expected = all.clone();
            expected.iter_mut().for_each(forget);
            assert_eq!(decisions(&plan, 2_000), expected);
        }
    }

    #[test]
    fn another_seed_makes_another_decision() {
        let mut decisions = [1, 2].map(|seed| Decisions::new(&everything(), seed));
        assert!((1..=20).any(|n| decisions[0].next(n) != decisions[1].next(n)));
    }
}
