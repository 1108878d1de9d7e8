//! Files that are replaced as a whole.

use super::sync_ahead::SyncAhead;
use super::{move_to_free, private_file, sync_name};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is written beside its final place and moved there as a whole. Dropped
/// unfinished, it is removed, and an existing file stays unchanged.
#[derive(Debug)]
pub struct Replacement {
    file: Option<BufWriter<File>>,
    ahead: SyncAhead,
    /// The path where it is written.
    new: PathBuf,
    /// The final path; the target of a symbolic link.
    path: PathBuf,
    existing: Existing,
}

/// Random names tried for the file beside it.
const TRIES: u32 = 100;

/// Whether an existing file may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

impl Replacement {
    /// Begins to write the file at `path`. Only its owner may read it, unless it replaces a
    /// file, whose permissions it takes over.
    ///
    /// # Errors
    /// `AlreadyExists` for a file to keep, `InvalidInput` for a folder, a pipe or a device,
    /// `NotFound` for a dangling link, and those of the system.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let mut kept = None;
        match fs::metadata(path) {
            Ok(known) if !known.is_file() => return Err(io::ErrorKind::InvalidInput.into()),
            Ok(_) if existing == Existing::Keep => return Err(io::ErrorKind::AlreadyExists.into()),
            Ok(known) => {
                kept = Some(known.permissions());
                // The folder may be writable while the file is not.
                fs::OpenOptions::new().append(true).open(path)?;
            }
            // A dangling link would be replaced by a file.
            Err(_) if path.is_symlink() => return Err(io::ErrorKind::NotFound.into()),
            Err(_) => {}
        }
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (file, new) = beside(&path)?;
        let begun = Self {
            file: Some(BufWriter::with_capacity(256 << 10, file)),
            ahead: SyncAhead::default(),
            new,
            path,
            existing,
        };
        if let (Some(permissions), Some(file)) = (kept, &begun.file) {
            file.get_ref().set_permissions(permissions)?;
        }
        Ok(begun)
    }

    /// Moves the file to its place, once all of it is on the disk. Afterwards its name is there,
    /// too: whoever reports the file as written is right even if power is lost then.
    ///
    /// # Errors
    /// Those of the system; then nothing has changed, unless the disk refused only the name.
    /// `AlreadyExists` if a file to keep appeared meanwhile.
    pub fn finish(self) -> io::Result<()> {
        self.finish_if(|| true).map(|_| ())
    }

    /// Like [`finish`](Self::finish), but asks `wanted` once all of it is on the disk, which
    /// may take long. Returns whether the file was moved.
    ///
    /// # Errors
    /// Those of [`Self::finish`].
    pub fn finish_if(mut self, wanted: impl FnOnce() -> bool) -> io::Result<bool> {
        if let Some(file) = &mut self.file {
            file.flush()?;
            self.ahead.finish()?;
            file.get_ref().sync_all()?;
        }
        if !wanted() {
            return Ok(false);
        }
        // Not every system can rename an open file.
        self.close();
        match self.existing {
            Existing::Replace => fs::rename(&self.new, &self.path)?,
            Existing::Keep => move_to_free(&self.new, &self.path)?,
        }
        sync_name(&self.path)?;
        Ok(true)
    }

    /// Like [`finish`](Self::finish), but keeps the replaced file as `….bak`.
    ///
    /// # Errors
    /// Those of [`Self::finish`] and of the backup.
    pub fn finish_with_backup(self) -> io::Result<()> {
        let (path, mut kept) = (self.path.clone(), Ok(()));
        self.finish_if(|| {
            if path.exists() {
                kept = keep(&path);
            }
            kept.is_ok()
        })?;
        kept
    }

    fn close(&mut self) {
        if let Some(file) = self.file.take() {
            // Dropping the writer itself would write its buffer again.
            drop(file.into_parts());
        }
    }
}

/// Keeps the present content of `file` as `….bak`.
fn keep(file: &Path) -> io::Result<()> {
    let mut backup = file.as_os_str().to_owned();
    backup.push(".bak");
    match fs::remove_file(&backup) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // On a file system without hard links, it is a copy.
    fs::hard_link(file, &backup).or_else(|_| fs::copy(file, &backup).map(|_| ()))
}

/// A new file beside `path`, for its owner alone. Its name is random, and an existing file is
/// never opened: it may be a link, or belong to another program.
fn beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut options = private_file();
    options.write(true).create_new(true);
    for _ in 0..TRIES {
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{:016x}.part", fastrand::u64(..)));
        let new = path.with_file_name(beside);
        match options.open(&new) {
            Ok(file) => return Ok((file, new)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => {
                let written = file.write(bytes)?;
                self.ahead.wrote(written as u64, file.get_ref());
                Ok(written)
            }
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        self.close();
        // After a rename, the file is already gone.
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
    fn what_is_replaced_can_be_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        for text in ["first", "second", "third"] {
            let mut file = Replacement::create(&path, Existing::Replace).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.finish_with_backup().unwrap();
        }
        let read = |name| fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!([read("a.txt"), read("a.txt.bak")], ["third", "second"]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_came_there_meanwhile_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        let mut ours = Replacement::create(&path, Existing::Keep).unwrap();
        ours.write_all(b"ours").unwrap();
        fs::write(&path, "theirs").unwrap();
        let refused = ours.finish().unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_longer_wanted_at_the_end_is_not_put_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        write(&path, Existing::Keep, "old").unwrap();
        let mut new = Replacement::create(&path, Existing::Replace).unwrap();
        new.write_all(b"new").unwrap();
        assert!(!new.finish_if(|| false).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_way_of_the_file_beside_it_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (path, victim) = (dir.path().join("a.txt"), dir.path().join("victim"));
        fs::write(&victim, "precious").unwrap();
        // Before, the name could be predicted.
        let foreseen = format!(".a.txt.{}.part", std::process::id());
        std::os::unix::fs::symlink(&victim, dir.path().join(&foreseen)).unwrap();
        write(&path, Existing::Keep, "ours").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert!(dir.path().join(&foreseen).is_symlink());
        let (a, b) = (beside(&path).unwrap().1, beside(&path).unwrap().1);
        assert_ne!(a, b);
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
