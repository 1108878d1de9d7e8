//! What was seen of a learner's programs, up to the first step that failed.

use super::exercise::Hint;
use crate::engine::{BoundSocket, ProcessWait, Transport};
use std::net::IpAddr;

/// What was seen up to the first step that failed.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// Whether the exercise has a session of streams.
    pub is_stream: bool,
    /// Whether all sessions were opened and all programs started.
    pub is_open: bool,
    /// The step that failed, if any.
    pub failed: Option<FailedStep>,
    /// Whether an earlier step has received something from a program.
    pub has_received: bool,
    /// The last bytes that were sent before.
    pub sent: Vec<u8>,
    /// Whether all programs have to end by themselves.
    pub ends: bool,
    pub programs: Vec<ObservedProgram>,
    /// The multicast groups that are joined on the interface with 127.0.0.1; `None` if the system
    /// does not tell.
    pub groups: Option<Vec<IpAddr>>,
    pub hints: Vec<Hint>,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct FailedStep {
    /// Counted from 1.
    pub number: usize,
    /// What the step, or the next one that can tell, needed.
    pub need: StepNeed,
    /// The messages that came instead, oldest first.
    pub came: Vec<Vec<u8>>,
}

impl FailedStep {
    /// Whether the expected bytes came, and further ones behind them.
    pub(super) fn has_more(&self) -> bool {
        let StepNeed::Message {
            bytes: Some(bytes), ..
        } = &self.need
        else {
            return false;
        };
        let came = self.came.first();
        let is_longer = |came: &Vec<u8>| came.len() > bytes.len() && came.starts_with(bytes);
        !bytes.is_empty() && came.is_some_and(is_longer)
    }
}

/// What a step needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepNeed {
    /// A message with these bytes, if they are known. It may have come to another session, or from
    /// another address.
    Message {
        bytes: Option<Vec<u8>>,
        to_another: bool,
        from_another: bool,
    },
    /// A line of the program with this number.
    Line {
        program: usize,
        text: Option<String>,
    },
    Other,
}

/// A program at the end of an exercise, before it was ended.
#[derive(Clone, Debug, Default)]
pub struct ObservedProgram {
    /// `None` while it runs; the status is `None` after a signal.
    pub exit: Option<Option<i32>>,
    /// The end of each output.
    pub output: String,
    pub error: String,
    /// The port that it has to bind.
    pub port: Option<OwnPort>,
    pub sockets: Vec<BoundSocket>,
    pub wait: Option<ProcessWait>,
}

/// A port that a program has to bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPort {
    pub transport: Transport,
    pub number: u16,
    /// Whether something is sent to another address of this machine than 127.0.0.1.
    pub from_outside: bool,
}
