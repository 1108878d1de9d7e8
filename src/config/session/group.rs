//! A multicast group to join.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// A multicast group, and the interface to join it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub group: IpAddr,
    /// By number; 0 lets the system choose.
    #[serde(default)]
    pub interface: u32,
}

/// As `--join` takes it.
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interface {
            0 => self.group.fmt(f),
            interface => write!(f, "{}%{interface}", self.group),
        }
    }
}
