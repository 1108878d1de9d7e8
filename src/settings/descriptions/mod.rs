//! The descriptions that a person keeps: files in a folder beside the settings, each under the name
//! of its file.

mod change;
mod name;
mod template;
#[cfg(test)]
mod tests;

pub use change::{DeletedDescription, export, save};
pub use name::BadName;

use crate::config::{DescriptionProblem, description};
use name::check;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the folder.
const FOLDER: &str = "descriptions";
/// What the files of descriptions end in. Of two files of one name, that with the first is meant.
pub const EXTENSIONS: [&str; 2] = ["ron", "ksy"];
/// The most files that are listed.
const MOST: usize = 500;

/// The folder of the descriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionFolder {
    path: PathBuf,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnDescription {
    pub name: String,
    pub path: PathBuf,
    /// The name of the protocol, or why the file cannot be used.
    pub read: Result<String, DescriptionProblem>,
}

/// The files in it, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnDescriptions {
    pub list: Vec<OwnDescription>,
    /// Whether there are more than are listed.
    pub is_cut: bool,
}

/// Why a file of the folder cannot be made or changed.
#[derive(Debug)]
pub enum FolderProblem {
    Io(io::Error),
    Name(BadName),
    /// A file of another kind than a description.
    Extension,
    /// A description of this name is there.
    Taken(String),
    /// The file is not in the folder.
    Elsewhere,
}

impl From<io::Error> for FolderProblem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl DescriptionFolder {
    /// The one beside the settings in this folder. It need not exist.
    pub fn beside(settings: &Path) -> Self {
        Self {
            path: settings.join(FOLDER),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of this name.
    pub fn named(&self, name: &str) -> Option<PathBuf> {
        check(name).ok()?;
        let paths = EXTENSIONS.map(|extension| self.file(name, extension));
        paths.into_iter().find(|path| path.is_file())
    }

    /// Reads all files, which takes as long as the disk takes.
    ///
    /// # Errors
    /// The folder cannot be read. One that does not exist is empty.
    pub fn read(&self) -> io::Result<OwnDescriptions> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
            entries => entries?,
        };
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if extension(&path).is_some() && paths.len() <= MOST {
                paths.push(path);
            }
        }
        let is_cut = paths.len() > MOST;
        paths.sort();
        paths.truncate(MOST);
        let list = paths.into_iter().filter_map(|path| {
            Some(OwnDescription {
                name: path.file_stem()?.to_str()?.to_owned(),
                read: description::at(&path).map(|schema| schema.name().to_owned()),
                path,
            })
        });
        Ok(OwnDescriptions {
            list: list.collect(),
            is_cut,
        })
    }

    fn file(&self, name: &str, extension: &str) -> PathBuf {
        self.path.join(format!("{name}.{extension}"))
    }
}

/// What the file of a description ends in; `None` for other files.
fn extension(path: &Path) -> Option<&'static str> {
    let found = path.extension()?;
    let mut known = EXTENSIONS.into_iter();
    known.find(|known| found.eq_ignore_ascii_case(known))
}
