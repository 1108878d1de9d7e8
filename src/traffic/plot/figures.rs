//! Statistics of a number of values.

/// The count, the extremes and the mean of values, and the last of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    count: u64,
    min: f64,
    max: f64,
    sum: f64,
    last: f64,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            count: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: 0.0,
            last: 0.0,
        }
    }
}

impl Figures {
    /// Adds a finite value behind the others.
    pub(super) fn add(&mut self, value: f64) {
        self.join(&Self {
            count: 1,
            min: value,
            max: value,
            sum: value,
            last: value,
        });
    }

    /// Adds later values.
    pub(super) fn join(&mut self, later: &Self) {
        if later.count == 0 {
            return;
        }
        self.count += later.count;
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
        self.sum += later.sum;
        self.last = later.last;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The least value; `None` if there is none.
    pub fn min(&self) -> Option<f64> {
        self.known(self.min)
    }

    /// The greatest value; `None` if there is none.
    pub fn max(&self) -> Option<f64> {
        self.known(self.max)
    }

    /// The mean; `None` if there is no value.
    pub fn mean(&self) -> Option<f64> {
        self.known(self.sum / self.count as f64)
    }

    /// The last value; `None` if there is none.
    pub fn last(&self) -> Option<f64> {
        self.known(self.last)
    }

    fn known(&self, value: f64) -> Option<f64> {
        (self.count > 0).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_values_there_is_no_figure() {
        let none = Figures::default();
        assert_eq!(none.count(), 0);
        let figures = [none.min(), none.max(), none.mean(), none.last()];
        assert_eq!(figures, [None; 4]);
    }

    #[test]
    fn figures_of_parts_come_to_those_of_the_whole() {
        let of = |values: &[f64]| {
            let mut figures = Figures::default();
            values.iter().for_each(|value| figures.add(*value));
            figures
        };
        let mut joined = of(&[2.0, -1.0]);
        joined.join(&of(&[]));
        joined.join(&of(&[5.0, 2.0]));
        assert_eq!(joined, of(&[2.0, -1.0, 5.0, 2.0]));
        assert_eq!((joined.min(), joined.max()), (Some(-1.0), Some(5.0)));
        assert_eq!((joined.mean(), joined.last()), (Some(2.0), Some(2.0)));
    }
}
