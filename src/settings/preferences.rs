//! Preferences: settings of the whole program.

use crate::engine::Receiving;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// The maximum time that logs are kept, in days.
pub const MAX_DAYS: u32 = 3650;

/// The preferences. The accessors bring values from a file into range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The memory that one session's log may use, in MiB.
    pub log_mib: usize,
    /// The disk space that one session's log may use, in MiB.
    pub disk_mib: u64,
    /// How long logs stay on disk after a normal end, in days; 0 keeps none.
    pub kept_days: u32,
    /// How long a TCP client tries to connect to one address, in seconds.
    pub connect_seconds: u64,
    /// The receive buffer (`SO_RCVBUF`) that a UDP socket requests, in KiB.
    pub receive_kib: usize,
    /// Whether the kernel may merge received datagrams (`UDP_GRO`, udp(7)).
    pub merge: bool,
    /// Whether Enter sends the message; otherwise only Ctrl+Enter does.
    pub enter_sends: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            log_mib: 256,
            disk_mib: 4096,
            kept_days: 7,
            connect_seconds: 5,
            receive_kib: 4096,
            merge: false,
            enter_sends: false,
        }
    }
}

/// The preferences that every connection uses.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub connect_timeout: Duration,
    pub receiving: Receiving,
}

impl Preferences {
    /// The memory budget of one session's log, in bytes.
    pub fn log_budget(&self) -> usize {
        self.log_mib.clamp(1, 64 << 10) << 20
    }

    /// The disk budget of one log in bytes: the preference, but at most a tenth of the free space
    /// of `folder`.
    pub fn disk_budget(&self, folder: &Path) -> u64 {
        let asked = self.disk_mib.clamp(16, 1 << 30) << 20;
        crate::journal::free_space(folder).map_or(asked, |free| asked.min(free / 10))
    }

    /// How long logs stay on disk after a normal end.
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days.min(MAX_DAYS)) * 24 * 3600)
    }

    /// The preferences that every connection uses, in range.
    pub fn terms(&self) -> Terms {
        Terms {
            connect_timeout: Duration::from_secs(self.connect_seconds.clamp(1, 600)),
            receiving: Receiving {
                buffer: self.receive_kib.clamp(4, 1 << 20) << 10,
                merge: self.merge,
            },
        }
    }
}
