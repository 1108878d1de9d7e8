//! The totals of a meter.

use super::{Histogram, PacketCounts, PacketRate};
use crate::traffic::Volume;
use serde::Serialize;

/// The totals of a [`Meter`](super::Meter) over its flows.
#[derive(Clone, Copy, Debug)]
pub struct MeterSummary {
    pub flows: usize,
    pub tally: PacketCounts,
    /// The times and the rates of sending and receiving.
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
    pub median: u64,
    pub p99: u64,
    pub max: u64,
    pub mean: f64,
}

impl RoundTrip {
    /// The summary of a histogram; `None` if it is empty.
    pub fn of(times: &Histogram) -> Option<Self> {
        Some(Self {
            count: times.count(),
            min: times.min()?,
            median: times.quantile(0.5)?,
            p99: times.quantile(0.99)?,
            max: times.max()?,
            mean: times.mean()?,
        })
    }
}
