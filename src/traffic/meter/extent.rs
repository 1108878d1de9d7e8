//! How late reordered packets are.

/// The reordering extents of RFC 4737, 4.2.1: how many packets had come since the earliest
/// that should have come later. One for a packet that changed places with its neighbour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub longest: u64,
    /// Packets it is known of: that of a packet whose gap is forgotten is not.
    pub count: u64,
    sum: u64,
}

impl Extent {
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    pub(super) fn add(&mut self, extent: u64) {
        self.longest = self.longest.max(extent);
        self.count += 1;
        self.sum += extent;
    }

    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            longest: self.longest.max(other.longest),
            count: self.count + other.count,
            sum: self.sum + other.sum,
        }
    }
}
