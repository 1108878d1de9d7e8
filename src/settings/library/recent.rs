//! The files of descriptions that were used last.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// The maximum number of files.
const MAX: usize = 8;

/// The paths of files without duplicates, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecentDescriptions {
    paths: Vec<String>,
}

impl RecentDescriptions {
    /// The paths, newest first.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().take(MAX).map(Path::new)
    }

    /// Adds a file that is used now. One whose path is no text is not kept.
    pub fn add(&mut self, path: &Path) {
        let Some(path) = path.to_str() else { return };
        self.paths.retain(|known| known != path);
        self.paths.insert(0, path.to_owned());
        self.paths.truncate(MAX);
    }

    /// Takes a file out of the list.
    pub fn remove(&mut self, path: &Path) {
        self.paths.retain(|known| Path::new(known) != path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_and_only_once() {
        let mut recent = RecentDescriptions::default();
        for number in [1, 2, 1, 3, 4, 5, 6, 7, 8, 9] {
            recent.add(Path::new(&format!("/{number}.ron")));
        }
        let shown: Vec<_> = recent
            .paths()
            .map(|path| path.display().to_string())
            .collect();
        let expected = [9, 8, 7, 6, 5, 4, 3, 1].map(|number| format!("/{number}.ron"));
        assert_eq!(shown, expected);
        recent.remove(Path::new("/9.ron"));
        assert_eq!(recent.paths().next(), Some(Path::new("/8.ron")));
    }
}
