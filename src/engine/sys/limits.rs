//! How long a datagram may be, and how much may wait.

use std::net::IpAddr;

/// The longest payload of a datagram over IPv4, in bytes: 65,535 less the IP and UDP
/// headers (RFC 791, RFC 768).
pub const MAX_DATAGRAM_V4: usize = 65_507;
/// The same over IPv6, whose payload length does not count its header (RFC 8200).
pub const MAX_DATAGRAM_V6: usize = 65_527;
/// What may wait unsent for one peer, in bytes.
pub const SEND_QUEUE: usize = 8 << 20;

/// The longest payload of one datagram to `to`.
pub fn max_datagram(to: IpAddr) -> usize {
    if to.to_canonical().is_ipv4() {
        MAX_DATAGRAM_V4
    } else {
        MAX_DATAGRAM_V6
    }
}

/// Descriptors this process may have open (setrlimit(2)); `None` where that is not known.
pub fn descriptors() -> Option<usize> {
    #[cfg(target_os = "linux")]
    {
        use nix::sys::resource::{Resource, getrlimit};
        let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
        Some(usize::try_from(soft).unwrap_or(usize::MAX))
    }
    #[cfg(not(target_os = "linux"))]
    None
}
