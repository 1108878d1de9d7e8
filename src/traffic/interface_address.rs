//! An address of this machine with its interface.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// An address of this machine with the name of its interface. It is written as a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, IpAddr)", into = "(String, IpAddr)")]
pub struct InterfaceAddress {
    pub interface: String,
    pub ip: IpAddr,
}

impl From<(String, IpAddr)> for InterfaceAddress {
    fn from((interface, ip): (String, IpAddr)) -> Self {
        Self { interface, ip }
    }
}

impl From<InterfaceAddress> for (String, IpAddr) {
    fn from(address: InterfaceAddress) -> Self {
        (address.interface, address.ip)
    }
}

/// `eth0 192.168.1.5`
impl fmt::Display for InterfaceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.interface, self.ip)
    }
}
