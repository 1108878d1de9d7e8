//! Multicast groups of a UDP socket.

use super::Command;
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupCommand {
    /// Receive datagrams sent to `group` on the interface (0: the system chooses).
    Join {
        group: IpAddr,
        interface: u32,
    },
    Leave {
        group: IpAddr,
        interface: u32,
    },
}

impl From<GroupCommand> for Command {
    fn from(command: GroupCommand) -> Self {
        Self::Group(command)
    }
}
