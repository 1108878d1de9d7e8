//! Mistakes in an impairment plan.

use super::LONGEST;
use super::delay_line::MAX_BYTES;

/// A number of a plan that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanMistake {
    pub field: PlanField,
    pub problem: PlanProblem,
}

/// Why the number is refused; [`PlanField::allowed`] is the allowed range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanProblem {
    NotANumber,
    TooSmall,
    TooLarge,
}

/// A number in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanField {
    LossPercent,
    LossCorrelation,
    /// `p` of a burst loss.
    BurstBegins,
    /// `r` of a burst loss.
    BurstEnds,
    BurstGoodLoss,
    BurstBadLoss,
    LossEvery,
    DuplicatePercent,
    ReorderPercent,
    ReorderGap,
    ReorderDelay,
    Delay,
    Jitter,
    DelayCorrelation,
    CorruptPercent,
    CorruptBits,
    TruncatePercent,
    TruncateTo,
    RateBits,
    RateQueue,
    Split,
    Join,
    StallEvery,
    StallPercent,
    StallMillis,
    SlowRead,
    ResetAfter,
}

/// The most bits flipped in one datagram: more show nothing new, and each one is recorded.
pub(super) const MAX_BITS: u32 = 256;

/// The highest rate, a terabit a second: beyond it, a byte takes no time at all.
const FASTEST: f64 = 1e12;

/// More bytes than any connection transfers.
const ENDLESS: f64 = 1e15;

impl PlanField {
    /// The least and the largest value, in the unit of the field.
    pub fn allowed(self) -> (f64, f64) {
        match self {
            Self::LossPercent
            | Self::LossCorrelation
            | Self::BurstBegins
            | Self::BurstEnds
            | Self::BurstGoodLoss
            | Self::BurstBadLoss
            | Self::DuplicatePercent
            | Self::ReorderPercent
            | Self::DelayCorrelation
            | Self::CorruptPercent
            | Self::TruncatePercent
            | Self::StallPercent => (0.0, 100.0),
            Self::LossEvery => (1.0, ENDLESS),
            Self::ReorderGap => (1.0, 1_000.0),
            Self::ReorderDelay | Self::Delay | Self::Jitter | Self::Join | Self::StallMillis => {
                (0.0, LONGEST)
            }
            Self::CorruptBits => (1.0, f64::from(MAX_BITS)),
            // The length field of UDP is 16 bits wide.
            Self::TruncateTo => (0.0, 65_535.0),
            Self::RateBits => (0.0, FASTEST),
            Self::SlowRead => (0.0, FASTEST / 8.0),
            Self::RateQueue | Self::Split => (0.0, MAX_BYTES as f64),
            Self::StallEvery | Self::ResetAfter => (0.0, ENDLESS),
        }
    }

    /// Its path in a file, below `datagrams` or `stream`.
    pub fn key(self) -> &'static str {
        match self {
            Self::LossPercent => "loss.percent",
            Self::LossCorrelation => "loss.correlation",
            Self::BurstBegins => "loss.p",
            Self::BurstEnds => "loss.r",
            Self::BurstGoodLoss => "loss.good_loss",
            Self::BurstBadLoss => "loss.bad_loss",
            Self::LossEvery => "loss.EveryNth",
            Self::DuplicatePercent => "duplicate",
            Self::ReorderPercent => "reorder.percent",
            Self::ReorderGap => "reorder.gap",
            Self::ReorderDelay => "reorder.delay",
            Self::Delay => "delay.millis",
            Self::Jitter => "delay.jitter",
            Self::DelayCorrelation => "delay.correlation",
            Self::CorruptPercent => "corrupt.percent",
            Self::CorruptBits => "corrupt.bits",
            Self::TruncatePercent => "truncate.percent",
            Self::TruncateTo => "truncate.to",
            Self::RateBits => "rate.bits_per_second",
            Self::RateQueue => "rate.queue",
            Self::Split => "split",
            Self::Join => "join",
            Self::StallEvery => "stall.every",
            Self::StallPercent => "stall.percent",
            Self::StallMillis => "stall.millis",
            Self::SlowRead => "slow_read",
            Self::ResetAfter => "reset_after",
        }
    }

    pub(super) fn check(self, value: f64) -> Result<(), PlanMistake> {
        let (least, most) = self.allowed();
        let problem = if value.is_nan() {
            PlanProblem::NotANumber
        } else if value < least {
            PlanProblem::TooSmall
        } else if value > most {
            PlanProblem::TooLarge
        } else {
            return Ok(());
        };
        Err(PlanMistake {
            field: self,
            problem,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_out_of_range_is_reported() {
        let cases = [
            (0.0, None),
            (100.0, None),
            (-0.0, None),
            (-1e-9, Some(PlanProblem::TooSmall)),
            (100.1, Some(PlanProblem::TooLarge)),
            (f64::INFINITY, Some(PlanProblem::TooLarge)),
            (f64::NEG_INFINITY, Some(PlanProblem::TooSmall)),
            (f64::NAN, Some(PlanProblem::NotANumber)),
        ];
        for (value, problem) in cases {
            let found = PlanField::LossPercent.check(value).err();
            assert_eq!(found.map(|mistake| mistake.problem), problem, "{value}");
        }
    }
}
