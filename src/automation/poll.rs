//! When the requests of a poll table are sent: periodically, and one after the other.

use std::time::{Duration, Instant};

/// The shortest period.
pub const SHORTEST_PERIOD: Duration = Duration::from_millis(10);

/// How often a request is sent, and how long its reply may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollTiming {
    /// Taken as [`SHORTEST_PERIOD`] if it is shorter.
    pub period: Duration,
    pub timeout: Duration,
}

/// The schedule of a poll table. Deadlines are absolute: the lag of one request does not delay the
/// next. A deadline that passes while another request waits for its reply is met later; of several
/// that passed, all but one are missed.
#[derive(Debug, Default)]
pub struct PollSchedule {
    requests: Vec<Scheduled>,
    /// Whether a request may be sent while another one waits for its reply.
    overlaps: bool,
}

/// A request that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuePoll {
    pub id: u32,
    /// Its deadlines that passed since it was due, beyond this one.
    pub missed: u64,
}

#[derive(Clone, Copy, Debug)]
struct Scheduled {
    id: u32,
    timing: PollTiming,
    /// `None` once it is not wanted any more: it only waits for its last reply.
    next: Option<Instant>,
    /// When it was sent, while it waits for its reply.
    sent: Option<Instant>,
}

impl PollSchedule {
    /// Sets the wanted requests by their ids, which differ. Those that are known keep their
    /// deadlines; a new one is due at once.
    pub fn set(
        &mut self,
        wanted: impl IntoIterator<Item = (u32, PollTiming)>,
        overlaps: bool,
        now: Instant,
    ) {
        let mut before = std::mem::take(&mut self.requests);
        self.overlaps = overlaps;
        for (id, timing) in wanted {
            let timing = PollTiming {
                period: timing.period.max(SHORTEST_PERIOD),
                ..timing
            };
            let known = before.iter().position(|known| known.id == id);
            let known = known.map(|place| before.swap_remove(place));
            let next = known.and_then(|known| known.next);
            self.requests.push(Scheduled {
                id,
                timing,
                next: Some(next.map_or(now, |next| next.min(now + timing.period))),
                sent: known.and_then(|known| known.sent),
            });
        }
        // The device may still answer the others.
        let last = before.into_iter().filter(|known| known.sent.is_some());
        self.requests.extend(last.map(|known| Scheduled {
            next: None,
            ..known
        }));
    }

    /// The next request to be sent, which then waits for its reply.
    pub fn due(&mut self, now: Instant) -> Option<DuePoll> {
        if self.is_taken() {
            return None;
        }
        let idle = self.requests.iter_mut().filter(|one| one.sent.is_none());
        let due = idle.filter_map(|one| Some((one.next.filter(|next| *next <= now)?, one)));
        // Of those that are late, the one that has waited longest: none of them starves.
        let (next, one) = due.min_by_key(|(next, _)| *next)?;
        let late = nanos(now.saturating_duration_since(next));
        let period = nanos(one.timing.period).max(1);
        one.next = Some(now + Duration::from_nanos(period - late % period));
        one.sent = Some(now);
        Some(DuePoll {
            id: one.id,
            missed: late / period,
        })
    }

    /// Ends the wait of a request, because its reply came or it was not sent. Returns whether it
    /// waited.
    pub fn answered(&mut self, id: u32) -> bool {
        let waiting = self.requests.iter_mut();
        let mut waiting = waiting.filter(|one| one.id == id && one.sent.is_some());
        let Some(one) = waiting.next() else {
            return false;
        };
        one.sent = None;
        self.forget_last();
        true
    }

    /// The next request whose timeout has passed; it waits no longer.
    pub fn expired(&mut self, now: Instant) -> Option<u32> {
        let is_over = |one: &&mut Scheduled| {
            let end = one.sent.map(|sent| sent + one.timing.timeout);
            end.is_some_and(|end| end <= now)
        };
        let one = self.requests.iter_mut().find(is_over)?;
        one.sent = None;
        let id = one.id;
        self.forget_last();
        Some(id)
    }

    /// When a request is due.
    pub fn next_due(&self) -> Option<Instant> {
        let idle = self.requests.iter().filter(|one| one.sent.is_none());
        let next = idle.filter_map(|one| one.next).min();
        next.filter(|_| !self.is_taken())
    }

    /// When a timeout passes.
    pub fn next_timeout(&self) -> Option<Instant> {
        let ends = self.requests.iter().filter_map(|one| {
            let sent = one.sent?;
            sent.checked_add(one.timing.timeout)
        });
        ends.min()
    }

    /// Whether a request that waits for its reply keeps others from being sent.
    fn is_taken(&self) -> bool {
        !self.overlaps && self.requests.iter().any(|one| one.sent.is_some())
    }

    /// Removes requests that are not wanted and do not wait.
    fn forget_last(&mut self) {
        self.requests
            .retain(|one| one.next.is_some() || one.sent.is_some());
    }
}

/// Periods are at most a day, and lags shorter than five hundred years.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const MILLI: Duration = Duration::from_millis(1);

    fn timing(period: u32, timeout: u32) -> PollTiming {
        PollTiming {
            period: period * MILLI,
            timeout: timeout * MILLI,
        }
    }

    /// The requests that are due, with their missed deadlines.
    fn due(schedule: &mut PollSchedule, now: Instant) -> Vec<(u32, u64)> {
        let due = std::iter::from_fn(|| schedule.due(now));
        due.map(|due| (due.id, due.missed)).collect()
    }

    #[test]
    fn the_next_request_goes_after_the_reply_or_the_timeout() {
        let began = Instant::now();
        let mut schedule = PollSchedule::default();
        schedule.set([(1, timing(100, 50)), (2, timing(100, 50))], false, began);
        assert_eq!(due(&mut schedule, began), [(1, 0)]);
        assert_eq!(schedule.next_due(), None);
        assert_eq!(schedule.next_timeout(), Some(began + 50 * MILLI));
        assert!(schedule.answered(1) && !schedule.answered(1));
        assert_eq!(due(&mut schedule, began + 3 * MILLI), [(2, 0)]);
        assert_eq!(schedule.expired(began + 52 * MILLI), None);
        assert_eq!(schedule.expired(began + 53 * MILLI), Some(2));
        // Both keep to their own deadlines.
        assert_eq!(schedule.next_due(), Some(began + 100 * MILLI));
    }

    #[test]
    fn with_overlap_others_go_meanwhile_but_none_twice() {
        let began = Instant::now();
        let mut schedule = PollSchedule::default();
        schedule.set([(1, timing(10, 500)), (2, timing(10, 500))], true, began);
        assert_eq!(due(&mut schedule, began), [(1, 0), (2, 0)]);
        assert!(due(&mut schedule, began + 100 * MILLI).is_empty());
        schedule.answered(2);
        assert_eq!(due(&mut schedule, began + 105 * MILLI), [(2, 9)]);
        schedule.answered(2);
        assert_eq!(schedule.next_due(), Some(began + 110 * MILLI));
    }

    #[test]
    fn a_removed_request_still_waits_for_its_reply() {
        let began = Instant::now();
        let mut schedule = PollSchedule::default();
        schedule.set([(1, timing(100, 50))], false, began);
        assert_eq!(due(&mut schedule, began), [(1, 0)]);
        schedule.set([(2, timing(100, 50))], false, began);
        assert!(due(&mut schedule, began).is_empty());
        assert_eq!(schedule.expired(began + 50 * MILLI), Some(1));
        assert_eq!(due(&mut schedule, began + 50 * MILLI), [(2, 0)]);
        schedule.answered(2);
        assert_eq!(schedule.next_due(), Some(began + 100 * MILLI));
    }

    #[test]
    fn a_shorter_period_holds_at_once_and_none_is_shorter_than_the_shortest() {
        let began = Instant::now();
        let mut schedule = PollSchedule::default();
        schedule.set([(1, timing(60_000, 50))], false, began);
        assert_eq!(due(&mut schedule, began), [(1, 0)]);
        schedule.answered(1);
        schedule.set([(1, timing(0, 50))], false, began);
        assert_eq!(schedule.next_due(), Some(began + SHORTEST_PERIOD));
    }

    proptest! {
        #[test]
        fn no_two_requests_are_in_flight_and_periods_are_kept_on_average(
            // Each with its period and the time that its reply takes, in milliseconds.
            requests in proptest::collection::vec((100_u32..400, 0_u32..20), 1..5),
            overlaps: bool,
            step in 1_u32..4,
        ) {
            let began = Instant::now();
            let mut schedule = PollSchedule::default();
            let timings = requests.iter().map(|(period, _)| timing(*period, 30));
            schedule.set((0..).zip(timings), overlaps, began);
            let (mut flying, mut sent) = (BTreeMap::new(), vec![0_u32; requests.len()]);
            let end = 8_000_u32;
            for at in (0..end).step_by(step as usize) {
                let now = began + at * MILLI;
                let came: Vec<u32> = flying.iter()
                    .filter(|(_, reply)| **reply <= at)
                    .map(|(id, _)| *id)
                    .collect();
                for id in came {
                    flying.remove(&id);
                    prop_assert!(schedule.answered(id));
                }
                prop_assert_eq!(schedule.expired(now), None);
                while let Some(due) = schedule.due(now) {
                    let (_, takes) = requests[due.id as usize];
                    prop_assert_eq!(flying.insert(due.id, at + takes), None, "twice");
                    prop_assert!(overlaps || flying.len() == 1);
                    sent[due.id as usize] += 1;
                }
            }
            // All replies together take less time than the shortest period.
            for ((period, _), sent) in requests.iter().zip(sent) {
                let wanted = end.div_ceil(*period);
                prop_assert!(sent.abs_diff(wanted) <= 1, "{sent} of {wanted}");
            }
        }
    }
}
