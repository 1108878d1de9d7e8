//! Correlation between successive random numbers.

/// netem's correlation: `x' = (1 − ρ)·x + ρ·x'₋₁`, a first-order autoregression.
///
/// Neighbours then correlate with ρ, and the mean stays. The spread does not: the standard
/// deviation is that of `x` times √((1 − ρ) / (1 + ρ)), in netem too.
#[derive(Clone, Debug)]
pub(super) struct Correlation {
    /// 0 to 1.
    rho: f64,
    /// The last number; `None` before the first, which is used unchanged.
    last: Option<f64>,
}

impl Correlation {
    pub(super) fn new(percent: f64) -> Self {
        Self {
            rho: percent / 100.0,
            last: None,
        }
    }

    pub(super) fn blend(&mut self, fresh: f64) -> f64 {
        let blended = self
            .last
            .map_or(fresh, |last| (1.0 - self.rho) * fresh + self.rho * last);
        self.last = Some(blended);
        blended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_correlation_numbers_stay_as_they_are() {
        let mut none = Correlation::new(0.0);
        assert_eq!([1.0, -2.5, 7.0].map(|x| none.blend(x)), [1.0, -2.5, 7.0]);
    }

    #[test]
    fn full_correlation_repeats_the_first_number() {
        let mut full = Correlation::new(100.0);
        assert_eq!([1.0, -2.5, 7.0].map(|x| full.blend(x)), [1.0; 3]);
    }

    #[test]
    fn the_last_number_counts_for_its_share() {
        let mut quarter = Correlation::new(25.0);
        assert_eq!([4.0, 8.0, 0.0].map(|x| quarter.blend(x)), [4.0, 7.0, 1.75]);
    }
}
