//! The fields that are plotted.

use serde::{Deserialize, Serialize};

/// The settings of plotting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotDraft {
    /// The paths of the fields, or the names of numbers in text.
    pub fields: Vec<String>,
    /// The field along the x axis; `None` for time.
    pub across: Option<String>,
    /// The seconds in sight before the newest point; 0 for all.
    pub seconds: u32,
    /// Whether each peer has a curve of its own.
    pub by_peer: bool,
    /// Whether the last values are shown in large type in place of the curves.
    pub large: bool,
}
