//! Atomic replacement of files, private files and folders, and paths as people paste them.

mod replacement;
mod sync_ahead;

pub use replacement::{Existing, Replacement};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A path as people paste it: literal, or as a `file:` URL of this machine (RFC 8089), in which
/// bytes may be written as `%20`.
pub fn path_of(text: &str) -> PathBuf {
    let Some(rest) = text
        .strip_prefix("file:")
        .filter(|rest| rest.starts_with('/'))
    else {
        return PathBuf::from(text);
    };
    let rest = match rest.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").unwrap_or(rest),
        // `file:/path`, as some programs write it.
        None => rest,
    };
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(rest).collect();
    of_bytes(bytes)
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes))
}

#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    let text = String::from_utf8_lossy(&bytes);
    // In `/C:/x`, the path begins with the drive.
    let text = match text.as_bytes() {
        [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => text.trim_start_matches('/'),
        _ => &text,
    };
    PathBuf::from(text)
}

/// Opens a regular file to read it. A FIFO would block until a program writes to it (fifo(7)), and
/// a device may have no end.
///
/// # Errors
/// `IsADirectory` for a folder, `InvalidInput` for anything else that is no file, and those of the
/// system.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let known = fs::metadata(path)?;
    if known.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !known.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)
}

/// Moves a file within its file system to a path that is free.
///
/// # Errors
/// `AlreadyExists` for a path that is taken, and those of the system; then nothing has changed.
pub fn move_to_free(from: &Path, to: &Path) -> io::Result<()> {
    // Renaming would replace a file that appeared there.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from).inspect_err(|_| {
            fs::remove_file(to).ok();
        }),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // On a file system without hard links, a check must do.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// Brings the name of a new or moved file to the disk: syncing the file alone does not (fsync(2)).
/// A folder that this user cannot read, or that its file system cannot sync, is left to the system.
///
/// # Errors
/// The disk refused the folder: after a loss of power, the file may have its old name or none.
#[cfg(unix)]
pub fn sync_name(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) else {
        return Ok(());
    };
    match folder.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Only Unix can open a folder as a file.
#[cfg(not(unix))]
pub fn sync_name(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a new folder that only its owner may enter.
///
/// # Errors
/// Those of the system; `AlreadyExists` if it exists.
pub fn private_folder(path: &Path) -> io::Result<()> {
    private().create(path)
}

/// Makes a folder that only its owner may enter, with its missing parents.
///
/// # Errors
/// Those of the system; `NotADirectory` if a file has that name.
pub fn private_folders(path: &Path) -> io::Result<()> {
    let made = private().recursive(true).create(path);
    made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })
}

/// Options for a new file that only its owner may read and write, since it contains typed, recorded
/// or logged data.
#[cfg(unix)]
pub fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Options for a new file. On Windows the folders of a user are private already.
#[cfg(not(unix))]
pub fn private_file() -> fs::OpenOptions {
    fs::OpenOptions::new()
}

/// Takes the permissions of all but the owner away from an existing file.
///
/// # Errors
/// Those of the system: another user owns the file.
#[cfg(unix)]
pub fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut permissions = fs::metadata(path)?.permissions();
    let mode = permissions.mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(mode & 0o700);
    fs::set_permissions(path, permissions)
}

#[cfg(not(unix))]
pub fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(not(unix))]
fn private() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_files_are_opened_and_a_fifo_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let fifo = dir.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let kind = |path: &Path| open_regular(path).unwrap_err().kind();
        assert_eq!(kind(&fifo), io::ErrorKind::InvalidInput);
        assert_eq!(kind(Path::new("/dev/zero")), io::ErrorKind::InvalidInput);
        assert_eq!(kind(dir.path()), io::ErrorKind::IsADirectory);
    }

    #[test]
    fn a_file_is_not_moved_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other, free] = ["one", "other", "free"].map(|name| dir.path().join(name));
        fs::write(&one, "1").unwrap();
        fs::write(&other, "2").unwrap();
        let refused = move_to_free(&one, &other).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        move_to_free(&one, &free).unwrap();
        assert_eq!(fs::read_to_string(&free).unwrap(), "1");
        assert_eq!(fs::read_to_string(&other).unwrap(), "2");
        assert!(!one.exists());
    }

    #[test]
    fn the_name_of_a_file_is_synced_wherever_it_is() {
        let dir = tempfile::tempdir().unwrap();
        sync_name(&dir.path().join("a.txt")).unwrap();
        // In the current folder, and in one that is gone.
        sync_name(Path::new("a.txt")).unwrap();
        sync_name(&dir.path().join("no").join("a.txt")).unwrap();
    }

    #[test]
    fn urls_of_files_are_paths() {
        for (text, path) in [
            ("/a b", "/a b"),
            ("a%20b", "a%20b"),
            ("file:///home/me/a%20b.pcapng", "/home/me/a b.pcapng"),
            ("file://localhost/%E4%BD%A0", "/你"),
            ("file:/a%20b", "/a b"),
            ("file:a%20b", "file:a%20b"),
            ("file:///localhost", "/localhost"),
        ] {
            assert_eq!(path_of(text), PathBuf::from(path));
        }
    }
}
