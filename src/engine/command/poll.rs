//! A poll table: requests that are sent periodically, and the last values of their replies.

use crate::automation::PollTiming;
use crate::automation::rules::PreparedPayload;
use crate::schema::{Fault, FieldPath, ShownValue};
use crate::traffic::messages::Pairing;
use crate::traffic::{Failure, MessageSchema, Micros};
use std::sync::Arc;
use std::time::Duration;

/// The requests of a poll table, checked.
#[derive(Clone, Debug)]
pub struct PollPlan {
    pub lines: Vec<PlannedPoll>,
    /// Whether a request may be sent while another one waits for its reply.
    pub overlaps: bool,
    /// How a reply finds its request.
    pub pairing: Pairing,
    /// The description by which replies are read; without it, they are shown as text.
    pub described: Option<Arc<MessageSchema>>,
}

/// A line of a poll table.
#[derive(Clone, Debug)]
pub struct PlannedPoll {
    /// Tells the lines of a table apart. A line keeps its counters and its value when a new plan
    /// has one with the same id.
    pub id: u32,
    /// `None` while the line is off.
    pub request: Option<PolledRequest>,
}

/// A request with what is shown of its reply.
#[derive(Clone, Debug)]
pub struct PolledRequest {
    pub timing: PollTiming,
    pub message: PreparedPayload,
    /// Without any, the whole reply is shown.
    pub show: Vec<FieldPath>,
}

/// The state of a poll table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polling {
    pub lines: Vec<PolledLine>,
    /// Why no request is sent any more; `None` while the table runs.
    pub end: Option<PollEnd>,
}

/// Why a poll table ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollEnd {
    /// By a command.
    Stopped,
    /// The session closed.
    Closed,
    /// The connection that it polled is gone.
    NoConnection,
}

/// The state of a line of a poll table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolledLine {
    pub id: u32,
    pub requests: u64,
    /// Replies, also those with a fault.
    pub replies: u64,
    /// Requests without a reply within their timeout.
    pub timeouts: u64,
    /// Replies that are not as described: with a wrong checksum, cut, or with an invalid value.
    pub faulty: u64,
    /// Requests that could not be made or sent.
    pub unsent: u64,
    /// Deadlines that passed while others waited for their replies.
    pub missed: u64,
    /// The last reply without a fault.
    pub last: Option<PolledReply>,
    /// The problem of the last request, unless it was answered.
    pub problem: Option<PollProblem>,
}

/// A reply to a request of a poll table.
#[derive(Clone, Debug, PartialEq)]
pub struct PolledReply {
    pub time: Micros,
    pub round_trip: Duration,
    /// The values of the wanted fields; `None` where the reply does not have it.
    pub values: Vec<Option<ShownValue>>,
    /// The reply in one line, shortened.
    pub text: String,
}

/// Why a line has no new value.
#[derive(Clone, Debug, PartialEq)]
pub enum PollProblem {
    Timeout,
    /// The first field of the reply that is not as described; empty for what is behind it.
    Fault(String, Fault),
    /// The request could not be made; the log has this failure, once.
    NotMade(Box<Failure>),
    /// The request could not be sent; the log has the reason.
    NotSent,
}

impl PolledLine {
    /// Requests that brought no value.
    pub fn errors(&self) -> u64 {
        self.timeouts + self.faulty + self.unsent
    }
}
