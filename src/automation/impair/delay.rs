//! The delay of each datagram or piece.

use super::correlation::Correlation;
use super::distribution::Distribution;
use super::millis;
use super::mistake::{PlanField, PlanMistake};
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// tc-netem(8) `delay`: a delay and its jitter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delay {
    /// The middle of the distribution, in milliseconds.
    pub millis: f64,
    /// In milliseconds; its meaning depends on the distribution. No delay is below 0: a jitter
    /// larger than the middle raises the average.
    pub jitter: f64,
    pub distribution: Distribution,
    /// The correlation of a delay with the one before, in percent. It narrows the spread to
    /// √((1 − ρ) / (1 + ρ)) of the jitter, as in netem.
    pub correlation: f64,
}

impl Delay {
    pub(super) fn is_nothing(&self) -> bool {
        self.millis == 0.0 && self.jitter == 0.0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::Delay.check(self.millis)?;
        PlanField::Jitter.check(self.jitter)?;
        PlanField::DelayCorrelation.check(self.correlation)
    }
}

/// Samples one delay after the other.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    plan: Delay,
    correlation: Correlation,
    random: Rng,
}

impl Delays {
    pub(super) fn new(plan: &Delay, random: Rng) -> Self {
        Self {
            plan: plan.clone(),
            correlation: Correlation::new(plan.correlation),
            random,
        }
    }

    pub(super) fn next(&mut self) -> Duration {
        if self.plan.is_nothing() {
            return Duration::ZERO;
        }
        let deviate = self.plan.distribution.deviate(&mut self.random);
        let deviate = self.correlation.blend(deviate);
        millis(self.plan.millis + self.plan.jitter * deviate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 100_000;

    fn drawn(plan: &Delay) -> Vec<f64> {
        let mut delays = Delays::new(plan, Rng::with_seed(11));
        (0..COUNT)
            .map(|_| delays.next().as_secs_f64() * 1_000.0)
            .collect()
    }

    /// Mean, standard deviation and correlation of neighbours.
    fn measured(values: &[f64]) -> (f64, f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        let shared = values
            .windows(2)
            .map(|pair| (pair[0] - mean) * (pair[1] - mean))
            .sum::<f64>();
        (mean, variance.sqrt(), shared / count / variance)
    }

    fn plan(distribution: Distribution, correlation: f64) -> Delay {
        Delay {
            millis: 100.0,
            jitter: 10.0,
            distribution,
            correlation,
        }
    }

    #[test]
    fn delays_have_the_mean_spread_and_correlation_asked_for() {
        let cases = [
            (Distribution::Uniform, 10.0 / 3.0_f64.sqrt()),
            (Distribution::Normal, 10.0),
            (Distribution::Pareto, 10.0),
        ];
        for (distribution, full) in cases {
            for percent in [0.0, 50.0, 90.0] {
                let rho = percent / 100.0;
                let sigma = full * f64::sqrt((1.0 - rho) / (1.0 + rho));
                let (mean, spread, lag) = measured(&drawn(&plan(distribution, percent)));
                // The mean of the blended numbers is as exact as that of the fresh ones.
                assert!((mean - 100.0).abs() < 3.0 * full / (COUNT as f64).sqrt());
                assert!((spread / sigma - 1.0).abs() < 0.03, "{spread} for {sigma}");
                assert!((lag - rho).abs() < 0.01, "{lag} for {rho}");
            }
        }
    }

    #[test]
    fn no_delay_is_negative() {
        for distribution in [Distribution::Uniform, Distribution::Normal] {
            let plan = Delay {
                millis: 1.0,
                ..plan(distribution, 0.0)
            };
            let values = drawn(&plan);
            assert!(values.contains(&0.0) && values.iter().all(|x| *x >= 0.0));
        }
    }

    #[test]
    fn a_plan_without_jitter_is_always_the_same() {
        let plan = Delay {
            millis: 12.5,
            ..Delay::default()
        };
        let mut delays = Delays::new(&plan, Rng::with_seed(1));
        for _ in 0..10 {
            assert_eq!(delays.next(), Duration::from_micros(12_500));
        }
    }

    #[test]
    fn nonsense_is_no_delay_and_nothing_is_longer_than_an_hour() {
        for (millis, jitter) in [(f64::NAN, 1.0), (-5.0, 0.0), (f64::NEG_INFINITY, 0.0)] {
            let plan = Delay {
                millis,
                jitter,
                ..Delay::default()
            };
            let mut delays = Delays::new(&plan, Rng::with_seed(1));
            assert_eq!(delays.next(), Duration::ZERO);
        }
        let plan = Delay {
            millis: f64::INFINITY,
            jitter: 1e300,
            ..Delay::default()
        };
        let mut delays = Delays::new(&plan, Rng::with_seed(1));
        assert!((0..100).all(|_| delays.next() <= Duration::from_secs(3_600)));
    }
}
