//! Why a settings file cannot be used.

use super::FileMistake;
use std::io;
use std::path::PathBuf;

/// A settings file that could not be used and was moved aside, with its new path.
#[derive(Debug)]
pub struct SetAside {
    pub path: PathBuf,
    pub mistake: SettingsMistake,
}

/// Why a settings file cannot be used. `Display` words it in English, for callers without a
/// language.
#[derive(Debug)]
pub enum SettingsMistake {
    /// It cannot be read; `InvalidData` means that it is not UTF-8, `UnexpectedEof` that it is
    /// empty.
    Io(io::Error),
    /// It is a folder, a pipe or a device.
    NotFile,
    TooLarge,
    /// A later version of this program wrote it.
    Newer,
    Syntax(Box<FileMistake>),
}

impl SettingsMistake {
    /// The mistake inside an I/O error, if there is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref::<Self>()
    }
}

impl std::error::Error for SettingsMistake {}

impl From<SettingsMistake> for io::Error {
    fn from(mistake: SettingsMistake) -> Self {
        Self::other(mistake)
    }
}
