//! Multicast groups of a socket (ip(7), ipv6(7)).

use super::role::Desk;
use super::{Interfaces, failure};
use crate::traffic::{Notice, Operation};
use mio::net::UdpSocket;
use socket2::{InterfaceIndexOrAddress, SockRef};
use std::io;
use std::net::IpAddr;

/// Joins on the interface with this number (0: the system chooses), and lets datagrams
/// to groups leave by the same interface. What became of it is a row.
pub fn join(socket: &UdpSocket, group: IpAddr, interface: u32, desk: &mut Desk<'_>) {
    match try_join(&SockRef::from(socket), group, interface, desk.interfaces) {
        Ok(()) => {
            let interface = name(interface, desk);
            desk.outbox.notice(Notice::GroupJoined { group, interface });
        }
        Err(error) => desk
            .outbox
            .failure(Operation::JoinGroup, group, failure::cause(&error)),
    }
}

/// Leaves a group that was joined on that interface. What became of it is a row.
pub fn leave(socket: &UdpSocket, group: IpAddr, interface: u32, desk: &mut Desk<'_>) {
    match try_leave(&SockRef::from(socket), group, interface) {
        Ok(()) => {
            let interface = name(interface, desk);
            desk.outbox.notice(Notice::GroupLeft { group, interface });
        }
        Err(error) => desk
            .outbox
            .failure(Operation::LeaveGroup, group, failure::cause(&error)),
    }
}

fn try_join(
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

fn try_leave(socket: &SockRef<'_>, group: IpAddr, interface: u32) -> io::Result<()> {
    match group {
        IpAddr::V4(group) => {
            socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
        }
        IpAddr::V6(group) => socket.leave_multicast_v6(&group, interface),
    }
}

fn name(interface: u32, desk: &Desk<'_>) -> String {
    desk.interfaces
        .name_of(interface)
        .unwrap_or_default()
        .to_owned()
}
