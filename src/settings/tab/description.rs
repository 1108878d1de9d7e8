//! The description by which messages are read into fields.

use super::WrittenPath;
use crate::schema::ReadyMade;
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

impl DescriptionDraft {
    /// The name or the path of the chosen description.
    pub fn written(&self) -> Option<String> {
        match &self.choice {
            DescriptionChoice::None => None,
            DescriptionChoice::ReadyMade(name) => Some(name.clone()),
            DescriptionChoice::File => {
                let path = self.path.path()?;
                Some(path.to_string_lossy().into_owned())
            }
        }
    }

    /// The draft of a name or a path.
    pub fn of(written: Option<&str>) -> Self {
        let choice = match written {
            None => DescriptionChoice::None,
            Some(name) if ReadyMade::named(name).is_some() => {
                DescriptionChoice::ReadyMade(name.to_owned())
            }
            Some(_) => DescriptionChoice::File,
        };
        let mut path = WrittenPath::default();
        if choice == DescriptionChoice::File {
            path.text = written.unwrap_or_default().to_owned();
        }
        Self { choice, path }
    }
}
