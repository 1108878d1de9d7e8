//! Reconnecting: when a client dials again, and which dials are reported.

use crate::traffic::{Cause, Failure, Operation};
use std::mem::{self, Discriminant};
use std::time::Duration;

/// Dials again some time after a dial failed or a connection was lost. Of dials in a row that
/// fail alike, only the 1st, 2nd, 4th, 8th and so on are reported, so that a server that is
/// down for a night does not fill the log.
#[derive(Clone, Debug)]
pub struct Reconnect {
    pause: Duration,
    /// Dials in a row that failed alike.
    alike: u64,
    /// Failed dials since the last connection.
    failed: u64,
    /// Why the last dial failed: an entry for each address.
    failures: Vec<Failure>,
}

impl Reconnect {
    /// Waits for `pause` before each dial but the first.
    pub fn after(pause: Duration) -> Self {
        Self {
            pause,
            alike: 0,
            failed: 0,
            failures: Vec::new(),
        }
    }

    pub fn pause(&self) -> Duration {
        self.pause
    }

    /// Dials in a row that failed alike; 0 after a connection.
    pub fn alike(&self) -> u64 {
        self.alike
    }

    /// Whether the next dial is reported only after it has ended.
    pub fn is_quiet(&self) -> bool {
        self.alike > 0
    }

    /// Records a connection; returns the number of failed dials before it.
    pub fn made(&mut self) -> u64 {
        self.alike = 0;
        self.failures.clear();
        mem::take(&mut self.failed)
    }

    /// Records a failed dial. Returns the failures if they are to be reported now: the dial was
    /// quiet, and those before it failed in another way.
    pub fn failed(&mut self, failures: Vec<Failure>) -> &[Failure] {
        let was_quiet = self.is_quiet();
        let before = self.failures.iter().map(kind);
        let is_alike = was_quiet && failures.iter().map(kind).eq(before);
        self.failed += 1;
        self.alike = if is_alike { self.alike + 1 } else { 1 };
        self.failures = failures;
        match was_quiet && !is_alike {
            true => &self.failures,
            false => &[],
        }
    }

    /// Whether the announcement of another dial is reported now.
    pub fn is_reported(&self) -> bool {
        self.alike == 0 || self.alike.is_power_of_two()
    }
}

/// The properties in which failures must agree to count as alike.
fn kind(failure: &Failure) -> (Operation, &str, Discriminant<Cause>, Option<i32>) {
    let cause = &failure.cause;
    (
        failure.operation,
        failure.address.as_str(),
        mem::discriminant(cause),
        cause.code(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(code: i32) -> Vec<Failure> {
        vec![Failure {
            operation: Operation::Connect,
            address: "a".into(),
            cause: Cause::System { code },
        }]
    }

    #[test]
    fn of_attempts_that_fail_alike_ever_fewer_are_reported() {
        let mut reconnect = Reconnect::after(Duration::from_secs(1));
        assert!(reconnect.is_reported() && !reconnect.is_quiet());
        let mut reported = Vec::new();
        for attempt in 1..=20 {
            // The rows of the first dial are written while it runs.
            assert!(reconnect.failed(failures(111)).is_empty());
            assert!(reconnect.is_quiet());
            if reconnect.is_reported() {
                reported.push(attempt);
            }
        }
        assert_eq!(reported, [1, 2, 4, 8, 16]);
        assert_eq!((reconnect.made(), reconnect.alike()), (20, 0));
        assert_eq!(reconnect.made(), 0);
    }

    #[test]
    fn an_attempt_that_fails_otherwise_is_reported_at_once() {
        let mut reconnect = Reconnect::after(Duration::from_secs(1));
        for code in [111, 111, 111] {
            reconnect.failed(failures(code));
        }
        assert!(!reconnect.is_reported());
        assert_eq!(reconnect.failed(failures(113)), failures(113));
        assert!(reconnect.is_reported());
        assert_eq!((reconnect.alike(), reconnect.made()), (1, 4));
    }

    #[test]
    fn how_long_a_port_is_kept_makes_no_other_failure() {
        let lingering = |seconds| {
            let mut failures = failures(1);
            failures[0].cause = Cause::Lingering {
                seconds,
                free: None,
                code: 98,
            };
            failures
        };
        let mut reconnect = Reconnect::after(Duration::from_secs(1));
        reconnect.failed(lingering(60));
        assert!(reconnect.failed(lingering(59)).is_empty());
        assert_eq!(reconnect.alike(), 2);
    }
}
