//! Sockets of other network namespaces (network_namespaces(7)), such as those of containers.

use super::super::{Seen, Transport, Unseen};
use super::owner::Owner;
use super::socket_row::SocketRow;
use crate::engine::sys::process;
use crate::engine::sys::socket;
use crate::engine::sys::socket_table::{self, SocketEntry};
use std::collections::BTreeSet;
use std::time::Instant;

/// The most listeners that are kept.
const MOST: usize = 8;

/// The sockets bound to this port in other namespaces, if none is in this one, and the number of
/// namespaces that were searched.
pub(super) fn listeners(
    transport: Transport,
    port: u16,
    until: Instant,
) -> (Vec<SocketRow>, Seen<u64>) {
    let transport = match transport {
        Transport::Udp => socket::Transport::Udp,
        Transport::Tcp => socket::Transport::Tcp,
    };
    let Some(own) = namespace_of("self") else {
        return (Vec::new(), Seen::Unseen(Unseen::NotHere));
    };
    let mut searched = BTreeSet::from([own]);
    let mut found: Vec<(u32, SocketRow)> = Vec::new();
    for pid in process::all() {
        if Instant::now() >= until {
            return (owned(found, until), Seen::Unseen(Unseen::TooSlow));
        }
        // One that ended meanwhile has none.
        let namespace = namespace_of(&pid.to_string());
        if namespace.is_none_or(|namespace| !searched.insert(namespace)) {
            continue;
        }
        let mut keep = |entry: SocketEntry| {
            let is_known = |(_, row): &(u32, SocketRow)| row.inode == entry.inode;
            if entry.is_bound()
                && entry.local.port() == port
                && found.len() < MOST
                && !found.iter().any(is_known)
            {
                found.push((pid, SocketRow::new(transport, &entry)));
            }
        };
        // A process that ended meanwhile has no tables.
        socket_table::visit(transport, Some(pid), until, &mut keep).ok();
    }
    let others = searched.len().saturating_sub(1);
    (owned(found, until), Seen::Known(others as u64))
}

/// Adds the owner of each socket, or a program of its namespace; leaves out those of processes
/// that ended.
fn owned(found: Vec<(u32, SocketRow)>, until: Instant) -> Vec<SocketRow> {
    let inodes: BTreeSet<u64> = found.iter().map(|(_, row)| row.inode).collect();
    let holders = process::holders(&inodes, until);
    let rows = found.into_iter().filter_map(|(pid, row)| {
        let holder = holders.get(&row.inode).copied().unwrap_or(pid);
        let owner = Owner::of(holder, true).or_else(|| Owner::of(pid, true))?;
        Some(SocketRow {
            owner: Some(owner),
            ..row
        })
    });
    rows.collect()
}

/// A number of the network namespace of a process: the inode of a table, of which each namespace has
/// its own. Only root may read the link `ns/net` of others, and everybody may look at their tables.
#[cfg(unix)]
fn namespace_of(process: &str) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    let table = std::fs::metadata(format!("/proc/{process}/net/udp")).ok()?;
    Some(table.ino())
}

#[cfg(not(unix))]
fn namespace_of(_process: &str) -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::namespace_of;

    #[test]
    fn processes_of_one_namespace_have_one_number() {
        let own = namespace_of("self");
        assert!(own.is_some());
        assert_eq!(namespace_of(&std::process::id().to_string()), own);
        assert_eq!(namespace_of("0"), None);
    }
}
