//! Failures on the standard error: of similar ones within a second the first is printed, and
//! the counts of the others are summed.

use crate::automation::Coalescer;
use crate::explain;
use crate::t;
use crate::traffic::{Cause, Failure, Micros, Operation, Volume};
use crate::words::{Lang, grouped};
use std::mem::{self, Discriminant};

/// The properties that make two failures similar. The number is the path MTU, of which each is
/// printed.
type Likeness = (Operation, String, Discriminant<Cause>, u32);

/// Decides which failures are printed.
#[derive(Debug, Default)]
pub struct Failures {
    similar: Coalescer<Likeness, Micros>,
    /// Failures with counts of their own: the counts matter, not the number of failures.
    counted: Coalescer<Likeness, Micros>,
    counts: Unprinted,
}

/// The counts of failures that were not printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unprinted {
    failures: u64,
    /// Datagrams that the kernel dropped; `at_least` marks a lower bound.
    dropped: u64,
    at_least: bool,
    /// Messages that a full send queue refused.
    unqueued: Volume,
}

impl Failures {
    /// Adds a failure. `Some` if it is to be printed now, after the failures that were not printed
    /// before.
    pub fn add(&mut self, failure: &Failure, now: Micros) -> Option<Unprinted> {
        let likeness = likeness(failure);
        match Unprinted::of(&failure.cause) {
            None => self.similar.add(&likeness, now).map(|failures| Unprinted {
                failures,
                ..Unprinted::default()
            }),
            Some(counts) => match self.counted.add(&likeness, now) {
                Some(_) => Some(mem::take(&mut self.counts)),
                None => {
                    self.counts.include(counts);
                    None
                }
            },
        }
    }

    /// The failures not printed so far.
    pub fn unprinted(&self) -> Unprinted {
        Unprinted {
            failures: self.similar.unreported(),
            ..self.counts
        }
    }
}

impl Unprinted {
    /// The counts of a failure; `None` if it counts only itself.
    fn of(cause: &Cause) -> Option<Self> {
        match *cause {
            Cause::Dropped {
                count, at_least, ..
            } => Some(Self {
                dropped: count,
                at_least,
                ..Self::default()
            }),
            Cause::QueueFull { .. } | Cause::LeftOut { .. } => Some(Self {
                unqueued: Volume::unqueued(cause),
                ..Self::default()
            }),
            _ => None,
        }
    }

    fn include(&mut self, other: Self) {
        self.failures += other.failures;
        self.dropped += other.dropped;
        self.at_least |= other.at_least;
        self.unqueued = self.unqueued + other.unqueued;
    }

    /// A line for each count that is not 0.
    pub fn lines(self, lang: Lang) -> Vec<String> {
        let failures = (self.failures > 0).then(|| {
            let count = grouped(self.failures);
            t!(lang, "cli.passed_over", count = count)
        });
        let dropped = (self.dropped > 0).then(|| {
            let count = explain::drops(lang, self.dropped, self.at_least);
            t!(lang, "cli.dropped_more", count = count)
        });
        let Volume { records, bytes } = self.unqueued;
        let left_out = (records > 0).then(|| {
            let (messages, bytes) = (grouped(records), grouped(bytes));
            t!(
                lang,
                "cli.left_out_more",
                messages = messages,
                bytes = bytes
            )
        });
        let lines = [failures, dropped, left_out];
        lines.into_iter().flatten().collect()
    }
}

fn likeness(failure: &Failure) -> Likeness {
    let mtu = match failure.cause {
        Cause::TooBig { mtu, .. } => mtu,
        _ => 0,
    };
    let cause = mem::discriminant(&failure.cause);
    (failure.operation, failure.address.clone(), cause, mtu)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::LossPlace;

    fn failure(operation: Operation, address: &str, cause: Cause) -> Failure {
        Failure {
            operation,
            address: address.into(),
            cause,
        }
    }

    fn drops(count: u64) -> Failure {
        let cause = Cause::Dropped {
            count,
            place: LossPlace::Here,
            receive_buffer: 4096,
            asked: 4096,
            at_least: false,
        };
        failure(Operation::Receive, "a", cause)
    }

    #[test]
    fn failures_are_alike_by_operation_and_address_whatever_the_cause() {
        let failure = |operation, address, code| {
            likeness(&failure(operation, address, Cause::System { code }))
        };
        let message = failure(Operation::Send, "a", 1);
        assert_eq!(message, failure(Operation::Send, "a", 2));
        assert_ne!(message, failure(Operation::Send, "b", 1));
        assert_ne!(message, failure(Operation::Receive, "a", 1));
    }

    #[test]
    fn each_path_mtu_is_printed() {
        let mut failures = Failures::default();
        let mut is_printed = |mtu| {
            let (ipv6, code) = (false, 90);
            let cause = Cause::TooBig { mtu, ipv6, code };
            let failure = failure(Operation::Send, "a", cause);
            failures.add(&failure, 0).is_some()
        };
        assert_eq!([1400, 1300, 1400].map(&mut is_printed), [true, true, false]);
    }

    #[test]
    fn drops_that_are_not_printed_are_summed() {
        let mut failures = Failures::default();
        assert_eq!(failures.add(&drops(171), 0), Some(Unprinted::default()));
        for (count, time) in [(500, 1), (200, 2), (42, 3)] {
            assert_eq!(failures.add(&drops(count), time), None);
        }
        let more = |lang| failures.unprinted().lines(lang);
        let english = "netpeer: the kernel dropped 742 more datagrams";
        assert_eq!(more(Lang::English), [english]);
        assert_eq!(more(Lang::Chinese), ["netpeer: 内核又丢弃了 742 个数据报"]);
        let before = failures.add(&drops(5), 2_000_000).unwrap();
        assert_eq!(before.dropped, 742);
        assert_eq!(failures.unprinted(), Unprinted::default());
    }

    #[test]
    fn messages_left_out_are_summed_and_other_failures_counted() {
        let mut failures = Failures::default();
        for (messages, bytes) in [(9, 90), (2, 1_500), (1, 1)] {
            let cause = Cause::LeftOut { messages, bytes };
            failures.add(&failure(Operation::Send, "a", cause), 0);
            let cause = Cause::System { code: 1 };
            failures.add(&failure(Operation::Send, "a", cause), 0);
        }
        for lang in Lang::ALL {
            let lines = failures.unprinted().lines(lang);
            assert_eq!(lines.len(), 2, "{lines:?}");
            assert!(lines[0].contains(" 2 "), "{lines:?}");
            assert!(
                lines[1].contains('3') && lines[1].contains("1,501"),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn bytes_of_single_messages_that_a_full_queue_refused_are_summed() {
        let mut failures = Failures::default();
        for length in [700, 900, 601] {
            let cause = Cause::QueueFull { length, limit: 1 };
            failures.add(&failure(Operation::Send, "a", cause), 0);
        }
        let lines = failures.unprinted().lines(Lang::English);
        let sum = "netpeer: left out 2 more messages (1,501 bytes): a send queue was full";
        assert_eq!(lines, [sum]);
    }

    #[test]
    fn a_lower_bound_stays_one_in_the_sum() {
        let mut failures = Failures::default();
        let mut merged = drops(7);
        failures.add(&merged, 0);
        failures.add(&drops(1), 1);
        if let Cause::Dropped { at_least, .. } = &mut merged.cause {
            *at_least = true;
        }
        failures.add(&merged, 2);
        let message = failures.unprinted().lines(Lang::English);
        let english = "netpeer: the kernel dropped at least 8 more datagrams";
        assert_eq!(message, [english]);
    }
}
