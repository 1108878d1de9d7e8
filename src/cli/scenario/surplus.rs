//! Bytes on a stream that no step of an exercise expected.

use super::elsewhere::shortened;
use super::expected_bytes;
use super::steps::Step;
use crate::cli::inbox::beginning;
use crate::cli::runner::Runner;
use crate::course::{FailedStep, StepNeed};
use crate::t;
use crate::words::{Lang, grouped};

/// Bytes that no step expected, behind those that a step did.
#[derive(Debug)]
pub(super) struct Surplus {
    session: String,
    bytes: Vec<u8>,
    /// The number of the last step that expected something of the session, from 1, with its text,
    /// and the bytes that it expected, if they are known.
    step: usize,
    shown: String,
    expected: Option<Vec<u8>>,
}

impl Surplus {
    /// The first stream with bytes that are left after all steps.
    pub(super) fn find(steps: &[Step], runner: &Runner) -> Option<Self> {
        let streams = runner.sessions.iter();
        let mut streams = streams.filter(|session| session.inbox.counts_bytes());
        streams.find_map(|session| {
            let left = session.inbox.others(None).next()?;
            let (step, shown, expected) = last_expected(steps, &session.name)?;
            Some(Self {
                session: session.name.clone(),
                bytes: left.bytes.clone(),
                step,
                shown,
                expected,
            })
        })
    }

    /// The text of the step, and below it the bytes that no step expected.
    pub(super) fn message(&self, lang: Lang) -> String {
        let text = t!(
            lang,
            "learn.surplus",
            name = self.session,
            bytes = grouped(self.bytes.len() as u64),
            text = shortened(beginning(&self.bytes), self.bytes.len(), false)
        );
        format!("{}\n{text}", self.shown)
    }

    /// The step, as one that received more than it expected.
    pub(super) fn into_failed_step(self) -> FailedStep {
        let mut came = self.expected.clone().unwrap_or_default();
        came.extend(self.bytes);
        FailedStep {
            number: self.step,
            need: StepNeed::Message {
                bytes: self.expected,
                to_another: false,
                from_another: false,
            },
            came: vec![came],
        }
    }
}

/// The last step that expects something of a session: its number, its text, and the bytes.
fn last_expected(steps: &[Step], name: &str) -> Option<(usize, String, Option<Vec<u8>>)> {
    let mut steps = steps.iter().enumerate().rev();
    steps.find_map(|(at, step)| match step {
        Step::Expect(expect) if expect.session == name => {
            let bytes = expected_bytes::of_condition(&expect.what);
            Some((at + 1, step.to_string(), bytes))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::scenario::file::Scenario;

    #[test]
    fn a_surplus_is_told_at_the_last_step_that_expected_something_of_the_session() {
        let text = r#"(sessions: {"a": TcpServer(), "b": TcpServer()}, steps: [
            Expect(session: "a", exact: "one"),
            Expect(session: "a", exact: "two"),
            Expect(session: "b", count: 3),
            Wait("1s"),
        ])"#;
        let scenario = Scenario::read(text).unwrap();
        let of = |name| last_expected(&scenario.steps, name);
        let (step, _, bytes) = of("a").unwrap();
        assert_eq!((step, bytes), (2, Some(b"two".to_vec())));
        let (step, _, bytes) = of("b").unwrap();
        assert_eq!((step, bytes), (3, None));
        assert!(of("c").is_none());
    }

    #[test]
    fn a_surplus_is_a_message_that_is_longer_than_expected() {
        let surplus = Surplus {
            session: "a".to_owned(),
            bytes: b"!\0".to_vec(),
            step: 2,
            shown: "Expect a".to_owned(),
            expected: Some(b"two".to_vec()),
        };
        for lang in Lang::ALL {
            let message = surplus.message(lang);
            assert!(
                message.contains("Expect a\n") && !message.contains("%{"),
                "{message}"
            );
        }
        let failed = surplus.into_failed_step();
        assert_eq!((failed.number, failed.came), (2, vec![b"two!\0".to_vec()]));
    }
}
