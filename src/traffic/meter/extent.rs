//! The extent of reordering.

/// Reordering extents (RFC 4737 §4.2.1): the number of packets that arrived since the earliest
/// one with a higher number. The extent of a packet that swapped with its neighbour is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub longest: u64,
    /// The number of packets with a known extent. It is unknown if the gap was forgotten.
    pub count: u64,
    sum: u64,
}

impl Extent {
    /// The mean of the known extents.
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    pub(super) fn add(&mut self, extent: u64) {
        self.longest = self.longest.max(extent);
        self.count += 1;
        self.sum += extent;
    }

    /// The extents of two flows together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            longest: self.longest.max(other.longest),
            count: self.count + other.count,
            sum: self.sum + other.sum,
        }
    }
}
