//! Numbers that are given once: not again in this run of the program, nor in a log that is read
//! back into it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A file may say any number: what it says from here on does not count, as no program gets
/// that far.
pub const FURTHEST: u64 = 1 << 48;

#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    pub const fn at_start() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Another one each time, from 1 on.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Does not give this one again.
    pub fn pass(&self, number: u64) {
        if number < FURTHEST {
            self.0.fetch_max(number, Ordering::Relaxed);
        }
    }
}
