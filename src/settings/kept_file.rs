//! Files in RON of what a person keeps and passes on: snippets, poll tables.

use crate::config::ron_file;
use crate::disk::{self, Existing, Replacement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// The maximum length of a file, in bytes.
pub const LONGEST: u64 = 8 << 20;

/// Why a file cannot be read or written.
#[derive(Debug)]
pub enum Mistake {
    Io(io::Error),
    TooLong,
    /// The content is longer than an import accepts.
    TooMuch,
    /// The error of the RON reader, with line and column.
    Syntax(String),
}

/// Reads a file that [`export`] wrote.
///
/// # Errors
/// The file cannot be read, is longer than [`LONGEST`], or has another content.
pub fn import<T: DeserializeOwned>(path: &Path) -> Result<T, Mistake> {
    let file = disk::open_regular(path).map_err(Mistake::Io)?;
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    let read = read.map_err(Mistake::Io)?;
    if read as u64 > LONGEST {
        return Err(Mistake::TooLong);
    }
    let text = ron_file::without_mark(&text);
    ron_file::parse_kept(text).map_err(|error| Mistake::Syntax(error.to_string()))
}

/// Writes a value as RON, atomically. An existing file is replaced only if it has a value of the
/// same kind.
///
/// # Errors
/// The value is longer than [`LONGEST`], or the system reports an error: `AlreadyExists` for a file
/// of another kind.
pub fn export<T: Serialize + DeserializeOwned>(value: &T, path: &Path) -> Result<(), Mistake> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(value, pretty).map_err(io::Error::other);
    let text = text.map_err(Mistake::Io)?;
    if text.len() as u64 > LONGEST {
        return Err(Mistake::TooMuch);
    }
    let existing = match import::<T>(path) {
        Ok(_) => Existing::Replace,
        Err(_) => Existing::Keep,
    };
    let write = || {
        let mut file = Replacement::create(path, existing)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    write().map_err(Mistake::Io)
}
