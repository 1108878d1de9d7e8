//! Who has which socket.

use super::owner::Owner;
use super::sockets::SocketRow;
use crate::engine::sys::process;
use std::collections::BTreeSet;
use std::time::Instant;

/// Finds the owners of sockets of this network namespace. One that is not visible, or not found by
/// `until`, stays unknown.
pub(super) fn find<'a>(rows: impl Iterator<Item = &'a mut SocketRow>, until: Instant) {
    let mut rows: Vec<&mut SocketRow> = rows.filter(|row| row.inode != 0).collect();
    let inodes: BTreeSet<u64> = rows.iter().map(|row| row.inode).collect();
    let holders = process::holders(&inodes, until);
    for row in &mut rows {
        let holder = holders.get(&row.inode);
        row.owner = holder.and_then(|&pid| Owner::of(pid, false));
    }
}
