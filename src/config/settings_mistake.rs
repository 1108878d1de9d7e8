//! Why a settings file cannot be used.

use super::FileMistake;
use std::io;
use std::path::PathBuf;

/// A settings file that could not be used, and where it is now.
#[derive(Debug)]
pub struct SetAside {
    pub path: PathBuf,
    pub mistake: SettingsMistake,
}

/// Why a settings file cannot be used. `Display` says it in English, for whoever prints an
/// error without knowing a language.
#[derive(Debug)]
pub enum SettingsMistake {
    /// It cannot be read; `InvalidData` is no UTF-8, `UnexpectedEof` is empty.
    Io(io::Error),
    /// It is a folder, a pipe or a device.
    NotFile,
    TooLarge,
    /// A later version of this program wrote it.
    Newer,
    Syntax(Box<FileMistake>),
}

impl SettingsMistake {
    /// The mistake that this error stands for, if it does.
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
