//! Multicast groups of a socket (ip(7), ipv6(7)).

use super::Interfaces;
use socket2::{InterfaceIndexOrAddress, SockRef};
use std::io;
use std::net::IpAddr;

/// Joins on the interface with this number (0: the system chooses), and lets datagrams to groups leave by the same interface.
///
/// # Errors
/// What the system says of it.
pub fn join(
    socket: &SockRef<'_>,
    group: IpAddr,
    interface: u32,
    interfaces: &Interfaces,
) -> io::Result<()> {
    match group {
        IpAddr::V4(group) => {
            socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))?;
            if let Some(own) = interfaces.ipv4_of(interface) {
                socket.set_multicast_if_v4(&own)?;
            }
        }
        IpAddr::V6(group) => {
            socket.join_multicast_v6(&group, interface)?;
            if interface != 0 {
                socket.set_multicast_if_v6(interface)?;
            }
        }
    }
    Ok(())
}

/// Leaves a group that was joined on that interface.
///
/// # Errors
/// What the system says of it.
pub fn leave(socket: &SockRef<'_>, group: IpAddr, interface: u32) -> io::Result<()> {
    match group {
        IpAddr::V4(group) => {
            socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
        }
        IpAddr::V6(group) => socket.leave_multicast_v6(&group, interface),
    }
}
