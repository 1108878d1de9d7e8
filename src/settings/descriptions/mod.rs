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

    /// The file of this name. Something that is no regular file is found, too, so that reading it
    /// says why it cannot be used.
    pub fn named(&self, name: &str) -> Option<PathBuf> {
        check(name).ok()?;
        let paths = EXTENSIONS.map(|extension| self.file(name, extension));
        let usual = paths.into_iter().find(|path| path.is_file());
        usual.or_else(|| self.otherwise_named(name))
    }

    /// The first file of this name that ends in other letters, such as `.RON`, or is not regular.
    fn otherwise_named(&self, name: &str) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.path).ok()?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let is_it = |path: &PathBuf| extension(path).is_some() && stem(path) == Some(name);
        let ranked = paths.filter(is_it).map(|path| (!path.is_file(), path));
        ranked.min().map(|(_, path)| path)
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
            if is_listed(&path) && paths.len() <= MOST {
                paths.push(path);
            }
        }
        let is_cut = paths.len() > MOST;
        paths.sort();
        paths.truncate(MOST);
        let list = paths.into_iter().filter_map(|path| {
            Some(OwnDescription {
                name: stem(&path)?.to_owned(),
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

/// Whether a file is one of a description: its name may be one, or that of a ready-made one, which
/// is meant by it then.
fn is_listed(path: &Path) -> bool {
    let name = stem(path).filter(|_| extension(path).is_some());
    name.is_some_and(|name| matches!(check(name), Ok(()) | Err(BadName::ReadyMade)))
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

/// What the file of a description ends in; `None` for other files.
fn extension(path: &Path) -> Option<&'static str> {
    let found = path.extension()?;
    let mut known = EXTENSIONS.into_iter();
    known.find(|known| found.eq_ignore_ascii_case(known))
}
