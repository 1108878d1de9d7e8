//! Counters of the kernel's network code.

use super::super::{Seen, Unseen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest file that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Counters of /proc/net/snmp, netstat and snmp6, by their names there: `Udp.RcvbufErrors`,
/// `TcpExt.ListenOverflows`, `Udp6NoPorts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelCounters(pub BTreeMap<String, u64>);

impl KernelCounters {
    /// The value of a counter; `None` if this kernel does not have it.
    pub fn of(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// What was added since an earlier state. A counter that went back was reset, and is left out.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let grown = self.0.iter().filter_map(|(name, &now)| {
            let more = now.checked_sub(earlier.of(name)?)?;
            (more > 0).then(|| (name.clone(), more))
        });
        Self(grown.collect())
    }
}

/// Reads them; a file that is missing is left out.
pub(super) fn read() -> Seen<KernelCounters> {
    let mut counters = BTreeMap::new();
    for name in ["snmp", "netstat"] {
        pairs_of_lines(&text(name), &mut counters);
    }
    lines(&text("snmp6"), &mut counters);
    match counters.is_empty() {
        true => Seen::Unseen(Unseen::NotHere),
        false => Seen::Known(KernelCounters(counters)),
    }
}

/// The text of a file in /proc/net; empty if there is none.
fn text(name: &str) -> String {
    std::fs::read_to_string(format!("/proc/net/{name}"))
        .ok()
        .filter(|text| text.len() <= LONGEST)
        .unwrap_or_default()
}

/// Parses a line of names, and behind it one of values, each with the name of the protocol.
fn pairs_of_lines(text: &str, counters: &mut BTreeMap<String, u64>) {
    let mut lines = text.lines();
    while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
        let (Some((protocol, names)), Some((same, values))) =
            (names.split_once(':'), values.split_once(':'))
        else {
            continue;
        };
        if protocol != same {
            continue;
        }
        for (name, value) in names.split_whitespace().zip(values.split_whitespace()) {
            // Some are -1: without a limit.
            if let Ok(value) = value.parse() {
                counters.insert(format!("{protocol}.{name}"), value);
            }
        }
    }
}

/// Parses a name and a value a line.
fn lines(text: &str, counters: &mut BTreeMap<String, u64>) {
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(Ok(value))) = (words.next(), words.next().map(str::parse)) {
            counters.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(text: &str) -> BTreeMap<String, u64> {
        let mut counters = BTreeMap::new();
        pairs_of_lines(text, &mut counters);
        counters
    }

    #[test]
    fn names_and_values_stand_in_two_lines() {
        let found = counters("Tcp: MaxConn OutRsts\nTcp: -1 7\nUdp: NoPorts\nUdp: 3\n");
        let all: Vec<_> = found.iter().map(|(name, &n)| (name.as_str(), n)).collect();
        assert_eq!(all, [("Tcp.OutRsts", 7), ("Udp.NoPorts", 3)]);
        let mut six = BTreeMap::new();
        lines("Ip6InReceives   \t3\nUdp6NoPorts 12\nhalf\nx y\n", &mut six);
        assert_eq!(six.get("Udp6NoPorts"), Some(&12));
        assert_eq!(six.len(), 2);
    }

    #[test]
    fn another_form_gives_nothing() {
        for text in [
            "",
            "Tcp: A",
            "Tcp A\nTcp 1",
            "Tcp: A\nUdp: 1",
            "Tcp: A\nTcp: x",
        ] {
            assert!(counters(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn only_what_grew_is_new() {
        let state = |pairs: &[(&str, u64)]| {
            KernelCounters(
                pairs
                    .iter()
                    .map(|(name, n)| ((*name).to_owned(), *n))
                    .collect(),
            )
        };
        let earlier = state(&[("a", 1), ("b", 5), ("c", 9)]);
        let now = state(&[("a", 4), ("b", 5), ("c", 0), ("d", 7)]);
        assert_eq!(now.since(&earlier), state(&[("a", 3)]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_kernel_counts() {
        let counters = read();
        let counters = counters.known().unwrap();
        for name in [
            "Udp.NoPorts",
            "Udp.RcvbufErrors",
            "Tcp.OutRsts",
            "TcpExt.ListenOverflows",
        ] {
            assert!(counters.of(name).is_some(), "{name}");
        }
    }
}
