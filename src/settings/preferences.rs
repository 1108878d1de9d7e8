//! What is set once for the whole program.

use crate::engine::Receiving;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// The longest that logs are kept, in days.
pub const MOST_DAYS: u32 = 3650;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Memory one session's log may hold, in MiB.
    pub log_mib: usize,
    /// Disk one session's log may take, in MiB.
    pub disk_mib: u64,
    /// How long logs stay on disk after a clean end, in days; 0 keeps none.
    pub kept_days: u32,
    /// How long a TCP client waits for one address, in seconds.
    pub connect_seconds: u64,
    /// The receive buffer a UDP socket asks for, in KiB.
    pub receive_kib: usize,
    /// Whether the kernel may merge datagrams on their way to us.
    pub merge: bool,
    /// Whether Enter sends the message, rather than Ctrl+Enter alone.
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

/// What is the same for every connection.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub connect_timeout: Duration,
    pub receiving: Receiving,
}

impl Preferences {
    pub fn log_budget(&self) -> usize {
        self.log_mib.clamp(1, 64 << 10) << 20
    }

    /// What was set, but at most a tenth of what is free in `folder`.
    pub fn disk_budget(&self, folder: &Path) -> u64 {
        let asked = self.disk_mib.clamp(16, 1 << 30) << 20;
        crate::journal::free_space(folder).map_or(asked, |free| asked.min(free / 10))
    }

    /// How long logs stay on disk after a clean end.
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days.min(MOST_DAYS)) * 24 * 3600)
    }

    /// How connections are opened.
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
