//! Decides which datagrams are lost.

use super::mistake::{PlanField, PlanMistake};
use super::sampling::Chance;
use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// tc-netem(8) `loss`, and a periodic loss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Loss {
    #[default]
    None,
    /// Each datagram with the same probability.
    Random {
        percent: f64,
        /// The percentage of datagrams that repeat the decision of the one before, whatever
        /// their own probability. The share lost stays `percent`. With netem's correlation,
        /// which tc-netem(8) calls deprecated for its bad behaviour, it does not.
        #[serde(default)]
        correlation: f64,
    },
    /// Burst losses: tc-netem(8) `gemodel`, the model of Gilbert (1960) and Elliott (1963). The
    /// link is good or bad, good at first. A datagram is lost with the probability of the
    /// current state, then the state may change. All numbers are in percent.
    ///
    /// In the long run, p/(p + r) of the datagrams meet the bad state, on average 1/r of them
    /// in a row.
    Burst {
        /// Probability of a change from good to bad.
        p: f64,
        /// Probability of a change from bad to good.
        r: f64,
        /// Loss in the good state: 1 − k.
        #[serde(default)]
        good_loss: f64,
        /// Loss in the bad state: 1 − h.
        #[serde(default = "all")]
        bad_loss: f64,
    },
    /// Every n-th datagram: the n-th, the 2n-th and so on.
    EveryNth(u64),
}

fn all() -> f64 {
    100.0
}

impl Loss {
    pub(super) fn is_nothing(&self) -> bool {
        match *self {
            Self::None => true,
            Self::Random { percent, .. } => percent == 0.0,
            Self::Burst {
                p,
                good_loss,
                bad_loss,
                ..
            } => good_loss == 0.0 && (p == 0.0 || bad_loss == 0.0),
            Self::EveryNth(every) => every == 0,
        }
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        match *self {
            Self::None => Ok(()),
            Self::Random {
                percent,
                correlation,
            } => {
                PlanField::LossPercent.check(percent)?;
                PlanField::LossCorrelation.check(correlation)
            }
            Self::Burst {
                p,
                r,
                good_loss,
                bad_loss,
            } => {
                PlanField::BurstBegins.check(p)?;
                PlanField::BurstEnds.check(r)?;
                PlanField::BurstGoodLoss.check(good_loss)?;
                PlanField::BurstBadLoss.check(bad_loss)
            }
            Self::EveryNth(every) => PlanField::LossEvery.check(every as f64),
        }
    }
}

/// Makes one decision after the other.
#[derive(Clone, Debug)]
pub(super) enum Losses {
    Random {
        fresh: Chance,
        same: Chance,
        last: Option<bool>,
    },
    Burst {
        bad: bool,
        begins: Chance,
        ends: Chance,
        good_loss: Chance,
        bad_loss: Chance,
    },
    /// 0 is never.
    EveryNth(u64),
}

impl Losses {
    pub(super) fn new(plan: &Loss, mut random: Rng) -> Self {
        let mut chance = |percent| Chance::new(percent, random.fork());
        match *plan {
            Loss::None => Self::EveryNth(0),
            Loss::Random {
                percent,
                correlation,
            } => Self::Random {
                fresh: chance(percent),
                same: chance(correlation),
                last: None,
            },
            Loss::Burst {
                p,
                r,
                good_loss,
                bad_loss,
            } => Self::Burst {
                bad: false,
                begins: chance(p),
                ends: chance(r),
                good_loss: chance(good_loss),
                bad_loss: chance(bad_loss),
            },
            Loss::EveryNth(every) => Self::EveryNth(every),
        }
    }

    /// Whether the datagram of this number is lost.
    pub(super) fn next(&mut self, number: u64) -> bool {
        match self {
            Self::Random { fresh, same, last } => {
                let (fresh, same) = (fresh.happens(), same.happens());
                let lost = last.filter(|_| same).unwrap_or(fresh);
                *last = Some(lost);
                lost
            }
            Self::Burst {
                bad,
                begins,
                ends,
                good_loss,
                bad_loss,
            } => {
                let (loss, change) = if *bad {
                    (bad_loss, ends)
                } else {
                    (good_loss, begins)
                };
                let lost = loss.happens();
                *bad ^= change.happens();
                lost
            }
            Self::EveryNth(every) => number.checked_rem(*every) == Some(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u64 = 100_000;

    fn fates(plan: &Loss) -> Vec<bool> {
        let mut losses = Losses::new(plan, Rng::with_seed(5));
        (1..=COUNT).map(|number| losses.next(number)).collect()
    }

    /// The share that is lost, and the mean length of a burst.
    fn measured(fates: &[bool]) -> (f64, f64) {
        let lost = fates.iter().filter(|lost| **lost).count() as f64;
        let bursts = fates.chunk_by(|a, b| a == b).filter(|run| run[0]).count();
        (lost / fates.len() as f64, lost / bursts as f64)
    }

    #[test]
    fn random_loss_is_as_frequent_as_asked_for_with_any_correlation() {
        for percent in [0.0, 0.1, 1.0, 30.0, 100.0] {
            for correlation in [0.0, 25.0, 90.0] {
                let (share, _) = measured(&fates(&Loss::Random {
                    percent,
                    correlation,
                }));
                let (asked, rho) = (percent / 100.0, correlation / 100.0);
                // A chain whose neighbours correlate with ρ varies (1 + ρ)/(1 − ρ) times as
                // much as independent draws.
                let variance = asked * (1.0 - asked) * (1.0 + rho) / (1.0 - rho);
                let sigma = (variance / COUNT as f64).sqrt();
                assert!((share - asked).abs() <= 3.0 * sigma, "{share} for {asked}");
            }
        }
    }

    #[test]
    fn neighbours_share_a_decision_as_often_as_asked_for() {
        let lost = fates(&Loss::Random {
            percent: 20.0,
            correlation: 60.0,
        });
        let (share, _) = measured(&lost);
        let both = lost.windows(2).filter(|pair| pair[0] && pair[1]).count() as f64;
        let joint = both / (COUNT - 1) as f64;
        let rho = (joint - share * share) / (share * (1.0 - share));
        assert!((rho - 0.6).abs() < 0.02, "{rho}");
    }

    #[test]
    fn bursts_have_the_share_and_the_length_of_gilbert_and_elliott() {
        for (p, r) in [(1.0, 25.0), (5.0, 50.0), (0.5, 10.0)] {
            let (share, length) = measured(&fates(&Loss::Burst {
                p,
                r,
                good_loss: 0.0,
                bad_loss: 100.0,
            }));
            let (begins, ends) = (p / 100.0, r / 100.0);
            let asked = begins / (begins + ends);
            let keeps = 1.0 - begins - ends;
            let variance = asked * (1.0 - asked) * (1.0 + keeps) / (1.0 - keeps);
            let sigma = (variance / COUNT as f64).sqrt();
            assert!((share - asked).abs() < 3.0 * sigma, "{share} for {asked}");
            // Lengths are geometric: mean 1/r, variance (1 − r)/r².
            let bursts = share * COUNT as f64 / length;
            let sigma = ((1.0 - ends) / bursts).sqrt() / ends;
            assert!((length - 1.0 / ends).abs() < 3.0 * sigma, "{length}");
        }
    }

    #[test]
    fn both_states_lose_their_own_share() {
        let (share, _) = measured(&fates(&Loss::Burst {
            p: 10.0,
            r: 30.0,
            good_loss: 2.0,
            bad_loss: 50.0,
        }));
        let asked = 0.75 * 0.02 + 0.25 * 0.5;
        // Independent draws vary by 0.0011. The states add at most 0.48² of the variance of the
        // bad state's share, whose factor here is 4.
        let states = 0.48_f64.powi(2) * 0.25 * 0.75 * 4.0;
        let sigma = ((asked * (1.0 - asked) + states) / COUNT as f64).sqrt();
        assert!((share - asked).abs() < 3.0 * sigma, "{share} for {asked}");
    }

    #[test]
    fn every_nth_is_exact() {
        for every in [1, 2, 7, 1_000] {
            let lost = fates(&Loss::EveryNth(every));
            for (number, lost) in (1..).zip(lost) {
                assert_eq!(lost, number % every == 0);
            }
        }
        assert!(!fates(&Loss::EveryNth(0)).contains(&true));
    }
}
