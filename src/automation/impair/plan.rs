//! Impairment plans, as a person writes them.

use super::damage::{Corrupt, Truncate};
use super::delay::Delay;
use super::loss::Loss;
use super::mistake::{PlanField, PlanMistake};
use super::rate::Rate;
use super::reorder::Reorder;
use super::stall::Stall;
use serde::{Deserialize, Serialize};

/// The impairments of datagrams; the default has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatagramPlan {
    pub loss: Loss,
    /// The percentage of datagrams that are sent twice.
    pub duplicate: f64,
    pub reorder: Reorder,
    pub delay: Delay,
    pub corrupt: Corrupt,
    pub truncate: Truncate,
    pub rate: Rate,
}

impl DatagramPlan {
    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        self.loss.is_nothing()
            && self.duplicate == 0.0
            && self.reorder.is_nothing()
            && self.delay.is_nothing()
            && self.corrupt.is_nothing()
            && self.truncate.is_nothing()
            && self.rate.is_nothing()
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first number that is out of range, even if it is not in use.
    pub fn check(&self) -> Result<(), PlanMistake> {
        self.loss.check()?;
        PlanField::DuplicatePercent.check(self.duplicate)?;
        self.reorder.check()?;
        self.delay.check()?;
        self.corrupt.check()?;
        self.truncate.check()?;
        self.rate.check()
    }
}

/// The impairments of a stream, whose bytes are never lost nor reordered; the default has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamPlan {
    /// The most bytes of one write; 0 does not split.
    pub split: usize,
    /// How long bytes are gathered into one write, in milliseconds, like Nagle's algorithm (RFC
    /// 896). The time begins with the first byte; bytes go as soon as there are `split` of
    /// them. 0 does not gather.
    pub join: f64,
    /// The delay of each piece. A stream keeps its order: a piece with a short delay waits for
    /// those before it.
    pub delay: Delay,
    pub stall: Stall,
    pub rate: Rate,
    /// Bytes read a second, so that the far side finds its send buffer full; 0 reads without a
    /// limit. See [`SlowRead`](super::SlowRead).
    pub slow_read: u64,
    /// The connection is reset after this many bytes.
    pub reset_after: Option<u64>,
}

impl StreamPlan {
    /// Whether it changes nothing, reading included.
    pub fn is_nothing(&self) -> bool {
        self.split == 0
            && self.join == 0.0
            && self.delay.is_nothing()
            && self.stall.is_nothing()
            && self.rate.is_nothing()
            && self.slow_read == 0
            && self.reset_after.is_none()
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first number that is out of range, even if it is not in use.
    pub fn check(&self) -> Result<(), PlanMistake> {
        PlanField::Split.check(self.split as f64)?;
        PlanField::Join.check(self.join)?;
        self.delay.check()?;
        self.stall.check()?;
        self.rate.check()?;
        PlanField::SlowRead.check(self.slow_read as f64)?;
        PlanField::ResetAfter.check(self.reset_after.unwrap_or(0) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::mistake::PlanProblem;
    use super::*;

    #[test]
    fn the_default_does_nothing_and_is_right() {
        let (datagrams, stream) = (DatagramPlan::default(), StreamPlan::default());
        assert!(datagrams.is_nothing() && stream.is_nothing());
        assert_eq!((datagrams.check(), stream.check()), (Ok(()), Ok(())));
    }

    #[test]
    fn any_one_setting_is_something() {
        let datagrams: [fn(&mut DatagramPlan); 9] = [
            |plan| plan.loss = Loss::EveryNth(3),
            |plan| plan.duplicate = 1.0,
            |plan| plan.reorder.percent = 1.0,
            |plan| plan.delay.millis = 1.0,
            |plan| plan.delay.jitter = 1.0,
            |plan| plan.corrupt.percent = 1.0,
            |plan| plan.truncate.percent = 1.0,
            |plan| plan.rate.bits_per_second = 1,
            |plan| plan.loss = burst(1.0, 50.0),
        ];
        for set in datagrams {
            let mut plan = DatagramPlan::default();
            set(&mut plan);
            assert!(!plan.is_nothing() && plan.check().is_ok(), "{plan:?}");
        }
        let streams: [fn(&mut StreamPlan); 7] = [
            |plan| plan.split = 1,
            |plan| plan.join = 1.0,
            |plan| plan.delay.millis = 1.0,
            |plan| (plan.stall.every, plan.stall.millis) = (1, 1.0),
            |plan| plan.rate.bits_per_second = 1,
            |plan| plan.slow_read = 1,
            |plan| plan.reset_after = Some(0),
        ];
        for set in streams {
            let mut plan = StreamPlan::default();
            set(&mut plan);
            assert!(!plan.is_nothing() && plan.check().is_ok(), "{plan:?}");
        }
    }

    #[test]
    fn settings_without_effect_are_nothing() {
        let plan = DatagramPlan {
            loss: burst(0.0, 50.0),
            reorder: Reorder {
                percent: 50.0,
                delay: 0.0,
                ..Reorder::default()
            },
            ..DatagramPlan::default()
        };
        assert!(plan.is_nothing());
    }

    #[test]
    fn each_mistake_names_its_field() {
        let cases: [(fn(&mut DatagramPlan), _, _); 11] = [
            (
                |plan| plan.loss = Loss::EveryNth(0),
                PlanField::LossEvery,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.loss = burst(1.0, f64::NAN),
                PlanField::BurstEnds,
                PlanProblem::NotANumber,
            ),
            (
                |plan| plan.duplicate = 100.5,
                PlanField::DuplicatePercent,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.reorder.gap = 0,
                PlanField::ReorderGap,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.reorder.delay = -1.0,
                PlanField::ReorderDelay,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.delay.millis = 1e9,
                PlanField::Delay,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.delay.jitter = -1.0,
                PlanField::Jitter,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.corrupt.bits = 0,
                PlanField::CorruptBits,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.truncate.to = 70_000,
                PlanField::TruncateTo,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.rate.bits_per_second = 10_u64.pow(18),
                PlanField::RateBits,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.rate.queue = usize::MAX,
                PlanField::RateQueue,
                PlanProblem::TooLarge,
            ),
        ];
        for (set, field, problem) in cases {
            let mut plan = DatagramPlan::default();
            set(&mut plan);
            assert_eq!(plan.check(), Err(PlanMistake { field, problem }));
        }
    }

    #[test]
    fn streams_name_their_fields_too() {
        let cases: [(fn(&mut StreamPlan), _, _); 5] = [
            (
                |plan| plan.split = usize::MAX,
                PlanField::Split,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.join = f64::NAN,
                PlanField::Join,
                PlanProblem::NotANumber,
            ),
            (
                |plan| plan.stall.percent = -0.1,
                PlanField::StallPercent,
                PlanProblem::TooSmall,
            ),
            (
                |plan| plan.slow_read = u64::MAX,
                PlanField::SlowRead,
                PlanProblem::TooLarge,
            ),
            (
                |plan| plan.reset_after = Some(u64::MAX),
                PlanField::ResetAfter,
                PlanProblem::TooLarge,
            ),
        ];
        for (set, field, problem) in cases {
            let mut plan = StreamPlan::default();
            set(&mut plan);
            assert_eq!(plan.check(), Err(PlanMistake { field, problem }));
        }
    }

    #[test]
    fn a_plan_survives_being_written_down_and_gaps_are_filled_in() {
        let plan = DatagramPlan {
            loss: burst(1.5, 30.0),
            duplicate: 2.5,
            ..DatagramPlan::default()
        };
        let text = ron::to_string(&plan).unwrap();
        assert_eq!(ron::from_str::<DatagramPlan>(&text).unwrap(), plan);
        let read: DatagramPlan = ron::from_str("(duplicate: 2.5, corrupt: (percent: 0))").unwrap();
        let expected = DatagramPlan {
            duplicate: 2.5,
            ..DatagramPlan::default()
        };
        assert_eq!(read, expected);
        assert_eq!(
            ron::from_str::<StreamPlan>("()").unwrap(),
            StreamPlan::default()
        );
    }

    fn burst(p: f64, r: f64) -> Loss {
        Loss::Burst {
            p,
            r,
            good_loss: 0.0,
            bad_loss: 100.0,
        }
    }
}
