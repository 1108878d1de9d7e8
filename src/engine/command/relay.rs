//! What a relay keeps until it is released by hand.

use super::Command;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayCommand {
    /// Keep everything that is to be passed on, from now on until this is taken back. What is
    /// kept by then stays until it is released or discarded.
    HoldAll(bool),
    /// Pass on what is kept under this number, or all of it. Bytes of a TCP connection wait on
    /// for those before them.
    Release { number: Option<u64> },
    /// Throw away what is kept under this number, or all of it.
    Discard { number: Option<u64> },
}

impl From<RelayCommand> for Command {
    fn from(command: RelayCommand) -> Self {
        Self::Relay(command)
    }
}
