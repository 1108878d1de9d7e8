//! The multicast group to join.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDraft {
    pub address: String,
    /// The interface's name; empty: the system chooses.
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
