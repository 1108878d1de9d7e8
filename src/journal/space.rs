//! Free disk space.

use std::path::Path;

/// The bytes free to this user on the disk of `folder`, which need not exist yet; `None` if the
/// system does not report them.
#[cfg(target_os = "linux")]
pub fn free_space(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.exists())?;
    let disk = nix::sys::statvfs::statvfs(existing).ok()?;
    Some(disk.blocks_available() * disk.fragment_size())
}

#[cfg(not(target_os = "linux"))]
pub fn free_space(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|folder| folder.exists())?;
    fs4::available_space(existing).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_its_disks_room() {
        let folder = std::env::temp_dir().join("no").join("such");
        assert!(free_space(&folder).is_some_and(|free| free > 0));
    }
}
