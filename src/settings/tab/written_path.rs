//! A file path as it was typed or pasted.

use crate::disk::path_of;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A typed path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrittenPath {
    pub text: String,
}

impl WrittenPath {
    /// Replaces the text by a path.
    pub fn set(&mut self, path: &Path) {
        self.text = path.display().to_string();
    }

    /// The path; `None` for an empty text. A leading `~/` is the home folder.
    pub fn path(&self) -> Option<PathBuf> {
        // A path pasted from a file manager or a shell may have quotes.
        let text = self.text.trim().trim_matches('"').trim_matches('\'');
        let home = text.strip_prefix("~/").zip(etcetera::home_dir().ok());
        match home {
            Some((rest, home)) => Some(home.join(rest)),
            None => (!text.is_empty()).then(|| path_of(text)),
        }
    }

    /// As [`Self::path`], for a file to write. The extension is added if the path has none and does
    /// not exist.
    pub fn path_to_write(&self, extension: &str) -> Option<PathBuf> {
        let mut path = self.path()?;
        if path.extension().is_none() && !path.exists() {
            path.set_extension(extension);
        }
        Some(path)
    }

    /// The extension of the path.
    pub fn extension(&self) -> Option<String> {
        let path = self.path()?;
        Some(path.extension()?.to_string_lossy().into_owned())
    }

    /// Replaces the extension of the path, if it has one.
    pub fn set_extension(&mut self, extension: &str) {
        if let Some(path) = self.path().filter(|path| path.extension().is_some()) {
            self.set(&path.with_extension(extension));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<PathBuf> {
        let text = text.into();
        WrittenPath { text }.path()
    }

    #[test]
    fn paths_are_taken_as_they_are_pasted() {
        let plain = Some(PathBuf::from("/tmp/a b.bin"));
        for text in [
            "/tmp/a b.bin",
            " '/tmp/a b.bin' ",
            "\"/tmp/a b.bin\"",
            "file:///tmp/a b.bin",
        ] {
            assert_eq!(path(text), plain, "{text}");
        }
        assert_eq!(path("  "), None);
        assert!(path("~/x").is_some_and(|path| path.ends_with("x") && path.is_absolute()));
    }
}
