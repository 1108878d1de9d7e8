//! How received and sent bytes are shown.

use super::{DescriptionDraft, FramingDraft, ReadAs, RecordingDraft};
use crate::payload::checksum::Checksum;
use crate::traffic::LogUnit;
use serde::{Deserialize, Serialize};

/// How bytes are displayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Display {
    /// Text where the bytes are text, else hexadecimal.
    #[default]
    Text,
    Hex,
    Both,
    /// Lines as in other debugging assistants: a header, and the payload below.
    Classic,
}

/// The settings of receiving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiveDraft {
    pub display: Display,
    pub read_as: ReadAs,
    /// Whether each row shows its time, peer and length.
    pub log_mode: bool,
    /// Whether the log is deleted from disk after the session.
    pub private: bool,
    /// Whether the checksum at the end of received messages is verified.
    pub verifies: bool,
    pub checksum: Checksum,
    pub recording: RecordingDraft,
    /// The framing of received streams.
    pub framing: FramingDraft,
    /// That of sent streams; without a method it is the same.
    pub framing_sent: FramingDraft,
    /// The framing of received datagrams, each by itself.
    pub datagram_framing: FramingDraft,
    /// That of sent datagrams; without a method it is the same.
    pub datagram_framing_sent: FramingDraft,
    /// The description of messages.
    pub description: DescriptionDraft,
    /// Whether lines of the log are reads, messages or requests.
    pub unit: LogUnit,
    pub pair_by: PairBy,
}

/// How replies find their requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairBy {
    /// As the description says; by their order if it says nothing.
    #[default]
    Description,
    Order,
    /// By the field at this path.
    Field(String),
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
            framing_sent: FramingDraft::default(),
            datagram_framing: FramingDraft::default(),
            datagram_framing_sent: FramingDraft::default(),
            description: DescriptionDraft::default(),
            unit: LogUnit::Read,
            pair_by: PairBy::default(),
        }
    }
}
