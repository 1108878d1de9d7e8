//! Failures that come again and again, which are said once a second.

use crate::traffic::{Cause, Failure, Micros, Operation};
use std::mem::{self, Discriminant};

/// A second.
const PAUSE: Micros = 1_000_000;
/// Kinds of failures told apart; the oldest is forgotten.
const KINDS: usize = 32;

/// What was said lately, and how often it has come since.
#[derive(Debug, Default)]
pub struct Again {
    kinds: Vec<Kind>,
    /// Passed over, of kinds that are forgotten.
    forgotten: u64,
}

#[derive(Debug)]
struct Kind {
    operation: Operation,
    address: String,
    cause: Discriminant<Cause>,
    said: Micros,
    since: u64,
}

impl Again {
    /// How often the like was passed over since it was last said; `None` if this one is
    /// to be passed over, too.
    pub fn passed_over(&mut self, failure: &Failure, time: Micros) -> Option<u64> {
        let known = self.kinds.iter_mut().find(|kind| kind.is(failure));
        let Some(kind) = known else {
            if self.kinds.len() == KINDS {
                self.forgotten += self.kinds.remove(0).since;
            }
            self.kinds.push(Kind {
                operation: failure.operation,
                address: failure.address.clone(),
                cause: mem::discriminant(&failure.cause),
                said: time,
                since: 0,
            });
            return Some(0);
        };
        // A clock that was set back is no reason to be silent.
        if (kind.said..kind.said + PAUSE).contains(&time) {
            kind.since += 1;
            return None;
        }
        kind.said = time;
        Some(mem::take(&mut kind.since))
    }

    /// How many were passed over, and are not said.
    pub fn unsaid(&self) -> u64 {
        self.forgotten + self.kinds.iter().map(|kind| kind.since).sum::<u64>()
    }
}

impl Kind {
    fn is(&self, failure: &Failure) -> bool {
        self.operation == failure.operation
            && self.cause == mem::discriminant(&failure.cause)
            && self.address == failure.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(address: &str, code: i32) -> Failure {
        Failure {
            operation: Operation::Send,
            address: address.into(),
            cause: Cause::System { code },
        }
    }

    #[test]
    fn the_like_is_said_once_a_second_and_counted() {
        let mut again = Again::default();
        assert_eq!(again.passed_over(&failure("a", 1), 0), Some(0));
        for time in 1..8 {
            assert_eq!(again.passed_over(&failure("a", 2), time), None);
        }
        assert_eq!(again.unsaid(), 7);
        assert_eq!(again.passed_over(&failure("a", 1), PAUSE), Some(7));
        assert_eq!(again.unsaid(), 0);
        assert_eq!(again.passed_over(&failure("a", 1), -PAUSE), Some(0));
    }

    #[test]
    fn what_is_about_somebody_else_is_said() {
        let mut again = Again::default();
        assert_eq!(again.passed_over(&failure("a", 1), 0), Some(0));
        assert_eq!(again.passed_over(&failure("b", 1), 0), Some(0));
        assert_eq!(again.passed_over(&failure("a", 1), 0), None);
        let receive = Failure {
            operation: Operation::Receive,
            ..failure("a", 1)
        };
        assert_eq!(again.passed_over(&receive, 0), Some(0));
    }

    #[test]
    fn it_remembers_no_more_than_a_few() {
        let mut again = Again::default();
        for address in 0..1_000 {
            let failure = failure(&address.to_string(), 1);
            assert_eq!(again.passed_over(&failure, 0), Some(0));
            assert_eq!(again.passed_over(&failure, 0), None);
        }
        assert_eq!(again.kinds.len(), KINDS);
        assert_eq!(again.unsaid(), 1_000);
    }
}
