//! Packet and bit rates.

use crate::traffic::{Micros, Volume};

/// The packets and payload bytes between the first packet and the last.
#[derive(Clone, Copy, Debug, Default)]
pub struct PacketRate {
    volume: Volume,
    first: Option<Micros>,
    last: Micros,
    /// The payload bytes of the first packet, which belong to no interval.
    first_bytes: u64,
}

impl PacketRate {
    pub(super) fn take(&mut self, bytes: usize, time: Micros) {
        if self.first.is_none() {
            self.first = Some(time);
            self.last = time;
            self.first_bytes = bytes as u64;
        }
        self.volume.add(bytes);
        // Kernel timestamps may be slightly out of order.
        self.last = self.last.max(time);
    }

    /// The packets of two flows together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        let Some(other_first) = other.first else {
            return self;
        };
        let Some(first) = self.first else {
            return other;
        };
        let earliest = match other_first < first {
            true => other,
            false => self,
        };
        Self {
            volume: self.volume + other.volume,
            last: self.last.max(other.last),
            ..earliest
        }
    }

    pub fn volume(&self) -> Volume {
        self.volume
    }

    /// The time of the first packet.
    pub fn first(&self) -> Option<Micros> {
        self.first
    }

    /// The time of the last packet.
    pub fn last(&self) -> Option<Micros> {
        self.first.is_some().then_some(self.last)
    }

    /// The time from the first packet to the last, in seconds.
    pub fn seconds(&self) -> f64 {
        let first = self.first.unwrap_or(self.last);
        self.last.saturating_sub(first) as f64 / 1e6
    }

    /// Packets a second; `None` before there are two packets at different times.
    pub fn packets_per_second(&self) -> Option<f64> {
        self.per_second(self.volume.records.saturating_sub(1))
    }

    /// Payload bits a second; `None` before there are two packets at different times.
    pub fn bits_per_second(&self) -> Option<f64> {
        self.per_second(self.volume.bytes.saturating_sub(self.first_bytes) * 8)
    }

    fn per_second(&self, count: u64) -> Option<f64> {
        let seconds = self.seconds();
        (seconds > 0.0).then(|| count as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_every_ten_milliseconds_is_a_hundred_a_second() {
        let mut pace = PacketRate::default();
        for number in 0..=100 {
            pace.take(125, 5_000_000 + number * 10_000);
        }
        assert_eq!(pace.packets_per_second(), Some(100.0));
        assert_eq!(pace.bits_per_second(), Some(100_000.0));
        assert_eq!(pace.seconds(), 1.0);
    }

    #[test]
    fn two_flows_have_the_rate_of_their_packets_together() {
        let take = |packets: &[(usize, Micros)]| {
            let mut pace = PacketRate::default();
            for (bytes, time) in packets {
                pace.take(*bytes, *time);
            }
            pace
        };
        let (one, other) = ([(125, 0), (125, 400_000)], [(999, 200_000), (1, 1_000_000)]);
        let together = take(&one).and(take(&other));
        assert_eq!(together.packets_per_second(), Some(3.0));
        assert_eq!(together.bits_per_second(), Some(9_000.0));
        let reverse = take(&other).and(take(&one));
        assert_eq!(reverse.bits_per_second(), Some(9_000.0));
        let none = PacketRate::default();
        assert_eq!(none.and(take(&one)).volume(), take(&one).volume());
        assert_eq!(take(&one).and(none).seconds(), 0.4);
        assert_eq!(none.and(none).first(), None);
    }

    #[test]
    fn one_packet_has_no_rate() {
        let mut pace = PacketRate::default();
        assert_eq!(pace.last(), None);
        pace.take(10, 7);
        pace.take(10, 7);
        assert_eq!((pace.packets_per_second(), pace.last()), (None, Some(7)));
    }
}
