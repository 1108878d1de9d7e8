//! How the messages of a TCP stream are told apart.

use serde::{Deserialize, Serialize};

/// What was chosen, each with what it needs, also while another is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FramingDraft {
    pub way: FramingWay,
    /// With escapes.
    pub delimiter: String,
    pub length: u32,
    pub width: u8,
    pub big_endian: bool,
    pub offset: u32,
    pub includes_header: bool,
    pub gap_millis: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FramingWay {
    #[default]
    None,
    Lines,
    Delimiter,
    Fixed,
    LengthPrefix,
    IdleGap,
}

impl Default for FramingDraft {
    fn default() -> Self {
        Self {
            way: FramingWay::None,
            delimiter: "\\r\\n".into(),
            length: 8,
            width: 2,
            big_endian: true,
            offset: 0,
            includes_header: false,
            gap_millis: 20,
        }
    }
}
