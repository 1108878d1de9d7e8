//! A point of a curve.

/// A number in a message, 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlotPoint {
    /// The time of its row in microseconds since 1970, which is exact up to the year 2255; or the
    /// value of the field that it is plotted over.
    pub x: f64,
    pub value: f64,
    /// The row of its message.
    pub row: u64,
}

impl PlotPoint {
    /// Whether it has a place in a picture. One that has none interrupts the curve.
    pub fn is_drawn(&self) -> bool {
        self.x.is_finite() && self.value.is_finite()
    }

    /// The one of both with the lesser value; this one if they are equal.
    pub(super) fn lower(self, other: Self) -> Self {
        if other.value < self.value {
            other
        } else {
            self
        }
    }

    /// The one of both with the greater value; this one if they are equal.
    pub(super) fn higher(self, other: Self) -> Self {
        if other.value > self.value {
            other
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_takes_24_bytes() {
        assert_eq!(size_of::<PlotPoint>(), 24);
    }
}
