//! Numbers of messages and events: all of them, and those found.

use crate::traffic::RecordCount;
use std::ops::{Add, Sub};

/// The messages and events that have a line, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineCounts {
    pub all: RecordCount,
    /// Those that the filter matches, none of them folded.
    pub found: RecordCount,
}

impl LineCounts {
    /// Those found, or all.
    pub fn of(self, only_found: bool) -> RecordCount {
        match only_found {
            true => self.found,
            false => self.all,
        }
    }
}

impl Add for LineCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            found: self.found + other.found,
        }
    }
}

impl Sub for LineCounts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            all: self.all - other.all,
            found: self.found - other.found,
        }
    }
}
