//! Floor 2: files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file under another name beside the one it is to become. Dropped unfinished, it is
/// removed, and what was there stays as it was.
#[derive(Debug)]
pub struct Replacement {
    file: Option<BufWriter<File>>,
    /// Where it is written.
    new: PathBuf,
    /// What it is to become; a link's own target.
    path: PathBuf,
}

/// Whether a file that is already there may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

impl Replacement {
    /// Begins to write what is to be the file at `path`: readable by its owner only, or as
    /// the one it replaces is.
    ///
    /// # Errors
    /// `AlreadyExists` for a file that is to be kept, `InvalidInput` for a folder, a pipe
    /// or a device, and what the system says of writing there.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let mut kept = None;
        match fs::metadata(path) {
            Ok(known) if !known.is_file() => return Err(io::ErrorKind::InvalidInput.into()),
            Ok(_) if existing == Existing::Keep => return Err(io::ErrorKind::AlreadyExists.into()),
            Ok(known) => {
                kept = Some(known.permissions());
                // Its folder may be writable while it is not.
                fs::OpenOptions::new().append(true).open(path)?;
            }
            // A link that leads nowhere would be replaced by a file.
            Err(_) if path.is_symlink() => return Err(io::ErrorKind::NotFound.into()),
            Err(_) => {}
        }
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.part", std::process::id()));
        let new = path.with_file_name(beside);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&new)?;
        if let Some(permissions) = kept {
            file.set_permissions(permissions)?;
        }
        let file = Some(BufWriter::with_capacity(256 << 10, file));
        Ok(Self { file, new, path })
    }

    /// Puts it in its place, all of it on the disk.
    ///
    /// # Errors
    /// What the system says; then nothing has changed.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&self.new, &self.path)
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        self.file = None;
        // Gone already if it was put in its place.
        fs::remove_file(&self.new).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, existing: Existing, text: &str) -> io::Result<()> {
        let mut file = Replacement::create(path, existing)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    }

    #[test]
    fn it_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        let mut half = Replacement::create(&path, Existing::Keep).unwrap();
        half.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(half);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        write(&path, Existing::Keep, "whole").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
    }

    #[test]
    fn what_is_there_goes_only_if_it_may() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        write(&path, Existing::Keep, "old").unwrap();
        let refused = write(&path, Existing::Keep, "new").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        write(&path, Existing::Replace, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn folders_are_no_files() {
        let dir = tempfile::tempdir().unwrap();
        let refused = write(dir.path(), Existing::Replace, "x").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        let missing = dir.path().join("no").join("a.txt");
        assert!(write(&missing, Existing::Keep, "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("a.txt"), dir.path().join("link"));
        write(&path, Existing::Keep, "old").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        symlink(&path, &link).unwrap();
        let refused = write(&link, Existing::Keep, "new").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write(&link, Existing::Replace, "new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        let dangling = dir.path().join("dangling");
        symlink(dir.path().join("nowhere"), &dangling).unwrap();
        assert!(write(&dangling, Existing::Replace, "x").is_err());
    }
}
