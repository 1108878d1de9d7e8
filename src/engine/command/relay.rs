//! Commands to the hold queue of a relay.

use super::Command;

/// A command to the hold queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayCommand {
    /// Intercept all packets, or stop intercepting. Packets that are already intercepted stay until
    /// they are released or discarded.
    HoldAll(bool),
    /// Forward the intercepted packet of this number, or all. Bytes of a TCP connection still wait
    /// for the intercepted bytes before them.
    Release { number: Option<u64> },
    /// Discard the intercepted packet of this number, or all.
    Discard { number: Option<u64> },
}

impl From<RelayCommand> for Command {
    fn from(command: RelayCommand) -> Self {
        Self::Relay(command)
    }
}
