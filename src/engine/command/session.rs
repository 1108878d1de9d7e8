//! Commands that apply to a session of any kind.

use super::Command;
use crate::automation::impair::Impairment;
use crate::capture::recorder;
use crate::engine::rulebook::Rulebook;
use crate::traffic::framing::SessionFraming;
use std::sync::Arc;

/// A command to set the rules, the simulated network or the recording.
#[derive(Clone, Debug)]
pub enum SessionCommand {
    /// Sets the rules; `None` removes them.
    Follow(Option<Arc<Rulebook>>),
    /// Sets how what is received is cut into the messages that rules look at, and how messages
    /// are sent. Without a framing, each read or datagram is one.
    Frame(SessionFraming),
    /// Sets the simulated network; `None` disables it.
    Impair(Option<Arc<Impairment>>),
    /// Records events to a file too; replaces the current recording.
    Record(Box<recorder::RecordingRequest>),
    EndRecording,
}

impl From<SessionCommand> for Command {
    fn from(command: SessionCommand) -> Self {
        Self::Session(command)
    }
}
