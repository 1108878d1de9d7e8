//! The colour theme: light, dark, or the system's.

use serde::{Deserialize, Serialize};

/// The theme that the user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeSetting {
    #[default]
    System,
    Light,
    Dark,
}

impl ThemeSetting {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];
}
