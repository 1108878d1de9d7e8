//! Light or dark.

use serde::{Deserialize, Serialize};

/// Which of the two the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    #[default]
    System,
    Light,
    Dark,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];
}
