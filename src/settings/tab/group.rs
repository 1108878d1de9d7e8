//! The multicast group to join.

use serde::{Deserialize, Serialize};

/// The typed multicast group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDraft {
    pub address: String,
    /// The interface's name; if empty, the system chooses.
    pub interface: String,
}

impl Default for GroupDraft {
    fn default() -> Self {
        Self {
            address: "239.0.0.1".into(),
            interface: String::new(),
        }
    }
}
