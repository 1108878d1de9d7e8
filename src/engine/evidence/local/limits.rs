//! Limits of this process and of the kernel.

use super::super::{Seen, Unseen};
use crate::engine::sys::limits::descriptors;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Each is `None` where the system does not show it: a network namespace lacks some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitFacts {
    /// Descriptors that this process has open, and may have.
    pub open_files: Option<u64>,
    pub most_open_files: Option<u64>,
    /// The ports that outgoing connections get, and how many of them are taken towards the target:
    /// `None` if there are too many sockets to count.
    pub ephemeral: Option<(u16, u16)>,
    pub ephemeral_taken: Option<u64>,
    /// The longest queue of connections that are not accepted (net.core.somaxconn).
    pub somaxconn: Option<u64>,
    /// The largest receive buffer in bytes (net.core.rmem_max).
    pub rmem_max: Option<u64>,
    /// Pages of memory of all UDP and TCP sockets, and at most (udp_mem, tcp_mem).
    pub udp_pages: Option<(u64, u64)>,
    pub tcp_pages: Option<(u64, u64)>,
    /// The first port that any user may bind.
    pub first_free_port: Option<u16>,
}

/// Reads them.
pub(super) fn read(ephemeral_taken: Option<u64>) -> Seen<LimitFacts> {
    if cfg!(not(target_os = "linux")) {
        return Seen::Unseen(Unseen::NotHere);
    }
    /// No descriptor is left for reading them: EMFILE (errno(3)).
    const NONE_LEFT: i32 = 24;
    let most_open_files = descriptors().map(|most| most as u64);
    let open_files = match std::fs::read_dir("/proc/self/fd") {
        // It lists itself too.
        Ok(open) => Some((open.count() as u64).saturating_sub(1)),
        Err(error) if error.raw_os_error() == Some(NONE_LEFT) => most_open_files,
        Err(_) => None,
    };
    let used = std::fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let pages = |protocol: &str, setting: &str| {
        let most = numbers(&setting_of(setting)?)?.get(2).copied()?;
        Some((pages_in(&used, protocol)?, most))
    };
    Seen::Known(LimitFacts {
        open_files,
        most_open_files,
        ephemeral: ephemeral(),
        ephemeral_taken,
        somaxconn: number("core/somaxconn"),
        rmem_max: number("core/rmem_max"),
        udp_pages: pages("UDP:", "ipv4/udp_mem"),
        tcp_pages: pages("TCP:", "ipv4/tcp_mem"),
        first_free_port: number("ipv4/ip_unprivileged_port_start"),
    })
}

/// The ports that outgoing connections get (ip_local_port_range, ip(7)).
pub(in super::super) fn ephemeral() -> Option<(u16, u16)> {
    match *numbers(&setting_of("ipv4/ip_local_port_range")?)? {
        [first, last] => Some((u16::try_from(first).ok()?, u16::try_from(last).ok()?)),
        _ => None,
    }
}

fn setting_of(name: &str) -> Option<String> {
    std::fs::read_to_string(format!("/proc/sys/net/{name}")).ok()
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    setting_of(name)?.trim().parse().ok()
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    let all = text.split_whitespace().map(|word| word.parse().ok());
    all.collect()
}

/// The pages of memory in the line of a protocol: `UDP: inuse 3 mem 2`.
fn pages_in(sockstat: &str, protocol: &str) -> Option<u64> {
    let mut lines = sockstat.lines().map(str::split_whitespace);
    let mut words =
        lines.find_map(|mut words| (words.next() == Some(protocol)).then_some(words))?;
    words.find(|word| *word == "mem")?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_of_a_protocol_are_found() {
        let text = "sockets: used 18\nTCP: inuse 1 orphan 0 tw 0 alloc 1 mem 115\nUDP: inuse 1 mem 286\nUDPLITE: inuse 0\n";
        assert_eq!(pages_in(text, "UDP:"), Some(286));
        assert_eq!(pages_in(text, "TCP:"), Some(115));
        for other in ["UDPLITE:", "RAW:", ""] {
            assert_eq!(pages_in(text, other), None, "{other}");
        }
        assert_eq!(pages_in("UDP: mem", "UDP:"), None);
        assert_eq!(pages_in("UDP: mem many", "UDP:"), None);
    }

    #[test]
    fn numbers_are_all_numbers() {
        assert_eq!(numbers("32768\t60999\n"), Some(vec![32768, 60999]));
        assert_eq!(numbers("32768 x"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_open_files() {
        let limits = read(Some(3));
        let limits = limits.known().unwrap();
        assert!(limits.open_files > Some(2) && limits.open_files < limits.most_open_files);
        assert!(limits.ephemeral.is_some_and(|(first, last)| first < last));
        assert_eq!(limits.ephemeral_taken, Some(3));
    }
}
