//! A poll table: requests that are sent periodically, and the fields of their replies to show.

use crate::payload::composition::Composition;
use crate::payload::printable;
use crate::settings::kept_file::{self, Mistake};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The most lines of a table.
pub const MOST_POLLS: usize = 200;

/// The lines of a poll table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollDraft {
    pub lines: Vec<PollLineDraft>,
    /// Whether a request may be sent while another one waits for its reply.
    pub overlaps: bool,
}

/// A line of a poll table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollLineDraft {
    /// Tells the lines of a table apart: see [`PollDraft::number`].
    pub id: u32,
    #[serde(deserialize_with = "printable::name")]
    pub name: String,
    pub on: bool,
    pub request: PollRequestDraft,
    /// In milliseconds.
    pub period: u64,
    /// How long a reply may take, in milliseconds.
    pub timeout: u64,
    /// The paths of the fields to show, with commas between them; all of the reply if empty.
    pub show: String,
}

/// The request of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PollRequestDraft {
    Written(Composition),
    /// A message of the description with these values of fields, by their paths; those that begin
    /// with `=` are computed.
    Fields(BTreeMap<String, String>),
}

/// The content of a file with a table.
#[derive(Debug, Serialize, Deserialize)]
struct PollFile {
    polls: Vec<PollLineDraft>,
}

impl Default for PollRequestDraft {
    fn default() -> Self {
        Self::Written(Composition::default())
    }
}

impl Default for PollLineDraft {
    fn default() -> Self {
        Self {
            id: 0,
            name: String::new(),
            on: true,
            request: PollRequestDraft::default(),
            period: 1000,
            timeout: 1000,
            show: String::new(),
        }
    }
}

impl PollLineDraft {
    /// The paths of the fields to show.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = self.show.split([',', '，', '、']).map(str::trim);
        paths.filter(|path| !path.is_empty())
    }
}

impl PollDraft {
    /// Adds a line behind the others, unless there are as many as there may be.
    pub fn add(&mut self, line: PollLineDraft) {
        if self.lines.len() < MOST_POLLS {
            self.lines.push(PollLineDraft { id: 0, ..line });
            self.number();
        }
    }

    /// Gives lines without an id, or with that of an earlier one, an id of their own.
    pub fn number(&mut self) {
        let mut known = BTreeSet::from([0]);
        let last = self.lines.iter().map(|line| line.id).max().unwrap_or(0);
        let mut next = last.wrapping_add(1);
        for line in &mut self.lines {
            while !known.insert(line.id) {
                line.id = next;
                next = next.wrapping_add(1);
            }
        }
    }

    /// The lines of a file that [`Self::export`] wrote.
    ///
    /// # Errors
    /// As [`kept_file::import`].
    pub fn import(path: &Path) -> Result<Vec<PollLineDraft>, Mistake> {
        let file: PollFile = kept_file::import(path)?;
        Ok(file.polls)
    }

    /// Writes all lines. An existing file is replaced only if it has a table.
    ///
    /// # Errors
    /// As [`kept_file::export`].
    pub fn export(&self, path: &Path) -> Result<(), Mistake> {
        let polls = self.lines.clone();
        kept_file::export(&PollFile { polls }, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> PollDraft {
        let mut table = PollDraft::default();
        for request in [
            PollRequestDraft::default(),
            PollRequestDraft::Fields(BTreeMap::from([("unit".into(), "= count".into())])),
        ] {
            table.add(PollLineDraft {
                name: "温度".into(),
                request,
                show: "temp".into(),
                ..PollLineDraft::default()
            });
        }
        table
    }

    #[test]
    fn what_is_exported_is_imported_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("表.ron");
        table().export(&path).unwrap();
        assert_eq!(PollDraft::import(&path).unwrap(), table().lines);
        PollDraft::default().export(&path).unwrap();
        // A file of something else stays.
        std::fs::write(&path, "[(name: \"AT\", snippets: [])]").unwrap();
        assert!(matches!(table().export(&path), Err(Mistake::Io(_))));
        assert!(matches!(PollDraft::import(&path), Err(Mistake::Syntax(_))));
    }

    #[test]
    fn every_line_has_an_id_of_its_own() {
        let mut table = table();
        assert_eq!(table.lines.iter().map(|line| line.id).sum::<u32>(), 3);
        let [first, second] = &mut table.lines[..] else {
            panic!("two lines");
        };
        (first.id, second.id) = (u32::MAX, u32::MAX);
        table.add(PollLineDraft::default());
        let ids: BTreeSet<u32> = table.lines.iter().map(|line| line.id).collect();
        assert_eq!((ids.len(), ids.contains(&0)), (3, false));
        assert_eq!(table.lines[0].id, u32::MAX, "the first one keeps it");
        for _ in 0..MOST_POLLS {
            table.add(PollLineDraft::default());
        }
        assert_eq!(table.lines.len(), MOST_POLLS);
    }

    #[test]
    fn paths_stand_between_commas_of_either_width() {
        let line = PollLineDraft {
            show: " temp, body.values[0]，，hum、".into(),
            ..PollLineDraft::default()
        };
        let paths: Vec<&str> = line.paths().collect();
        assert_eq!(paths, ["temp", "body.values[0]", "hum"]);
    }
}
