//! Processes and their sockets, as /proc shows them (proc(5)).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// The longest name that is kept, in characters; Linux keeps 15 bytes.
const NAME: usize = 64;

/// The ids of the running processes; none where the system does not show them.
pub fn all() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The first process with each of these sockets, by inode. Lacks sockets of processes that only
/// root may look at, and those that are not found by `until`.
pub fn holders(inodes: &BTreeSet<u64>, until: Instant) -> BTreeMap<u64, u32> {
    let mut found = BTreeMap::new();
    if inodes.is_empty() {
        return found;
    }
    for pid in all() {
        let open = std::fs::read_dir(format!("/proc/{pid}/fd"));
        for file in open.into_iter().flatten().flatten() {
            let link = std::fs::read_link(file.path()).ok();
            let inode = link.and_then(|link| inode_in(link.to_str()?));
            if let Some(inode) = inode.filter(|inode| inodes.contains(inode)) {
                found.entry(inode).or_insert(pid);
            }
        }
        if found.len() == inodes.len() || Instant::now() >= until {
            break;
        }
    }
    found
}

/// The inode in the name of an open socket: `socket:[4242]`.
fn inode_in(link: &str) -> Option<u64> {
    let number = link.strip_prefix("socket:[")?.strip_suffix(']')?;
    number.parse().ok()
}

/// The name of a process; `None` if it has ended. Any program chooses its own name, so signs that
/// would change the text around it are replaced.
pub fn name_of(pid: u32) -> Option<String> {
    let name = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    Some(shown(&String::from_utf8_lossy(&name)))
}

fn shown(name: &str) -> String {
    // Marks and overrides of the direction of text (UAX #9).
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let plain = name.strip_suffix('\n').unwrap_or(name).chars().take(NAME);
    plain
        .map(|c| match c.is_control() || turns(c) {
            true => char::REPLACEMENT_CHARACTER,
            false => c,
        })
        .collect()
}

/// Whether a process is stopped, by a signal or a debugger; `None` if it has ended.
pub fn is_stopped(pid: u32) -> Option<bool> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    state_in(&String::from_utf8_lossy(&stat)).map(|state| matches!(state, 'T' | 't'))
}

/// The state in /proc/PID/stat: behind the name, which may itself contain brackets.
fn state_in(stat: &str) -> Option<char> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.trim_start().chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_change_the_text_around_it() {
        assert_eq!(shown("python3\n"), "python3");
        assert_eq!(shown("a\u{1B}[2J\nb"), "a\u{FFFD}[2J\u{FFFD}b");
        assert_eq!(shown("\u{202E}gpj.exe"), "\u{FFFD}gpj.exe");
        assert_eq!(shown(&"x".repeat(1_000)).len(), NAME);
        assert_eq!(shown("网络"), "网络");
    }

    #[test]
    fn the_state_stands_behind_a_name_with_brackets() {
        assert_eq!(state_in("7 (cat) S 1 7"), Some('S'));
        assert_eq!(state_in("7 (x) T (y)) R 1 7"), Some('R'));
        for wrong in ["", "7 (cat", "7 (cat)"] {
            assert_eq!(state_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_sockets_have_an_inode_that_counts() {
        assert_eq!(inode_in("socket:[4242]"), Some(4242));
        for other in ["pipe:[4242]", "socket:[]", "socket:[x]", "/socket:[1]"] {
            assert_eq!(inode_in(other), None, "{other}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_runs() {
        let own = std::process::id();
        assert!(all().any(|pid| pid == own));
        assert_eq!(is_stopped(own), Some(false));
        assert!(name_of(own).is_some_and(|name| !name.is_empty()));
        let soon = Instant::now() + std::time::Duration::from_secs(1);
        let nothing = holders(&BTreeSet::new(), soon);
        assert!(nothing.is_empty());
    }
}
