//! The totals of a meter.

use super::{Histogram, PacketCounts, PacketRate};
use crate::traffic::Volume;
use serde::Serialize;

/// The totals of a [`Meter`](super::Meter) over its flows.
#[derive(Clone, Copy, Debug)]
pub struct MeterSummary {
    pub flows: usize,
    pub counts: PacketCounts,
    /// The distinct numbers that we sent above the highest that came back: they are under way, or
    /// lost. `None` if it is not known which numbers of a user's field were sent more than once.
    pub unanswered: Option<u64>,
    /// The times and the rates of sending and receiving, over the same flows as the counts.
    pub sent: PacketRate,
    pub received: PacketRate,
    /// The largest interarrival jitter of any flow, in microseconds.
    pub jitter: Option<f64>,
    pub round_trip: Option<RoundTrip>,
    /// Packets of flows beyond the limit.
    pub others: Volume,
    /// Payloads without a number, or with a number that was never sent.
    pub unnumbered: Volume,
    /// Datagrams of all kinds that this host's kernel dropped, and those that the simulated
    /// network dropped, in either direction.
    pub dropped: u64,
    pub on_purpose: u64,
}

/// Round-trip times in microseconds. Minimum and maximum are exact, the quantiles within 1 %.
/// The terminal prints this as JSON: names are stable, and fields may be added.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RoundTrip {
    pub count: u64,
    pub min: u64,
    /// The median and the 99th percentile are within 1 %, and rounded to three digits.
    pub median: u64,
    pub p99: u64,
    pub max: u64,
    pub mean: f64,
}

impl RoundTrip {
    /// The summary of a histogram; `None` if it is empty.
    pub fn of(times: &Histogram) -> Option<Self> {
        let (min, max) = (times.min()?, times.max()?);
        // A quantile is within 1 %: more digits would be invented.
        let quantile = |part| Some(significant(times.quantile(part)?).clamp(min, max));
        Some(Self {
            count: times.count(),
            min,
            median: quantile(0.5)?,
            p99: quantile(0.99)?,
            max,
            mean: times.mean()?,
        })
    }
}

/// The number rounded to three digits.
fn significant(number: u64) -> u64 {
    let digits = number.checked_ilog10().unwrap_or_default();
    let unit = 10_u64.pow(digits.saturating_sub(2));
    (number + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_have_the_digits_they_know_and_stay_between_the_ends() {
        let rounded = [0, 7, 999, 1_004, 806_911, 999_999].map(significant);
        assert_eq!(rounded, [0, 7, 999, 1_000, 807_000, 1_000_000]);
        let mut times = Histogram::default();
        times.add(806_911);
        let trip = RoundTrip::of(&times).unwrap();
        assert_eq!((trip.median, trip.p99), (806_911, 806_911));
        times.add(900_123);
        let trip = RoundTrip::of(&times).unwrap();
        assert_eq!(trip.median % 1_000, 0, "{}", trip.median);
    }
}
