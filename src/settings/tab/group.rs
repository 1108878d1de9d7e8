//! The multicast group to join, and the groups that the tab keeps.

use crate::config::session::{MulticastGroup, NamedGroup};
use crate::engine::endpoint::HostError;
use crate::engine::{Host, Interfaces, NoSuchInterface};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// The typed multicast group, and those that were joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupDraft {
    pub address: String,
    /// The interface's name; if empty, the system chooses.
    pub interface: String,
    /// The groups that were joined and not left: they are joined again when the session opens.
    pub joined: Vec<NamedGroup>,
}

/// Why the typed group cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupFault {
    NotMulticast,
    /// The group and the local address differ in IP version.
    OtherFamily,
    Interface(NoSuchInterface),
}

impl GroupDraft {
    /// The group to join by a socket bound to `local`; `None`: no socket is open. An interface
    /// typed after `%` has priority over the chosen one.
    ///
    /// # Errors
    /// [`GroupFault`] if the group is invalid, or its interface does not exist.
    pub fn group(
        &self,
        interfaces: &Interfaces,
        local: Option<SocketAddr>,
    ) -> Result<MulticastGroup, GroupFault> {
        let host = Host::parse(&self.address, interfaces);
        let (group, scope) = match host {
            Ok(Host::Ip { ip, scope }) if ip.is_multicast() => (ip, scope),
            Err(HostError::NoSuchInterface(missing)) => return Err(GroupFault::Interface(missing)),
            _ => return Err(GroupFault::NotMulticast),
        };
        if local.is_some_and(|local| local.is_ipv4() != group.is_ipv4()) {
            return Err(GroupFault::OtherFamily);
        }
        if scope != 0 {
            let interface = scope;
            return Ok(MulticastGroup { group, interface });
        }
        let interface = self.interface.clone();
        NamedGroup { group, interface }
            .resolve(interfaces)
            .map_err(GroupFault::Interface)
    }
}

impl Default for GroupDraft {
    fn default() -> Self {
        Self {
            address: "239.0.0.1".into(),
            interface: String::new(),
            joined: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_on_an_interface_that_is_gone_is_refused() {
        let draft = |address: &str, interface: &str| GroupDraft {
            address: address.into(),
            interface: interface.into(),
            joined: Vec::new(),
        };
        let group = |draft: GroupDraft| draft.group(&Interfaces::default(), None);
        for draft in [draft("239.0.0.1", "gone0"), draft("ff02::1%gone0", "")] {
            match group(draft) {
                Err(GroupFault::Interface(missing)) => assert_eq!(missing.name, "gone0"),
                other => panic!("{other:?}"),
            }
        }
        let index = |address: &str, interface: &str| {
            group(draft(address, interface)).map(|group| group.interface)
        };
        assert_eq!(index("239.0.0.1", ""), Ok(0));
        assert_eq!(index("239.0.0.1", "3"), Ok(3));
        assert_eq!(index("ff02::1%7", "3"), Ok(7));
        assert_eq!(index("192.0.2.1", ""), Err(GroupFault::NotMulticast));
        let local = Some(SocketAddr::from(([127, 0, 0, 1], 9)));
        let other = draft("ff02::1", "").group(&Interfaces::default(), local);
        assert_eq!(other, Err(GroupFault::OtherFamily));
    }
}
