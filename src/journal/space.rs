//! How much room a disk has.

use std::path::Path;

/// Bytes free to this user where `folder` is, or will be; `None` where the system does
/// not tell.
#[cfg(target_os = "linux")]
pub fn free_space(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.exists())?;
    let disk = nix::sys::statvfs::statvfs(existing).ok()?;
    Some(disk.blocks_available() * disk.fragment_size())
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub fn free_space(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_is_not_there_yet_has_its_disks_room() {
        assert!(free_space(Path::new("/no/such/folder")).is_some_and(|free| free > 0));
    }
}
