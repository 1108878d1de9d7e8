//! Packet counts: received, lost, duplicated and reordered.

use super::{Bursts, Extent};
use crate::traffic::Volume;
use std::ops::Add;

/// The packet counts of one flow or of all. Each received packet is unique, duplicated or
/// stale: `received.records == unique + duplicated + stale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketCounts {
    /// The packets that we sent.
    pub sent: Volume,
    pub received: Volume,
    /// The number of distinct packets received.
    pub unique: u64,
    /// The numbers that are missing although a higher one arrived. Losses after the last
    /// received packet are not included, see [`Self::missing_of`].
    pub lost: u64,
    pub bursts: Bursts,
    /// Packets whose number arrived before.
    pub duplicated: u64,
    /// Unique packets that arrived after one with a higher number (RFC 4737 §3).
    pub reordered: u64,
    pub extent: Extent,
    /// Packets too far behind or ahead to be classified.
    pub stale: u64,
    /// How often numbering began: more than once for each flow if a sender restarted.
    pub runs: u64,
}

impl PacketCounts {
    /// The number of packets missing of `sent` packets. Some may still be in flight.
    pub fn missing_of(&self, sent: u64) -> u64 {
        sent.saturating_sub(self.unique)
    }

    /// The loss ratio, from 0 to 1; `None` before the first packet.
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
