//! The check that packets come by the interface to which their source address leads (rp_filter;
//! RFC 3704).

use crate::engine::evidence::{Seen, Unseen};
use crate::engine::sys::clock::Clock;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long the counter is watched where it has counted before.
const WATCHED: Duration = Duration::from_millis(400);
/// The most interfaces that are looked at.
const MOST: usize = 256;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversePath {
    /// The interfaces besides the loopback with the strict check.
    pub strict: Vec<String>,
    /// Packets that it dropped since the machine started.
    pub dropped: u64,
    /// Packets that it dropped while evidence was gathered.
    pub dropping: u64,
}

/// The counter at the beginning.
pub(super) struct Watch {
    strict: Option<Vec<String>>,
    before: Option<u64>,
    began: Instant,
}

impl Watch {
    pub(super) fn begin(clock: &Clock) -> Self {
        Self {
            strict: strict(),
            before: counter(),
            began: clock.instant(),
        }
    }

    /// Waits a moment if packets may be dropped at present.
    pub(super) fn end(self, clock: &Clock, until: Instant) -> Seen<ReversePath> {
        let (Some(before), Some(strict)) = (self.before, self.strict) else {
            return Seen::Unseen(Unseen::NotHere);
        };
        if before > 0 && !strict.is_empty() {
            let end = until.min(self.began + WATCHED);
            std::thread::sleep(end.saturating_duration_since(clock.instant()));
        }
        let Some(dropped) = counter() else {
            return Seen::Unseen(Unseen::NotHere);
        };
        Seen::Known(ReversePath {
            strict,
            dropped,
            dropping: dropped.saturating_sub(before),
        })
    }
}

fn counter() -> Option<u64> {
    named(
        &std::fs::read_to_string("/proc/net/netstat").ok()?,
        "TcpExt:",
        "IPReversePathFilter",
    )
}

/// A counter of a group in the form of /proc/net/netstat and snmp: a line of names, then a line of
/// numbers.
pub(in crate::engine::evidence) fn named(text: &str, group: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter(|line| line.starts_with(group));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let mut pairs = names.split_whitespace().zip(numbers.split_whitespace());
    let (_, number) = pairs.find(|(known, _)| *known == name)?;
    number.parse().ok()
}

/// The interfaces with the strict check: the greater one of `all` and of its own (ip-sysctl).
/// `None` if the settings cannot be read.
fn strict() -> Option<Vec<String>> {
    const FOLDER: &str = "/proc/sys/net/ipv4/conf";
    let value = |name: &str| {
        let text = std::fs::read_to_string(format!("{FOLDER}/{name}/rp_filter")).ok()?;
        text.trim().parse::<u8>().ok()
    };
    let all = value("all")?;
    let folders = std::fs::read_dir(FOLDER).ok()?.flatten();
    let strict = folders
        .filter_map(|folder| folder.file_name().into_string().ok())
        .filter(|name| !matches!(name.as_str(), "all" | "default" | "lo"))
        .take(MOST)
        .filter(|name| value(name).is_some_and(|own| own.max(all) == 1));
    Some(strict.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_by_its_name() {
        let text = "TcpExt: A IPReversePathFilter B\nTcpExt: 1 23 4\nIpExt: A\nIpExt: 9\n";
        let found = |group: &str, name: &str| named(text, group, name);
        assert_eq!(found("TcpExt:", "IPReversePathFilter"), Some(23));
        assert_eq!(found("IpExt:", "A"), Some(9));
        assert_eq!(found("IpExt:", "B"), None);
        assert_eq!(named("TcpExt: A\n", "TcpExt:", "A"), None);
        assert_eq!(named("X: A\nX: -1\n", "X:", "A"), None);
    }
}
