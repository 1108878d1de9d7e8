//! Loss bursts: runs of consecutive lost numbers.

/// The number of loss bursts, and the length of the longest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bursts {
    pub count: u64,
    /// The length of the longest burst, in packets.
    pub longest: u64,
    /// The length of the burst that has not ended.
    open: u64,
}

impl Bursts {
    /// Extends the current burst.
    pub(super) fn lost(&mut self, numbers: u64) {
        self.open += numbers;
    }

    /// Ends the current burst.
    pub(super) fn came(&mut self) {
        if self.open > 0 {
            self.count += 1;
            self.longest = self.longest.max(self.open);
            self.open = 0;
        }
    }

    /// The bursts of two flows together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            longest: self.longest.max(other.longest),
            open: 0,
        }
    }
}
