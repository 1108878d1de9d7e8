//! Errors (ICMP) that machines report to a socket. Linux alone tells who reported them.

use socket2::Socket;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// A machine that reported an error, with type and code of ICMP.
pub type Report = (IpAddr, u8, u8);

/// The most reports that are kept.
#[cfg(target_os = "linux")]
const MOST: usize = 8;

/// Makes the kernel keep the reports to this socket, which will send to that address.
///
/// # Errors
/// Those of setsockopt(2).
pub(super) fn watch(socket: &Socket, to: SocketAddr) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    crate::engine::sys::error_queue::enable(socket, to.is_ipv6())?;
    #[cfg(not(target_os = "linux"))]
    let _ = (socket, to);
    Ok(())
}

/// The reports that came since the last call.
#[cfg(target_os = "linux")]
pub(super) fn waiting(socket: &Socket) -> Vec<Report> {
    use crate::engine::sys::error_queue;
    let errors = std::iter::from_fn(|| error_queue::next(socket));
    let reports = errors.filter_map(|(_, error, by)| Some((by?, error.ee_type, error.ee_code)));
    reports.take(MOST).collect()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn waiting(_: &Socket) -> Vec<Report> {
    Vec::new()
}
