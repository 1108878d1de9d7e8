//! The colour theme: light, dark, or the system's.

use serde::{Deserialize, Serialize};

/// The theme that the user chose.
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
