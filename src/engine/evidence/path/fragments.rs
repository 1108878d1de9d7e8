//! Fragments of packets that came, by the counters of the kernel (RFC 4293).

use crate::engine::evidence::firewall::named;
use crate::engine::evidence::{Seen, Unseen};
use crate::engine::sys::clock::Clock;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long a packet may be without its last fragment.
const GRACE: Duration = Duration::from_millis(60);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentFacts {
    /// Packets of which a part is missing at present.
    pub waiting: u64,
    /// Packets that were put together, and that were given up, since the machine started.
    pub completed: u64,
    pub failed: u64,
}

pub(super) fn read(until: Instant) -> Seen<FragmentFacts> {
    let text = |name: &str| std::fs::read_to_string(format!("/proc/net/{name}"));
    let Ok(snmp) = text("snmp") else {
        return Seen::Unseen(Unseen::NotHere);
    };
    let snmp6 = text("snmp6").unwrap_or_default();
    let now = || {
        waiting(
            &text("sockstat").unwrap_or_default(),
            &text("sockstat6").unwrap_or_default(),
        )
    };
    let mut waits = now();
    if waits > 0 {
        // The last fragment may be on the way.
        let clock = Clock::start();
        let left = until.saturating_duration_since(clock.instant());
        std::thread::sleep(left.min(GRACE));
        waits = waits.min(now());
    }
    let sum = |name: &str| {
        let four = named(&snmp, "Ip:", name).unwrap_or_default();
        four.saturating_add(of_ipv6(&snmp6, &format!("Ip6{name}")))
    };
    Seen::Known(FragmentFacts {
        waiting: waits,
        completed: sum("ReasmOKs"),
        failed: sum("ReasmFails"),
    })
}

/// A counter of /proc/net/snmp6: a name and a number a line.
fn of_ipv6(text: &str, name: &str) -> u64 {
    let mut pairs = text
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace));
    let number = pairs.find(|(known, _)| *known == name);
    number
        .and_then(|(_, number)| number.trim().parse().ok())
        .unwrap_or_default()
}

/// The packets that wait for fragments: `FRAG: inuse 1 memory 2048`.
fn waiting(sockstat: &str, sockstat6: &str) -> u64 {
    let lines = sockstat.lines().chain(sockstat6.lines());
    let numbers = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let is_it = words
            .next()
            .is_some_and(|name| matches!(name, "FRAG:" | "FRAG6:"));
        let number = words.nth(1).filter(|_| is_it)?;
        number.parse::<u64>().ok()
    });
    numbers.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_that_wait_are_counted_for_both_versions() {
        let four = "sockets: used 9\nUDP: inuse 2 mem 0\nFRAG: inuse 1 memory 2048\n";
        assert_eq!(waiting(four, "FRAG6: inuse 2 memory 9\n"), 3);
        assert_eq!(waiting("FRAG: inuse\nFRAG: inuse x\n", ""), 0);
    }

    #[test]
    fn counters_of_ipv6_are_found_by_name() {
        let text = "Ip6InReceives   \t9\nIp6ReasmFails  \t4\n";
        assert_eq!(of_ipv6(text, "Ip6ReasmFails"), 4);
        assert_eq!(of_ipv6(text, "Ip6ReasmOKs"), 0);
    }
}
