//! The times of rows, and the limits and pauses of steps that follow from them.

use crate::traffic::Micros;

/// The time limit of a step, in seconds, where it has none of its own.
const USUAL: u64 = 2;
/// The least time limit, in seconds, of the first step that waits for a peer: it may be started by
/// hand.
pub(super) const FOR_PEER: u64 = 10;
/// The time limit of a scenario, in seconds, where it has none of its own.
const USUAL_WHOLE: u64 = 60;
/// The longest time limit that a scenario may have, in seconds: a year.
const LONGEST: u64 = 365 * 24 * 3_600;
/// A pause between two sent rows that is kept, and the longest one, in milliseconds.
const PAUSE: u64 = 10;
const LONGEST_PAUSE: u64 = 2_000;

/// A pause of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    /// Its length in milliseconds.
    pub(super) millis: u64,
    /// The length of the pause of the rows in milliseconds, if it was cut.
    pub(super) cut_from: Option<u64>,
}

/// The times of the rows so far.
#[derive(Default)]
pub(super) struct Pacing {
    first: Option<Micros>,
    last: Micros,
    /// The last row that a step expects.
    heard: Option<Micros>,
    /// The last row, if it was sent.
    sent: Option<Micros>,
}

impl Pacing {
    /// Takes the time of a row.
    pub(super) fn observe(&mut self, time: Micros) {
        self.first.get_or_insert(time);
        self.last = time;
    }

    /// The pause before a row is sent: that of the rows, between two that were sent without an
    /// answer.
    pub(super) fn pause(&mut self, time: Micros) -> Option<Pause> {
        let millis = micros(self.sent.replace(time)?, time) / 1_000;
        (millis >= PAUSE).then(|| Pause {
            millis: millis.min(LONGEST_PAUSE),
            cut_from: (millis > LONGEST_PAUSE).then_some(millis),
        })
    }

    /// The time limit for an expected row in seconds, at least `least`: twice the time since the
    /// last one that was expected, because a scenario does not wait before it sends. `None` is the
    /// usual one.
    pub(super) fn limit(&mut self, time: Micros, least: u64) -> Option<u64> {
        self.sent = None;
        let since = self.heard.replace(time).or(self.first);
        let seconds = twice(since.unwrap_or(time), time).max(least);
        (seconds > USUAL).then_some(seconds)
    }

    /// The time limit of the scenario in seconds; `None` is the usual one.
    pub(super) fn whole(&self) -> Option<u64> {
        let seconds = twice(self.first?, self.last);
        (seconds > USUAL_WHOLE).then_some(seconds)
    }
}

/// The time between two rows. A clock that was set back makes it none.
fn micros(from: Micros, to: Micros) -> u64 {
    to.saturating_sub(from).max(0).unsigned_abs()
}

/// Twice that time in seconds, rounded up, at most [`LONGEST`]: a capture may have rows without
/// their times.
fn twice(from: Micros, to: Micros) -> u64 {
    let seconds = micros(from, to).saturating_mul(2).div_ceil(1_000_000);
    seconds.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    #[test]
    fn a_limit_is_twice_the_wait_since_the_last_expected_row() {
        let mut pacing = Pacing::default();
        pacing.observe(0);
        assert_eq!(pacing.limit(SECOND, 0), None);
        // What was sent in between is sent at once by a scenario.
        pacing.pause(5 * SECOND);
        assert_eq!(pacing.limit(6 * SECOND + 1, 0), Some(11));
        assert_eq!(
            pacing.limit(6 * SECOND, 0),
            None,
            "a clock that was set back"
        );
        assert_eq!(pacing.limit(6 * SECOND, FOR_PEER), Some(10));
        assert_eq!(pacing.whole(), None);
        pacing.observe(31 * SECOND);
        assert_eq!(pacing.whole(), Some(62));
    }

    #[test]
    fn a_row_without_its_time_makes_no_limit_that_cannot_be_read() {
        let mut pacing = Pacing::default();
        pacing.observe(0);
        pacing.observe(1_790_000_000 * SECOND);
        assert_eq!(pacing.whole(), Some(LONGEST));
        assert_eq!(pacing.limit(i64::MAX, 0), Some(LONGEST));
    }

    #[test]
    fn a_pause_between_two_sent_rows_is_kept_up_to_two_seconds() {
        let mut pacing = Pacing::default();
        let whole = |millis| {
            Some(Pause {
                millis,
                cut_from: None,
            })
        };
        assert_eq!(pacing.pause(0), None);
        assert_eq!(pacing.pause(9_999), None);
        assert_eq!(pacing.pause(60_000), whole(50));
        assert_eq!(pacing.pause(2 * SECOND + 60_000), whole(2_000));
        let cut = Pause {
            millis: 2_000,
            cut_from: Some(6_940),
        };
        assert_eq!(pacing.pause(9 * SECOND), Some(cut));
        pacing.limit(9 * SECOND, 0);
        assert_eq!(pacing.pause(20 * SECOND), None, "after an answer");
    }
}
