//! Losses that stand side by side.

/// How many stretches of neighbouring numbers are missing, and the longest of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bursts {
    pub count: u64,
    /// Numbers missing in the longest.
    pub longest: u64,
    /// Numbers missing in the one that has not ended.
    open: u64,
}

impl Bursts {
    pub(super) fn lost(&mut self, numbers: u64) {
        self.open += numbers;
    }

    pub(super) fn came(&mut self) {
        if self.open > 0 {
            self.count += 1;
            self.longest = self.longest.max(self.open);
            self.open = 0;
        }
    }

    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            longest: self.longest.max(other.longest),
            open: 0,
        }
    }
}
