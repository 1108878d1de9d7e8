//! How received and sent bytes are shown.

use super::{FramingDraft, ReadAs, RecordingDraft};
use crate::payload::checksum::Checksum;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Display {
    /// Text where the bytes are text, else hexadecimal.
    #[default]
    Text,
    Hex,
    Both,
    /// Lines as the assistants people know write them, the payload below.
    Classic,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiveDraft {
    pub display: Display,
    pub read_as: ReadAs,
    /// Whether each row has its time, peer and length.
    pub log_mode: bool,
    /// Whether nothing of the log stays on disk after the session.
    pub private: bool,
    /// Whether received bytes are compared with the check value behind them.
    pub verifies: bool,
    pub checksum: Checksum,
    pub recording: RecordingDraft,
    /// How the messages of a TCP stream are told apart.
    pub framing: FramingDraft,
}

impl Default for ReceiveDraft {
    fn default() -> Self {
        Self {
            display: Display::Text,
            read_as: ReadAs::default(),
            log_mode: true,
            private: false,
            verifies: false,
            checksum: Checksum::default(),
            recording: RecordingDraft::default(),
            framing: FramingDraft::default(),
        }
    }
}
