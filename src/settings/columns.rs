//! The columns of the log: which are shown, and how wide.

use serde::{Deserialize, Serialize};

/// Widths of the log's columns, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnWidths {
    pub time: f32,
    /// The column of the time since the previous row.
    pub gap: f32,
    pub peer: f32,
    pub length: f32,
    pub shown: ShownColumns,
}

/// Whether each column is shown where there is room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShownColumns {
    pub time: bool,
    pub gap: bool,
    pub peer: bool,
    pub length: bool,
}

impl Default for ShownColumns {
    fn default() -> Self {
        Self {
            time: true,
            gap: true,
            peer: true,
            length: true,
        }
    }
}

/// The minimum width of a column, in points.
pub const NARROWEST: f32 = 30.0;

impl Default for ColumnWidths {
    fn default() -> Self {
        Self {
            time: 102.0,
            gap: 62.0,
            peer: 160.0,
            length: 52.0,
            shown: ShownColumns::default(),
        }
    }
}

impl ColumnWidths {
    /// Replaces widths out of range by their defaults.
    pub fn usable(self) -> Self {
        let usual = Self::default();
        let width = |value: f32, usual: f32| match (NARROWEST..=16_384.0).contains(&value) {
            true => value,
            false => usual,
        };
        Self {
            time: width(self.time, usual.time),
            gap: width(self.gap, usual.gap),
            peer: width(self.peer, usual.peer),
            length: width(self.length, usual.length),
            shown: self.shown,
        }
    }
}
