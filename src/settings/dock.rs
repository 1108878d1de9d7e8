//! Which page of the dock is open, and how much room the panels around the log take.

use serde::{Deserialize, Serialize};

/// A page of the dock, in the order of the strip; those of descriptions, of the course and of
/// the help have no button there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Page {
    Details,
    Diagnose,
    ConnectionLife,
    AutoReply,
    Network,
    #[serde(rename = "Held")]
    Intercepted,
    Measure,
    Rates,
    Plot,
    Poll,
    Library,
    Sequence,
    Open,
    Export,
    Settings,
    Descriptions,
    Course,
    Help,
}

/// The open page and the sizes of the panels around the log, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DockState {
    pub open: Option<Page>,
    /// The width beside the log, and the height below it.
    pub width: f32,
    pub height: f32,
    /// The height of the composer where it has one row above the message.
    pub composer: f32,
    /// The width of the left panel.
    pub left: f32,
}

impl Default for DockState {
    fn default() -> Self {
        Self {
            open: None,
            width: 322.0,
            height: 220.0,
            composer: 158.0,
            left: 240.0,
        }
    }
}

impl DockState {
    /// Replaces sizes out of range by their defaults.
    pub fn usable(self) -> Self {
        let usual = Self::default();
        let size = |value: f32, usual: f32| match (0.0..=16_384.0).contains(&value) {
            true => value,
            false => usual,
        };
        Self {
            width: size(self.width, usual.width),
            height: size(self.height, usual.height),
            composer: size(self.composer, usual.composer),
            left: size(self.left, usual.left),
            ..self
        }
    }
}
