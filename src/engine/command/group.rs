//! Multicast group membership of a UDP socket.

use super::Command;
use std::net::IpAddr;

/// A command to join or leave a multicast group (ip(7), ipv6(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupCommand {
    /// Receive datagrams sent to `group` on the interface with this index (0: the system chooses).
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
