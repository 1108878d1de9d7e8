//! The description by which messages are read into fields.

use super::WrittenPath;
use serde::{Deserialize, Serialize};

/// The chosen description, and the file of one, so that it survives a change of the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescriptionDraft {
    pub choice: DescriptionChoice,
    pub path: WrittenPath,
}

/// Where the description comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DescriptionChoice {
    /// Messages are not read into fields.
    #[default]
    None,
    /// The ready-made one of this name.
    ReadyMade(String),
    File,
}
