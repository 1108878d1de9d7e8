//! What concerns a session as a whole, of whatever kind.

use super::Command;
use crate::automation::impair::Conditions;
use crate::capture::recorder;
use crate::engine::rulebook::Rulebook;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub enum SessionCommand {
    /// Follow these rules from now on, instead of any earlier ones; `None` follows none.
    Follow(Option<Arc<Rulebook>>),
    /// Sets the simulated network; `None` disables it.
    Impair(Option<Arc<Conditions>>),
    /// Write what happens to a file too, instead of any earlier one.
    Record(recorder::Order),
    EndRecording,
}

impl From<SessionCommand> for Command {
    fn from(command: SessionCommand) -> Self {
        Self::Session(command)
    }
}
