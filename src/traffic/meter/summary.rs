//! All flows in a few numbers.

use super::{Histogram, PacketCounts, PacketRate};
use crate::traffic::Volume;
use serde::Serialize;

/// What a [`Meter`](super::Meter) has to say of all its flows together.
#[derive(Clone, Copy, Debug)]
pub struct MeterSummary {
    pub flows: usize,
    pub tally: PacketCounts,
    /// When and how fast packets were sent, and received.
    pub sent: PacketRate,
    pub received: PacketRate,
    /// The greatest interarrival jitter of any flow, in microseconds.
    pub jitter: Option<f64>,
    pub round_trip: Option<RoundTrip>,
    /// Packets of flows beyond those that are followed.
    pub others: Volume,
    /// Payloads without a number, or with one that was never sent.
    pub unnumbered: Volume,
    /// Datagrams of all kinds that this machine's kernel dropped, and that a bad network
    /// on purpose did, in either direction.
    pub dropped: u64,
    pub on_purpose: u64,
}

/// Round trips in microseconds. Least and greatest are exact, the others within 1 %. The
/// terminal writes it as JSON: names stay, others may come.
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
    /// `None` if there are none.
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
