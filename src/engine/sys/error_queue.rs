//! The error queue of a socket: ICMP errors in response to what it sent (`IP_RECVERR`, ip(7);
//! `IPV6_RECVERR`, ipv6(7)).

use super::endpoint::canonical;
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};

/// Values of `ee_origin` for ICMP errors (linux/errqueue.h).
pub const ORIGIN_ICMP: u8 = 2;
pub const ORIGIN_ICMP6: u8 = 3;

/// Enables the error queue; an IPv6 socket gets errors of IPv4, too, unless it is a raw one.
///
/// # Errors
/// The system's error.
pub fn enable(socket: &impl AsFd, is_ipv6: bool) -> std::io::Result<()> {
    if is_ipv6 {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
    }
    match setsockopt(socket, sockopt::Ipv4RecvErr, &true) {
        // Raw sockets of IPv6 carry no IPv4, and have none of its options.
        Err(Errno::ENOPROTOOPT) if is_ipv6 => Ok(()),
        set => Ok(set?),
    }
}

/// The next ICMP error of the queue: the destination of the packet that caused it, the error, and
/// the machine that reports it.
pub fn next(
    socket: &impl AsRawFd,
) -> Option<(SocketAddr, libc::sock_extended_err, Option<IpAddr>)> {
    loop {
        let mut payload = [0; 1];
        let mut slices = [IoSliceMut::new(&mut payload)];
        // Room for the socket's other control messages too (see `receive`).
        let mut control = nix::cmsg_space!(
            libc::sock_extended_err,
            libc::sockaddr_in6,
            libc::timespec,
            u32,
            libc::in_pktinfo,
            libc::in6_pktinfo
        );
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message =
            recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut slices, Some(&mut control), flags)
                .ok()?;
        let destination = message.address.as_ref().and_then(socket_addr)?;
        let error = message.cmsgs().ok()?.find_map(|control| match control {
            ControlMessageOwned::Ipv4RecvErr(error, by) => Some((error, by.map(v4))),
            ControlMessageOwned::Ipv6RecvErr(error, by) => Some((error, by.map(v6))),
            _ => None,
        });
        // The send call already returned errors of local origin.
        let is_icmp =
            |error: &libc::sock_extended_err| matches!(error.ee_origin, ORIGIN_ICMP | ORIGIN_ICMP6);
        if let Some((error, by)) = error.filter(|(error, _)| is_icmp(error)) {
            return Some((destination, error, by));
        }
    }
}

fn v4(by: libc::sockaddr_in) -> IpAddr {
    Ipv4Addr::from(u32::from_be(by.sin_addr.s_addr)).into()
}

fn v6(by: libc::sockaddr_in6) -> IpAddr {
    IpAddr::from(Ipv6Addr::from(by.sin6_addr.s6_addr)).to_canonical()
}

fn socket_addr(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage
        .as_sockaddr_in()
        .map(|v4| SocketAddr::from(SocketAddrV4::from(*v4)));
    let v6 = || {
        storage
            .as_sockaddr_in6()
            .map(|v6| SocketAddr::from(SocketAddrV6::from(*v6)))
    };
    v4.or_else(v6).map(canonical)
}
