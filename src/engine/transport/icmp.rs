//! ICMP errors in response to datagrams we sent.
//!
//! Linux delivers them to an unconnected UDP socket by the error queue (`IP_RECVERR`, ip(7);
//! `IPV6_RECVERR`, ipv6(7)); other systems have no such queue. It must be read before the next
//! send, which would otherwise return the pending error as its own.

use crate::engine::context::Context;
use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::endpoint::canonical;
use crate::engine::sys::socket::UdpSocket;
use crate::peer::Peer;
use crate::traffic::{Cause, Operation};
use std::net::{IpAddr, SocketAddr};

/// An ICMP error with the destination of the datagram that caused it.
#[derive(Debug, PartialEq)]
pub struct IcmpError {
    pub destination: SocketAddr,
    pub cause: Cause,
}

#[cfg(target_os = "linux")]
mod linux {
    use super::IcmpError;
    use super::UdpSocket;
    use crate::engine::sys::endpoint::canonical;
    use crate::traffic::{Cause, UndeliveredReason};
    use nix::libc;
    use nix::sys::socket::{
        ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
    };
    use std::io::IoSliceMut;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::os::fd::AsRawFd as _;

    /// Values of `ee_origin` for ICMP errors (linux/errqueue.h).
    const ORIGIN_ICMP: u8 = 2;
    const ORIGIN_ICMP6: u8 = 3;

    pub fn enable(socket: &UdpSocket, local: SocketAddr) -> std::io::Result<()> {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)?;
        if local.is_ipv6() {
            setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
        }
        Ok(())
    }

    pub fn next(socket: &UdpSocket) -> Option<IcmpError> {
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
            let message = recvmsg::<SockaddrStorage>(
                socket.as_raw_fd(),
                &mut slices,
                Some(&mut control),
                flags,
            )
            .ok()?;
            let destination = message.address.as_ref().and_then(socket_addr)?;
            let error = message.cmsgs().ok()?.find_map(|control| match control {
                ControlMessageOwned::Ipv4RecvErr(error, by) => Some((error, by.map(v4))),
                ControlMessageOwned::Ipv6RecvErr(error, by) => Some((error, by.map(v6))),
                _ => None,
            });
            // The send call already returned errors of local origin.
            let is_icmp = |error: &libc::sock_extended_err| {
                matches!(error.ee_origin, ORIGIN_ICMP | ORIGIN_ICMP6)
            };
            if let Some((error, by)) = error.filter(|(error, _)| is_icmp(error)) {
                let code = i32::try_from(error.ee_errno).unwrap_or_default();
                return Some(IcmpError {
                    destination,
                    cause: cause(&error, by, code),
                });
            }
        }
    }

    fn v4(by: libc::sockaddr_in) -> IpAddr {
        Ipv4Addr::from(u32::from_be(by.sin_addr.s_addr)).into()
    }

    fn v6(by: libc::sockaddr_in6) -> IpAddr {
        IpAddr::from(Ipv6Addr::from(by.sin6_addr.s6_addr)).to_canonical()
    }

    fn cause(error: &libc::sock_extended_err, by: Option<IpAddr>, code: i32) -> Cause {
        match (error.ee_origin, error.ee_type, error.ee_code) {
            // Port unreachable (RFC 792: type 3 code 3; RFC 4443: type 1 code 4).
            (ORIGIN_ICMP, 3, 3) | (ORIGIN_ICMP6, 1, 4) => {
                Cause::PortUnreachable { code, newer: None }
            }
            // Fragmentation needed (RFC 1191: type 3 code 4), packet too big (RFC 4443: type 2).
            (ORIGIN_ICMP, 3, 4) => Cause::TooBig {
                mtu: error.ee_info,
                ipv6: false,
                code,
            },
            (ORIGIN_ICMP6, 2, _) => Cause::TooBig {
                mtu: error.ee_info,
                ipv6: true,
                code,
            },
            (origin, kind, detail) => Cause::Undelivered {
                reason: reason(origin == ORIGIN_ICMP6, kind, detail),
                by,
                code,
            },
        }
    }

    fn reason(is_v6: bool, kind: u8, code: u8) -> UndeliveredReason {
        match (is_v6, kind, code) {
            (false, 3, 0) | (true, 1, 0) => UndeliveredReason::NoRoute,
            (false, 3, 1) | (true, 1, 3) => UndeliveredReason::NoHost,
            (false, 3, 9 | 10 | 13) | (true, 1, 1 | 5 | 6) => UndeliveredReason::Prohibited,
            (false, 11, _) | (true, 3, _) => UndeliveredReason::Expired,
            _ => UndeliveredReason::Other,
        }
    }

    fn socket_addr(storage: &SockaddrStorage) -> Option<SocketAddr> {
        let v4 = storage
            .as_sockaddr_in()
            .map(|v4| SocketAddr::from(std::net::SocketAddrV4::from(*v4)));
        let v6 = || {
            storage
                .as_sockaddr_in6()
                .map(|v6| SocketAddr::from(std::net::SocketAddrV6::from(*v6)))
        };
        v4.or_else(v6).map(canonical)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn error(origin: u8, kind: u8, code: u8, info: u32) -> libc::sock_extended_err {
            libc::sock_extended_err {
                ee_errno: 90,
                ee_origin: origin,
                ee_type: kind,
                ee_code: code,
                ee_pad: 0,
                ee_info: info,
                ee_data: 0,
            }
        }

        #[test]
        fn icmp_errors_of_routers_are_distinguished() {
            assert_eq!(
                cause(&error(ORIGIN_ICMP, 3, 3, 0), None, 111),
                Cause::PortUnreachable {
                    code: 111,
                    newer: None
                }
            );
            assert_eq!(
                cause(&error(ORIGIN_ICMP6, 1, 4, 0), None, 111),
                Cause::PortUnreachable {
                    code: 111,
                    newer: None
                }
            );
            assert_eq!(
                cause(&error(ORIGIN_ICMP, 3, 4, 1400), None, 90),
                Cause::TooBig {
                    mtu: 1400,
                    ipv6: false,
                    code: 90
                }
            );
            assert_eq!(
                cause(&error(ORIGIN_ICMP6, 2, 0, 1280), None, 90),
                Cause::TooBig {
                    mtu: 1280,
                    ipv6: true,
                    code: 90
                }
            );
            let by = Some(IpAddr::from([10, 0, 0, 1]));
            for (origin, kind, code, reason) in [
                (ORIGIN_ICMP, 3, 0, UndeliveredReason::NoRoute),
                (ORIGIN_ICMP, 3, 1, UndeliveredReason::NoHost),
                (ORIGIN_ICMP, 3, 13, UndeliveredReason::Prohibited),
                (ORIGIN_ICMP, 11, 0, UndeliveredReason::Expired),
                (ORIGIN_ICMP, 3, 2, UndeliveredReason::Other),
                (ORIGIN_ICMP6, 1, 1, UndeliveredReason::Prohibited),
                (ORIGIN_ICMP6, 1, 3, UndeliveredReason::NoHost),
                (ORIGIN_ICMP6, 3, 0, UndeliveredReason::Expired),
            ] {
                let code_of_system = 113;
                let found = cause(&error(origin, kind, code, 0), by, code_of_system);
                let code = code_of_system;
                assert_eq!(found, Cause::Undelivered { reason, by, code });
            }
        }
    }
}

#[cfg(target_os = "linux")]
pub use linux::enable;
#[cfg(target_os = "linux")]
use linux::next;

/// Enables the error queue.
///
/// # Errors
/// None: this system has no error queue.
#[cfg(not(target_os = "linux"))]
pub fn enable(_socket: &UdpSocket, _local: SocketAddr) -> std::io::Result<()> {
    Ok(())
}

/// The next error of the queue; `None`: this system has no error queue.
#[cfg(not(target_os = "linux"))]
fn next(_socket: &UdpSocket) -> Option<IcmpError> {
    None
}

/// Writes a row for each pending ICMP error. `newest` is the sender of the newest datagram, which
/// a row about an unreachable port names. Errors of a datagram to `rejected` have no row: this
/// machine's firewall rejected it at once, and its send returned the error. Returns whether there
/// was any error.
pub fn report(
    socket: &dyn DatagramSocket,
    newest: Option<SocketAddr>,
    rejected: Option<SocketAddr>,
    cx: &mut Context<'_>,
) -> bool {
    let rejected = rejected.map(canonical);
    let mut any = false;
    while let Some(mut report) = socket.system().and_then(next) {
        any = true;
        if rejected == Some(report.destination) {
            continue;
        }
        match &mut report.cause {
            Cause::PortUnreachable { newer, .. } => {
                let newest = newest.filter(|newest| *newest != report.destination);
                *newer = newest.map(Peer::from);
            }
            Cause::Undelivered { by, .. } => {
                let is_own = |ip: &IpAddr| cx.interfaces.iter().any(|own| own.ip == *ip);
                *by = by.filter(|by| !is_own(by));
            }
            _ => {}
        }
        let destination = cx.interfaces.show(report.destination);
        cx.sink.failure(Operation::Send, destination, report.cause);
    }
    any
}
