//! How wide the columns of the log are.

use serde::{Deserialize, Serialize};

/// Widths in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnWidths {
    pub time: f32,
    /// Of the time since the row before.
    pub gap: f32,
    pub peer: f32,
    pub length: f32,
}

/// No column is narrower, in points.
pub const NARROWEST: f32 = 30.0;

impl Default for ColumnWidths {
    fn default() -> Self {
        Self {
            time: 102.0,
            gap: 62.0,
            peer: 160.0,
            length: 52.0,
        }
    }
}

impl ColumnWidths {
    /// Widths a file may hold but no column has are the usual ones.
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
        }
    }
}
