//! Making, renaming and deleting files of the folder. All of it takes as long as the disk takes.

use super::name::{candidates, check};
use super::template::template;
use super::{BadName, DescriptionFolder, EXTENSIONS, FolderProblem, extension};
use crate::config::ron_file;
use crate::disk::{self, Existing, Replacement};
use crate::schema::ReadyMade;
use crate::settings::kept_file::LONGEST;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A file that was deleted, with all that was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedDescription {
    path: PathBuf,
    content: Vec<u8>,
}

impl DeletedDescription {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl DescriptionFolder {
    /// Whether the file at this path is one of the folder.
    pub fn has(&self, path: &Path) -> bool {
        path.parent() == Some(self.path()) && extension(path).is_some()
    }

    /// Makes a small description under this name, to be edited.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn begin(&self, name: &str) -> Result<PathBuf, FolderProblem> {
        self.add(name, &template(name))
    }

    /// Makes a copy of a ready-made description, under the first name like its own that is free.
    ///
    /// # Errors
    /// The system's error.
    pub fn copy(&self, ready: ReadyMade) -> Result<PathBuf, FolderProblem> {
        self.add_free(ready.name, "ron", ready.text.as_bytes())
    }

    /// Makes a description in RON with this text.
    ///
    /// # Errors
    /// The name is no name or taken, or the system's error.
    pub fn add(&self, name: &str, text: &str) -> Result<PathBuf, FolderProblem> {
        self.add_as(name, "ron", text.as_bytes())
    }

    /// Copies the file at this path into the folder, under the first name like its own that is
    /// free.
    ///
    /// # Errors
    /// It is no description by its name, is no regular file, is longer than [`LONGEST`], or the
    /// system's error.
    pub fn import(&self, from: &Path) -> Result<PathBuf, FolderProblem> {
        let extension = extension(from).ok_or(FolderProblem::Extension)?;
        let content = whole(from)?;
        let stem = from.file_stem().unwrap_or_default();
        self.add_free(&stem.to_string_lossy(), extension, &content)
    }

    fn add_free(
        &self,
        name: &str,
        extension: &str,
        content: &[u8],
    ) -> Result<PathBuf, FolderProblem> {
        for name in candidates(name) {
            match self.add_as(&name, extension, content) {
                // One of a ready-made description gets a number too.
                Err(FolderProblem::Taken(_) | FolderProblem::Name(BadName::ReadyMade)) => {}
                done => return done,
            }
        }
        Err(FolderProblem::Taken(name.to_owned()))
    }

    /// Gives a file of the folder another name. Returns its new path.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn rename(&self, path: &Path, name: &str) -> Result<PathBuf, FolderProblem> {
        let extension = self.extension_of(path)?;
        check(name).map_err(FolderProblem::Name)?;
        let to = self.file(name, extension);
        if to == path {
            return Ok(to);
        }
        if self.is_taken(name) {
            return Err(FolderProblem::Taken(name.to_owned()));
        }
        disk::move_to_free(path, &to).map_err(|error| taken(name, error))?;
        Ok(to)
    }

    /// Deletes a file of the folder, once all of it was read: what is not a regular file, or is
    /// too long to be had back, stays.
    ///
    /// # Errors
    /// The file is not in the folder, or the system's error.
    pub fn delete(&self, path: &Path) -> Result<DeletedDescription, FolderProblem> {
        self.extension_of(path)?;
        // A link is something else than its file.
        if !fs::symlink_metadata(path)?.is_file() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
        }
        let content = whole(path)?;
        fs::remove_file(path)?;
        let path = path.to_owned();
        Ok(DeletedDescription { path, content })
    }

    /// Makes a deleted file again.
    ///
    /// # Errors
    /// Another one has its name now, or the system's error.
    pub fn restore(&self, deleted: &DeletedDescription) -> Result<PathBuf, FolderProblem> {
        let extension = self.extension_of(&deleted.path)?;
        let name = deleted.path.file_stem().unwrap_or_default();
        self.add_as(&name.to_string_lossy(), extension, &deleted.content)
    }

    fn add_as(
        &self,
        name: &str,
        extension: &str,
        content: &[u8],
    ) -> Result<PathBuf, FolderProblem> {
        check(name).map_err(FolderProblem::Name)?;
        if self.is_taken(name) {
            return Err(FolderProblem::Taken(name.to_owned()));
        }
        disk::private_folders(self.path())?;
        let path = self.file(name, extension);
        write(&path, Existing::Keep, content).map_err(|error| taken(name, error))?;
        Ok(path)
    }

    fn is_taken(&self, name: &str) -> bool {
        let paths = EXTENSIONS.map(|extension| self.file(name, extension));
        paths.iter().any(|path| fs::symlink_metadata(path).is_ok())
    }

    fn extension_of(&self, path: &Path) -> Result<&'static str, FolderProblem> {
        let known = extension(path).filter(|_| self.has(path));
        known.ok_or(FolderProblem::Elsewhere)
    }
}

/// Copies the file of a description to another place, where no file is.
///
/// # Errors
/// As [`DescriptionFolder::import`]; `AlreadyExists` for a file that is there.
pub fn export(from: &Path, to: &Path) -> io::Result<()> {
    write(to, Existing::Keep, &whole(from)?)
}

/// Replaces the file at this path by a text. Where `known` is given, the file is to have that
/// content; returns `false`, and changes nothing, where it has another one.
///
/// # Errors
/// The file cannot be read, or the system's error.
pub fn save(path: &Path, known: Option<&str>, text: &str) -> io::Result<bool> {
    if let Some(known) = known {
        match ron_file::regular_text(path) {
            Ok(now) if now == known => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    write(path, Existing::Replace, text.as_bytes())?;
    Ok(true)
}

fn write(path: &Path, existing: Existing, content: &[u8]) -> io::Result<()> {
    let mut file = Replacement::create(path, existing)?;
    file.write_all(content)?;
    file.finish()
}

fn taken(name: &str, error: io::Error) -> FolderProblem {
    match error.kind() {
        io::ErrorKind::AlreadyExists => FolderProblem::Taken(name.to_owned()),
        _ => FolderProblem::Io(error),
    }
}

/// All of a regular file.
fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let file = disk::open_regular(path)?;
    let length = file.take(LONGEST + 1).read_to_end(&mut content)?;
    if length as u64 > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}
