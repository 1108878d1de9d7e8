//! Snippets: named messages in groups.

use crate::payload::composition::Composition;
use crate::payload::printable;
use crate::settings::kept_file::{self, Mistake};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// All snippets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snippets {
    pub groups: Vec<SnippetGroup>,
}

/// A named group of snippets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SnippetGroup {
    #[serde(deserialize_with = "printable::name")]
    pub name: String,
    pub snippets: Vec<Snippet>,
}

/// A named message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snippet {
    #[serde(deserialize_with = "printable::name")]
    pub name: String,
    pub composition: Composition,
}

/// A snippet taken out of its group.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovedSnippet {
    /// The name of the group.
    pub group: String,
    pub snippet: Snippet,
}

impl Snippets {
    /// Adds a snippet to the group of this name, which is created if it does not exist.
    pub fn add(&mut self, group: &str, snippet: Snippet) {
        self.insert(group, usize::MAX, snippet);
    }

    /// The same, at this place in the group, or at its end.
    pub fn insert(&mut self, group: &str, at: usize, snippet: Snippet) {
        match self.groups.iter_mut().find(|known| known.name == group) {
            Some(known) => {
                let at = at.min(known.snippets.len());
                known.snippets.insert(at, snippet);
            }
            None => self.groups.push(SnippetGroup {
                name: group.to_owned(),
                snippets: vec![snippet],
            }),
        }
    }

    /// Takes one out of the group at this place; a group with nothing left goes too.
    pub fn remove(&mut self, group: usize, at: usize) -> Option<RemovedSnippet> {
        let of = self.groups.get_mut(group)?;
        let snippet = (at < of.snippets.len()).then(|| of.snippets.remove(at))?;
        let group = of.name.clone();
        self.groups.retain(|group| !group.snippets.is_empty());
        Some(RemovedSnippet { group, snippet })
    }

    /// Adds the snippets of `others` that do not exist yet. Returns how many were added.
    pub fn merge(&mut self, others: Self) -> usize {
        let mut added = 0;
        for group in others.groups {
            for snippet in group.snippets {
                let known = self.groups.iter().find(|known| known.name == group.name);
                if known.is_none_or(|known| !known.snippets.contains(&snippet)) {
                    self.add(&group.name, snippet);
                    added += 1;
                }
            }
        }
        added
    }

    /// Whether no group has a snippet.
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.snippets.is_empty())
    }

    /// Reads a file that [`Self::export`] wrote.
    ///
    /// # Errors
    /// As [`kept_file::import`].
    pub fn import(path: &Path) -> Result<Self, Mistake> {
        kept_file::import(path)
    }

    /// Writes all snippets. An existing file is replaced only if it contains snippets.
    ///
    /// # Errors
    /// As [`kept_file::export`].
    pub fn export(&self, path: &Path) -> Result<(), Mistake> {
        kept_file::export(self, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::kept_file::LONGEST;
    use std::io;

    fn snippet(name: &str) -> Snippet {
        Snippet {
            name: name.into(),
            composition: Composition {
                text: format!("文本 {name} \"\\\n"),
                ..Composition::default()
            },
        }
    }

    fn some() -> Snippets {
        let mut snippets = Snippets::default();
        snippets.add("Modbus", snippet("read"));
        snippets.add("AT", snippet("version"));
        snippets.add("Modbus", snippet("write"));
        snippets
    }

    #[test]
    fn what_is_exported_is_imported_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("片段.ron");
        some().export(&path).unwrap();
        assert_eq!(Snippets::import(&path).unwrap(), some());
    }

    #[test]
    fn only_a_file_of_snippets_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notes");
        std::fs::write(&path, "years").unwrap();
        let refused = some().export(&path).unwrap_err();
        assert!(
            matches!(&refused, Mistake::Io(error) if error.kind() == io::ErrorKind::AlreadyExists)
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "years");
        Snippets::default().export(&dir.path().join("x")).unwrap();
        some().export(&dir.path().join("x")).unwrap();
        assert_eq!(Snippets::import(&dir.path().join("x")).unwrap(), some());
    }

    #[test]
    fn what_could_not_be_imported_again_is_not_exported() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        some().export(&path).unwrap();
        let mut more = some();
        more.groups[0].snippets[0].composition.text = "x".repeat(LONGEST as usize);
        assert!(matches!(more.export(&path), Err(Mistake::TooMuch)));
        assert_eq!(Snippets::import(&path).unwrap(), some());
    }

    #[test]
    fn a_removed_snippet_is_put_back_where_it_was() {
        let mut snippets = some();
        let RemovedSnippet { group, snippet } = snippets.remove(0, 0).unwrap();
        assert_eq!((&*group, &*snippet.name), ("Modbus", "read"));
        snippets.insert(&group, 0, snippet);
        assert_eq!(snippets, some());
        assert!(snippets.remove(0, 2).is_none() && snippets.remove(2, 0).is_none());
        // A group goes with its last snippet, and comes back with it.
        let RemovedSnippet { group, snippet } = snippets.remove(1, 0).unwrap();
        assert_eq!(snippets.groups.len(), 1);
        snippets.insert(&group, 0, snippet);
        assert_eq!(snippets, some());
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_snippets() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        some().export(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("\u{FEFF}{text}")).unwrap();
        assert_eq!(Snippets::import(&path).unwrap(), some());
    }

    #[test]
    fn importing_twice_adds_nothing_the_second_time() {
        let mut snippets = Snippets::default();
        assert_eq!(snippets.merge(some()), 3);
        assert_eq!(snippets.merge(some()), 0);
        assert_eq!(snippets, some());
    }

    #[test]
    fn what_is_no_file_of_snippets_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        assert!(matches!(Snippets::import(&path), Err(Mistake::Io(_))));
        assert!(matches!(Snippets::import(dir.path()), Err(Mistake::Io(_))));
        for bad in ["", "(", "[(name: 7)]", "{\"json\": 1}"] {
            std::fs::write(&path, bad).unwrap();
            assert!(
                matches!(Snippets::import(&path), Err(Mistake::Syntax(_))),
                "{bad}"
            );
        }
        std::fs::write(&path, vec![b' '; (LONGEST + 2) as usize]).unwrap();
        assert!(matches!(Snippets::import(&path), Err(Mistake::TooLong)));
    }
}
