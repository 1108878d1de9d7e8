//! Distributions of the delay around its middle.

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// The distribution of a jitter, as in tc-netem(8) `distribution`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distribution {
    /// Equal probability within ± jitter; the standard deviation is jitter/√3.
    #[default]
    Uniform,
    /// The normal distribution; its standard deviation is the jitter.
    Normal,
    /// Mostly a little below the middle, sometimes far above: from the middle − 0.78 jitters to
    /// the middle + 4.92. The standard deviation is the jitter.
    Pareto,
}

/// Where netem's table of the Pareto distribution ends, in units of the least value: 1.5 + 4 ·
/// 3/4 (its numbers are 16 bits wide).
const CUT: f64 = 4.5;

/// Mean and variance of `min(u^(−1/3), CUT)` for u uniform in 0 to 1: the integrals of u^(−1/3)
/// and u^(−2/3) with the tail set to `CUT`.
const MEAN: f64 = 1.5 - 0.5 / (CUT * CUT);
const VARIANCE: f64 = 3.0 - 2.0 / CUT - MEAN * MEAN;

impl Distribution {
    /// Samples a deviation in units of the jitter; its mean is 0.
    ///
    /// Pareto is netem's (iproute2 `netem/pareto.c`: shape 3, the tail cut), but scaled to mean
    /// 0 and standard deviation 1, which netem's factor of 4/3 misses (−0.03 and 0.82).
    pub(super) fn deviate(self, random: &mut Rng) -> f64 {
        match self {
            Self::Uniform => 2.0 * random.f64() - 1.0,
            Self::Normal => {
                // Box and Muller, 1958. Its second number is not used, so that each deviation
                // costs the same draws. 1 − u is never 0, whose logarithm is infinite.
                let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
                radius * (TAU * random.f64()).cos()
            }
            Self::Pareto => {
                let value = (1.0 - random.f64()).cbrt().recip().min(CUT);
                (value - MEAN) / VARIANCE.sqrt()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 100_000;

    fn deviates(distribution: Distribution, seed: u64) -> Vec<f64> {
        let mut random = Rng::with_seed(seed);
        (0..COUNT)
            .map(|_| distribution.deviate(&mut random))
            .collect()
    }

    /// The means of the first, second and fourth powers.
    fn moments(values: &[f64]) -> [f64; 3] {
        [1, 2, 4].map(|power| {
            let sum: f64 = values.iter().map(|x| x.powi(power)).sum();
            sum / values.len() as f64
        })
    }

    #[test]
    fn mean_and_spread_are_as_documented() {
        let cases = [
            (Distribution::Uniform, 1.0 / 3.0),
            (Distribution::Normal, 1.0),
            (Distribution::Pareto, 1.0),
        ];
        for (distribution, variance) in cases {
            let [mean, second, fourth] = moments(&deviates(distribution, 7));
            let root = (COUNT as f64).sqrt();
            assert!(mean.abs() < 3.0 * f64::sqrt(variance) / root, "{mean}");
            let sigma = (fourth - second * second).sqrt() / root;
            assert!((second - variance).abs() < 3.0 * sigma, "{second}");
        }
    }

    #[test]
    fn bounds_are_as_documented() {
        let within = |distribution, least: f64, most: f64| {
            let values = deviates(distribution, 8);
            values.iter().all(|x| (least..=most).contains(x))
        };
        assert!(within(Distribution::Uniform, -1.0, 1.0));
        assert!(within(Distribution::Normal, -8.7, 8.7));
        assert!(within(Distribution::Pareto, -0.78, 4.92));
    }

    #[test]
    fn a_normal_deviate_is_within_one_sigma_68_times_of_100() {
        let values = deviates(Distribution::Normal, 9);
        let within = values.iter().filter(|x| x.abs() < 1.0).count();
        // 0.682689 · 10⁵, σ = 147.
        assert!(within.abs_diff(68_269) < 442, "{within}");
    }

    #[test]
    fn pareto_is_mostly_below_its_mean_and_sometimes_far_above() {
        let values = deviates(Distribution::Pareto, 10);
        let below = values.iter().filter(|x| **x < 0.0).count();
        let far = values.iter().filter(|x| **x > 3.0).count();
        // 1 − MEAN⁻³ = 0.68855 are below, (MEAN + 3 · 0.61565)⁻³ = 0.02741 far above.
        assert!(below.abs_diff(68_855) < 440, "{below}");
        assert!(far.abs_diff(2_741) < 156, "{far}");
    }
}
