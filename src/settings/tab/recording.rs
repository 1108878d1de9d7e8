//! The file that is written as it happens.

use super::WrittenPath;
use crate::capture::CaptureFormat;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingDraft {
    pub on: bool,
    pub path: WrittenPath,
    pub format: CaptureFormat,
    /// A file of so many MiB is full; 0 is never.
    pub full_mib: u64,
}

impl Default for RecordingDraft {
    fn default() -> Self {
        Self {
            on: false,
            path: WrittenPath::default(),
            format: CaptureFormat::Pcapng,
            full_mib: 0,
        }
    }
}
