//! What is about to be sent: what was composed, where it goes, and how often.

use super::WrittenPath;
use crate::connection_id::ConnectionId;
use crate::engine::ReplaySelection;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::peer::Peer;
use serde::{Deserialize, Serialize};

/// What is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    #[default]
    Typed,
    File,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendDraft {
    pub source: Source,
    pub composition: Composition,
    /// The encoding text is sent in; `None` follows the peer.
    pub charset: Option<Charset>,
    pub target_host: String,
    pub target_port: String,
    /// The Unix socket that datagrams go to.
    pub target_name: String,
    /// Whoever sent last is the target.
    pub follows: bool,
    pub repeat: RepeatDraft,
    pub file: FileDraft,
    /// The connection of a server to send to, while the session lasts; `None`: all of them.
    #[serde(skip)]
    pub connection: Option<Chosen>,
    /// The message in settings from before there were compositions, and how it was written.
    #[serde(skip_serializing)]
    message: String,
    #[serde(skip_serializing)]
    format: TextFormat,
    #[serde(skip_serializing)]
    escapes: bool,
}

/// A connection that was chosen, and whom it is to: that is told also when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub id: ConnectionId,
    pub peer: Peer,
}

/// Sending the same message again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepeatDraft {
    pub on: bool,
    /// Milliseconds.
    pub interval: String,
    /// How often; empty is for ever.
    pub count: String,
}

/// Sending a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileDraft {
    pub path: WrittenPath,
    /// Bytes of a datagram.
    pub block: String,
    /// KiB a second; empty is as fast as it goes.
    pub rate: String,
    /// Whether the payloads of a recorded file are sent at their times.
    pub replays: bool,
    /// How many times as fast; empty is as fast as it goes.
    pub speed: String,
    pub which: ReplaySelection,
}

impl Default for SendDraft {
    fn default() -> Self {
        Self {
            source: Source::Typed,
            composition: Composition::default(),
            charset: None,
            target_host: "127.0.0.1".into(),
            target_port: "8888".into(),
            target_name: String::new(),
            follows: false,
            repeat: RepeatDraft::default(),
            file: FileDraft::default(),
            connection: None,
            message: String::new(),
            format: TextFormat::Text,
            escapes: false,
        }
    }
}

impl SendDraft {
    /// The same, where it was read from settings of before.
    pub fn migrated(mut self) -> Self {
        let text = std::mem::take(&mut self.message);
        let format = std::mem::take(&mut self.format);
        let escapes = std::mem::take(&mut self.escapes);
        if !text.is_empty() {
            self.composition = Composition {
                format,
                text,
                escapes,
                ..Composition::default()
            };
        }
        self
    }
}

impl Default for RepeatDraft {
    fn default() -> Self {
        Self {
            on: false,
            interval: "1000".into(),
            count: String::new(),
        }
    }
}

impl Default for FileDraft {
    /// What fits into an Ethernet frame whatever is in between.
    fn default() -> Self {
        Self {
            path: WrittenPath::default(),
            block: "1400".into(),
            rate: String::new(),
            replays: true,
            speed: "1".into(),
            which: ReplaySelection::Received,
        }
    }
}
