//! Commands that apply to a session of any kind.

use super::Command;
use crate::automation::impair::Impairment;
use crate::capture::recorder;
use crate::engine::rulebook::Rulebook;
use crate::traffic::framing::SessionFraming;
use std::sync::Arc;

/// A command to set the rules, the simulated network, the recording or an option of sockets.
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
    /// Sets TCP_NODELAY of the open connections and of those that follow, in place of that of the
    /// setup. Clients and servers only.
    NoDelay(bool),
}

impl From<SessionCommand> for Command {
    fn from(command: SessionCommand) -> Self {
        Self::Session(command)
    }
}
