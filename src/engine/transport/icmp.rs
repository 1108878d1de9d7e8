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
    use crate::engine::sys::error_queue::{self, ORIGIN_ICMP, ORIGIN_ICMP6};
    use crate::traffic::{Cause, UndeliveredReason};
    use nix::libc;
    use std::net::{IpAddr, SocketAddr};

    pub fn enable(socket: &UdpSocket, local: SocketAddr) -> std::io::Result<()> {
        error_queue::enable(socket, local.is_ipv6())
    }

    pub fn next(socket: &UdpSocket) -> Option<IcmpError> {
        let (destination, error, by) = error_queue::next(socket)?;
        let code = i32::try_from(error.ee_errno).unwrap_or_default();
        Some(IcmpError {
            destination,
            cause: cause(&error, by, code),
        })
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
/// machine's firewall rejected it at once, and its send returned the error. `is_client` tells
/// whether a destination is a client that was answered. Returns whether there was any error.
pub fn report(
    socket: &dyn DatagramSocket,
    newest: Option<SocketAddr>,
    rejected: Option<SocketAddr>,
    is_client: impl Fn(SocketAddr) -> bool,
    cx: &mut Context<'_>,
) -> bool {
    let rejected = rejected.map(canonical);
    let mut any = false;
    while let Some(mut report) = socket.system().and_then(next) {
        any = true;
        if rejected == Some(report.destination) {
            continue;
        }
        if let Cause::PortUnreachable { code, .. } = report.cause
            && is_client(report.destination)
        {
            report.cause = Cause::ClientGone { code };
        }
        match &mut report.cause {
            Cause::PortUnreachable { newer, .. } => {
                let newest = newest.filter(|newest| *newest != report.destination);
                *newer = newest.map(Peer::from);
            }
            Cause::Undelivered { by, .. } => {
                let is_own = |ip: &IpAddr| cx.interfaces.iter().any(|own| own.ip == *ip);
                // A target on this machine that reports itself is no missing neighbour.
                let to = report.destination.ip();
                *by = by.filter(|by| *by == to || !is_own(by));
            }
            _ => {}
        }
        let destination = cx.interfaces.show(report.destination);
        cx.sink.failure(Operation::Send, destination, report.cause);
    }
    any
}
