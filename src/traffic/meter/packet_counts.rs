//! What became of the packets.

use super::{Bursts, Extent};
use crate::traffic::Volume;
use std::ops::Add;

/// Packets of one flow or of all. Each received one is unique, duplicated or stale:
/// `received.records == unique + duplicated + stale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketCounts {
    /// What we sent.
    pub sent: Volume,
    pub received: Volume,
    /// Received packets, each number once.
    pub unique: u64,
    /// Numbers that have not come though a higher one has. What is missing behind the last
    /// is not among them: see [`Self::missing_of`].
    pub lost: u64,
    pub bursts: Bursts,
    /// Packets whose number came before.
    pub duplicated: u64,
    /// Unique packets that came after one with a higher number (RFC 4737).
    pub reordered: u64,
    pub extent: Extent,
    /// Packets too old, or too far ahead, to say what they are.
    pub stale: u64,
    /// How often the numbers began: more than once per flow if the sender began anew.
    pub runs: u64,
}

impl PacketCounts {
    /// Packets that did not come of so many that were sent. Some may be under way.
    pub fn missing_of(&self, sent: u64) -> u64 {
        sent.saturating_sub(self.unique)
    }

    /// The part of all numbers that is lost, from 0 to 1; `None` before any came.
    pub fn loss(&self) -> Option<f64> {
        let all = self.unique + self.lost;
        (all > 0).then(|| self.lost as f64 / all as f64)
    }
}

impl Add for PacketCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            received: self.received + other.received,
            unique: self.unique + other.unique,
            lost: self.lost + other.lost,
            bursts: self.bursts.and(other.bursts),
            duplicated: self.duplicated + other.duplicated,
            reordered: self.reordered + other.reordered,
            extent: self.extent.and(other.extent),
            stale: self.stale + other.stale,
            runs: self.runs + other.runs,
        }
    }
}
