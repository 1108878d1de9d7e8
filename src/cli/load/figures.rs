//! The results of a measurement, as text or as JSON.

use super::expectation::TimeBound;
use crate::engine::REPORTS_DROPS;
use crate::t;
use crate::traffic::Totals;
use crate::traffic::meter::{MeterSummary, RoundTrip};
use crate::words::{self, Lang, grouped};
use serde::Serialize;

/// The results. Their JSON is stable: names do not change, new ones may be added.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub sent: u64,
    pub sent_bytes: u64,
    pub received: u64,
    pub received_bytes: u64,
    /// Received packets without duplicates.
    pub unique: u64,
    pub lost: u64,
    /// Those of our own packets among the lost ones that may still come back.
    #[serde(skip)]
    pending: Option<u64>,
    pub loss_percent: Option<f64>,
    pub longest_burst: u64,
    pub duplicated: u64,
    pub reordered: u64,
    /// In microseconds (RFC 3550 §6.4.1).
    pub jitter_us: Option<f64>,
    pub round_trip_us: Option<RoundTrip>,
    pub received_per_second: Option<f64>,
    pub received_bits_per_second: Option<f64>,
    /// Received packets without a number, or with one that was never sent.
    pub unnumbered: u64,
    /// Dropped by this machine's kernel because the receive buffer was full; `null` if the system
    /// does not report that.
    pub dropped: Option<u64>,
}

impl Figures {
    /// The results for echoes of `own` sent packets, or with `None` for packets of another sender.
    pub fn new(summary: &MeterSummary, totals: &Totals, own: Option<u64>) -> Self {
        let counts = &summary.counts;
        let lost = own.map_or(counts.lost, |sent| counts.missing_of(sent));
        // The packets missing after the last received one form a burst of their own.
        let tail = lost.saturating_sub(counts.lost);
        let all = own.unwrap_or(counts.unique + counts.lost);
        Self {
            sent: own.unwrap_or(counts.sent.records),
            sent_bytes: counts.sent.bytes,
            received: counts.received.records,
            received_bytes: counts.received.bytes,
            unique: counts.unique,
            lost,
            pending: own.map(|_| tail),
            loss_percent: (all > 0).then(|| lost as f64 * 100.0 / all as f64),
            longest_burst: counts.bursts.longest.max(tail),
            duplicated: counts.duplicated,
            reordered: counts.reordered,
            jitter_us: summary.jitter,
            round_trip_us: summary.round_trip,
            received_per_second: summary.received.packets_per_second(),
            received_bits_per_second: summary.received.bits_per_second(),
            unnumbered: summary.unnumbered.records + summary.others.records,
            dropped: totals.known_drops(REPORTS_DROPS),
        }
    }

    /// The number of packets that arrived or should have.
    pub fn numbers(&self) -> u64 {
        self.unique + self.lost
    }

    /// The results so far, in one line.
    pub fn line(&self, lang: Lang) -> String {
        let received = match self.pending {
            None => grouped(self.received),
            Some(pending) => t!(
                lang,
                "cli.meter_pending",
                received = grouped(self.received),
                pending = grouped(pending)
            ),
        };
        t!(
            lang,
            "cli.meter_second",
            sent = grouped(self.sent),
            received = received,
            lost = grouped(self.lost - self.pending.unwrap_or_default()),
            duplicated = grouped(self.duplicated),
            reordered = grouped(self.reordered),
            jitter = micros(self.jitter_us)
        )
    }

    /// All results, in a few lines.
    pub fn words(&self, lang: Lang) -> String {
        let mut text = t!(
            lang,
            "cli.metered",
            sent = grouped(self.sent),
            received = grouped(self.received),
            rate = self
                .received_per_second
                .map_or_else(words::none, words::rate),
            bits = self
                .received_bits_per_second
                .map_or_else(words::none, words::bit_rate),
            lost = grouped(self.lost),
            percent = self
                .loss_percent
                .map_or_else(words::none, |percent| format!("{percent:.2}")),
            longest = grouped(self.longest_burst),
            duplicated = grouped(self.duplicated),
            reordered = grouped(self.reordered),
            jitter = micros(self.jitter_us)
        );
        if let Some(times) = &self.round_trip_us {
            let micros = |time: u64| micros(Some(time as f64));
            text.push('\n');
            text.push_str(&t!(
                lang,
                "cli.round_trips",
                min = micros(times.min),
                median = micros(times.median),
                p99 = micros(times.p99),
                max = micros(times.max)
            ));
        }
        if self.dropped != Some(0) || self.unnumbered > 0 {
            let unknown = || t!(lang, "status.unknown");
            let dropped = self.dropped.map_or_else(unknown, grouped);
            let unnumbered = grouped(self.unnumbered);
            text.push('\n');
            text.push_str(&t!(
                lang,
                "cli.meter_others",
                dropped = dropped,
                unnumbered = unnumbered
            ));
        }
        text
    }
}

fn micros(time: Option<f64>) -> String {
    match time {
        Some(micros) => TimeBound::words(micros),
        None => words::none(),
    }
}
