//! Limits: lengths of datagrams, sizes of send queues, number of descriptors.

use std::net::IpAddr;

/// The longest payload of a datagram over IPv4, in bytes: 65,535 less the IP and UDP
/// headers (RFC 791, RFC 768).
pub const MAX_DATAGRAM_V4: usize = 65_507;
/// The same over IPv6, whose payload length does not include the IPv6 header (RFC 8200).
pub const MAX_DATAGRAM_V6: usize = 65_527;
/// Maximum size in bytes of one peer's send queue.
pub const SEND_QUEUE: usize = 8 << 20;

/// Maximum payload in bytes of one datagram to `to`.
pub fn max_datagram(to: IpAddr) -> usize {
    if to.to_canonical().is_ipv4() {
        MAX_DATAGRAM_V4
    } else {
        MAX_DATAGRAM_V6
    }
}

/// Maximum number of open descriptors of this process (RLIMIT_NOFILE, setrlimit(2)); `None` if
/// unknown.
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
