//! The recording of a session to a file.

use super::WrittenPath;
use crate::capture::CaptureFormat;
use serde::{Deserialize, Serialize};

/// The settings of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingDraft {
    pub on: bool,
    pub path: WrittenPath,
    pub format: CaptureFormat,
    /// The size in MiB at which the next file begins; 0 is unlimited.
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
