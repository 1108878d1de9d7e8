//! A multicast group to join.

use crate::engine::{Interfaces, NoSuchInterface};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// A multicast group, and the interface to join it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MulticastGroup {
    pub group: IpAddr,
    /// By number; 0 lets the system choose.
    #[serde(default)]
    pub interface: u32,
}

/// As `--join` takes it.
impl fmt::Display for MulticastGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interface {
            0 => self.group.fmt(f),
            interface => write!(f, "{}%{interface}", self.group),
        }
    }
}

/// A multicast group, and the interface by name: indexes differ between machines and over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedGroup {
    pub group: IpAddr,
    /// If empty, the system chooses.
    #[serde(default)]
    pub interface: String,
}

impl NamedGroup {
    /// The same group with the index of its interface.
    ///
    /// # Errors
    /// [`NoSuchInterface`] if the interface does not exist.
    pub fn resolve(&self, interfaces: &Interfaces) -> Result<MulticastGroup, NoSuchInterface> {
        let interface = match self.interface.as_str() {
            "" => 0,
            name => interfaces.index_of(name)?,
        };
        Ok(MulticastGroup {
            group: self.group,
            interface,
        })
    }
}
