//! Measurements of the last seconds.

use super::Histogram;
use crate::traffic::{Micros, Volume};
use std::collections::VecDeque;

/// The number of seconds that are kept.
const SECONDS: usize = 300;

/// The measurements of one second, over all flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    pub received: Volume,
    pub sent: Volume,
    /// Packets lost in this second, without those that arrived late. The exact times of losses
    /// are unknown: those of a gap are spread evenly over its duration.
    pub lost: u64,
    /// Packets that arrived late in this second.
    pub reordered: u64,
    /// The median of the round trips that ended in this second, in microseconds.
    pub round_trip: Option<u64>,
}

/// The measurements by whole seconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The newest second and its measurements; `None` before the first one.
    newest: Option<(u64, Pulse)>,
    /// The measurements of the seconds right before it, oldest first.
    older: VecDeque<Pulse>,
    /// The round-trip times of the newest second: for older ones only the median is kept.
    round_trips: Histogram,
}

impl Series {
    /// The second that contains a time.
    pub fn second(time: Micros) -> u64 {
        u64::try_from(time.div_euclid(1_000_000)).unwrap_or(0)
    }

    /// The measurements of the second before this one.
    pub fn last(&self, second: u64) -> Pulse {
        self.at(second.saturating_sub(1))
    }

    /// Whether a chart of the last `count` seconds changes when this second ends.
    pub fn moves(&self, second: u64, count: u64) -> bool {
        let newest = self.newest.map(|(newest, _)| newest);
        newest.is_some_and(|newest| second <= newest.saturating_add(count).saturating_add(1))
    }

    /// The `count` whole seconds before this one, oldest first, each with its time in seconds
    /// relative to `second`: -1 for the last.
    pub fn before(&self, second: u64, count: u64) -> impl Iterator<Item = (f64, Pulse)> {
        let first = second.saturating_sub(count);
        (first..second).map(move |at| (at as f64 - second as f64, self.at(at)))
    }

    /// The entry of this second; the newest entry if the second is long past, or the clock was
    /// set back.
    pub(super) fn pulse(&mut self, second: u64) -> &mut Pulse {
        if self.newest.is_none_or(|(newest, _)| second > newest) {
            self.advance(second);
        }
        let place = self.place(second);
        let (_, newest) = self.newest.get_or_insert_default();
        place
            .and_then(|place| self.older.get_mut(place))
            .unwrap_or(newest)
    }

    /// Counts `missing` packets as lost between these times, in microseconds. The loss was
    /// noticed at `seen`.
    pub(super) fn lose(&mut self, since: Micros, seen: Micros, missing: u64) {
        let (first, last) = (Self::second(since), Self::second(seen));
        let whole = u128::from(seen.saturating_sub(since).unsigned_abs()).max(1);
        let lost_by = |end: Micros| {
            let passed = u128::from(end.saturating_sub(since).max(0).unsigned_abs());
            u64::try_from(u128::from(missing) * passed / whole).unwrap_or(missing)
        };
        let end_of = |second: u64| {
            let end = Micros::try_from(second.saturating_add(1)).unwrap_or(Micros::MAX);
            end.saturating_mul(1_000_000)
        };
        // The newest second is added first, so that the seconds before it have entries.
        self.pulse(last);
        let remembered = last.saturating_sub(SECONDS as u64 - 1);
        let mut reported = match first < remembered {
            true => lost_by(end_of(remembered - 1)),
            false => 0,
        };
        for second in first.max(remembered)..last {
            let lost = lost_by(end_of(second));
            self.pulse(second).lost += lost - reported;
            reported = lost;
        }
        self.pulse(last).lost += missing - reported;
    }

    /// Corrects the loss count after a late packet, whose gap was noticed in this second.
    pub(super) fn recover(&mut self, seen: u64) {
        let mut second = seen;
        while self.is_remembered(second) {
            let pulse = self.pulse(second);
            if pulse.lost > 0 {
                pulse.lost -= 1;
                return;
            }
            // The whole gap may have been counted in the seconds before.
            let Some(before) = second.checked_sub(1) else {
                return;
            };
            second = before;
        }
    }

    fn is_remembered(&self, second: u64) -> bool {
        let is_newest = self.newest.is_some_and(|(newest, _)| newest == second);
        is_newest || self.place(second).is_some()
    }

    /// Adds a round-trip time in microseconds.
    pub(super) fn round_trip(&mut self, second: u64, time: Micros) {
        // A new entry clears the round-trip times, so it must be added first.
        self.pulse(second);
        self.round_trips.add(time);
    }

    fn at(&self, second: u64) -> Pulse {
        match self.newest {
            Some((newest, pulse)) if newest == second => Pulse {
                round_trip: self.round_trips.quantile(0.5),
                ..pulse
            },
            _ => {
                let place = self.place(second);
                let pulse = place.and_then(|place| self.older.get(place));
                pulse.copied().unwrap_or_default()
            }
        }
    }

    /// The index of a second before the newest.
    fn place(&self, second: u64) -> Option<usize> {
        let (newest, _) = self.newest?;
        let back = usize::try_from(newest.checked_sub(second)?).ok()?;
        let place = self.older.len().checked_sub(back)?;
        (back > 0).then_some(place)
    }

    fn advance(&mut self, second: u64) {
        let begun = (second, Pulse::default());
        let Some((newest, mut pulse)) = self.newest.replace(begun) else {
            return;
        };
        pulse.round_trip = self.round_trips.quantile(0.5);
        self.round_trips.clear();
        self.older.push_back(pulse);
        let quiet = (second - newest - 1).min(SECONDS as u64);
        self.older.extend((0..quiet).map(|_| Pulse::default()));
        let room = SECONDS - 1;
        self.older.drain(..self.older.len().saturating_sub(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_counts_in_its_own_second() {
        let mut series = Series::default();
        series.pulse(7).received.add(10);
        series.pulse(9).lost += 3;
        series.pulse(8).reordered += 1;
        series.recover(9);
        let reported: Vec<(f64, u64, u64, u64)> = series
            .before(10, 3)
            .map(|(ago, pulse)| (ago, pulse.received.records, pulse.lost, pulse.reordered))
            .collect();
        assert_eq!(
            reported,
            [(-3.0, 1, 0, 0), (-2.0, 0, 0, 1), (-1.0, 0, 2, 0)]
        );
    }

    #[test]
    fn the_losses_of_a_pause_are_spread_over_it() {
        let lost = |series: &Series, second| -> Vec<u64> {
            let before = series.before(second, 5);
            before.map(|(_, pulse)| pulse.lost).collect()
        };
        let mut series = Series::default();
        series.pulse(6).received.add(1);
        // The gap lasts from the middle of second 6 to the middle of second 9.
        series.lose(6_500_000, 9_500_000, 300);
        assert_eq!(lost(&series, 10), [0, 50, 100, 100, 50]);
        (0..60).for_each(|_| series.recover(9));
        assert_eq!(lost(&series, 10), [0, 50, 100, 90, 0]);
        // A gap within a second, and one by a clock that was set back.
        series.lose(10_100_000, 10_200_000, 7);
        series.lose(12_000_000, 10_900_000, 2);
        assert_eq!(series.last(11).lost, 9);
        // Most of a long gap is older than the series.
        series.lose(11_000_000, 1_011_000_000, 1_000);
        let all: u64 = series
            .before(1_012, 1_000)
            .map(|(_, pulse)| pulse.lost)
            .sum();
        assert_eq!(all, SECONDS as u64 - 1);
    }

    #[test]
    fn each_second_has_the_median_of_its_own_round_trips() {
        let mut series = Series::default();
        for (second, time) in [(5, 10), (5, 20), (5, 60), (7, 40)] {
            series.round_trip(second, time);
        }
        let medians = [5, 6, 7].map(|second| series.last(second + 1).round_trip);
        assert_eq!(medians, [Some(20), None, Some(40)]);
    }

    #[test]
    fn some_minutes_are_remembered_however_long_it_was_quiet() {
        let mut series = Series::default();
        series.pulse(0).lost += 1;
        series.pulse(u64::MAX).lost += 2;
        series.recover(0);
        assert_eq!(series.older.len(), SECONDS - 1);
        assert_eq!((series.at(u64::MAX).lost, series.at(0).lost), (2, 0));
    }

    #[test]
    fn a_clock_that_was_set_back_adds_to_the_newest() {
        let mut series = Series::default();
        series.pulse(1_000).lost += 1;
        series.pulse(3).lost += 1;
        assert_eq!(series.last(1_001).lost, 2);
    }

    #[test]
    fn a_time_before_1970_is_in_the_first_second() {
        assert_eq!([-1, 0, 1_999_999].map(Series::second), [0, 0, 1]);
    }
}
