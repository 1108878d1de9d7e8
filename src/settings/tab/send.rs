//! The message to send: its composition, its target, and its repetition.

use super::WrittenPath;
use crate::connection_id::ConnectionId;
use crate::engine::ReplaySelection;
use crate::payload::charset::Charset;
use crate::payload::composition::{Composition, TextFormat};
use crate::peer::Peer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The source of the bytes to send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendSource {
    #[default]
    Typed,
    /// Values of fields, of which the message is made.
    Fields,
    File,
}

/// The settings of the composer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendDraft {
    pub source: SendSource,
    pub composition: Composition,
    /// Values of fields, by their paths, as far as they were given.
    pub fields: BTreeMap<String, String>,
    /// The encoding of sent text; `None` follows the peer.
    pub charset: Option<Charset>,
    pub target_host: String,
    pub target_port: String,
    /// The name of the Unix socket that datagrams are sent to.
    pub target_name: String,
    /// Whether the target is the peer that sent last.
    pub follows: bool,
    pub repeat: RepeatDraft,
    pub file: FileDraft,
    /// The connection of a server to send to, while the session lasts; `None` is all connections.
    #[serde(skip)]
    pub connection: Option<ChosenConnection>,
    /// The message of old settings without compositions, with its format.
    #[serde(skip_serializing)]
    message: String,
    #[serde(skip_serializing)]
    format: TextFormat,
    #[serde(skip_serializing)]
    escapes: bool,
}

/// The chosen connection and its peer, which is shown even after the connection has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenConnection {
    pub id: ConnectionId,
    pub peer: Peer,
}

/// The repetition of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepeatDraft {
    pub on: bool,
    /// The interval in milliseconds.
    pub interval: String,
    /// The number of times; empty is unlimited.
    pub count: String,
}

/// The file to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileDraft {
    pub path: WrittenPath,
    /// The size of a datagram, in bytes.
    pub block: String,
    /// KiB a second; empty is unlimited.
    pub rate: String,
    /// Whether the payloads of a capture file are replayed with their timing.
    pub replays: bool,
    /// The speed factor; empty is unlimited.
    pub speed: String,
    pub which: ReplaySelection,
}

impl Default for SendDraft {
    fn default() -> Self {
        Self {
            source: SendSource::Typed,
            composition: Composition::default(),
            fields: BTreeMap::new(),
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
    /// Migrates a draft of older settings.
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
    /// Blocks of 1400 bytes fit into an Ethernet frame, even with tunnels on the path.
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
