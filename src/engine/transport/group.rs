//! Multicast group membership of a socket (ip(7), ipv6(7)).

use crate::engine::context::Context;
use crate::engine::sys::failure;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::socket::UdpSocket;
use crate::traffic::{Cause, Notice, Operation};
use socket2::{InterfaceIndexOrAddress, SockRef};
use std::io;
use std::net::IpAddr;

/// Joins a group on the interface with this index (0: the system chooses), and sends multicast
/// datagrams by the same interface. Success and failure are both rows. Returns whether it joined.
pub fn join(socket: &UdpSocket, group: IpAddr, interface: u32, cx: &mut Context<'_>) -> bool {
    match try_join(&SockRef::from(socket), group, interface, cx.interfaces) {
        Ok(()) => {
            let interface = cx.interfaces.name_of(interface);
            cx.sink.notice(Notice::GroupJoined { group, interface });
            true
        }
        Err(error) => {
            let (asked, cause) = not_joined(&error, group, interface, cx);
            cx.sink.failure(Operation::JoinGroup, asked, cause);
            false
        }
    }
}

/// The group as it was asked for, with its interface if it exists, and why it is not joined.
fn not_joined(
    error: &io::Error,
    group: IpAddr,
    interface: u32,
    cx: &Context<'_>,
) -> (String, Cause) {
    let name = cx.interfaces.name_of(interface);
    if interface == 0 {
        (group.to_string(), failure::cause(error))
    } else if cx.world.has_interface(interface) {
        (format!("{group}%{name}"), failure::cause(error))
    } else {
        // Another one may get the number later, and systems differ in what they answer.
        (group.to_string(), Cause::InterfaceGone { interface: name })
    }
}

/// Leaves a group that was joined on this interface. Success and failure are both rows.
pub fn leave(socket: &UdpSocket, group: IpAddr, interface: u32, cx: &mut Context<'_>) {
    match try_leave(socket, group, interface) {
        Ok(()) => {
            let interface = cx.interfaces.name_of(interface);
            cx.sink.notice(Notice::GroupLeft { group, interface });
        }
        Err(error) => cx
            .sink
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

/// Leaves a group without a row.
///
/// # Errors
/// The system's error.
pub fn try_leave(socket: &UdpSocket, group: IpAddr, interface: u32) -> io::Result<()> {
    let socket = SockRef::from(socket);
    match group {
        IpAddr::V4(group) => {
            socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface))
        }
        IpAddr::V6(group) => socket.leave_multicast_v6(&group, interface),
    }
}
