//! Numbers that are given once: never again in this run of the program, and never one that a
//! log read back contains.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers from here on do not advance the counter: a file may contain any number, but no
/// program counts this far.
pub const FURTHEST: u64 = 1 << 48;

#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    pub const fn at_start() -> Self {
        Self(AtomicU64::new(0))
    }

    /// A new number, from 1 on.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Never gives this number, nor a smaller one, again. Ignored from [`FURTHEST`] on.
    pub fn pass(&self, number: u64) {
        if number < FURTHEST {
            self.0.fetch_max(number, Ordering::Relaxed);
        }
    }
}
