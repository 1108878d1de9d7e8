//! Routes and rules of routing that forbid a target: their types are `prohibit`, `blackhole` and
//! `unreachable` (ip-route(8), ip-rule(8)).

use serde::{Deserialize, Serialize};

/// A route or a rule of routing by which the kernel refuses packets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prohibition {
    pub is_rule: bool,
    /// `prohibit`, `blackhole` or `unreachable`.
    pub kind: String,
    /// As `ip` prints it.
    pub entry: String,
    /// The command that removes it.
    pub command: String,
}

#[cfg(target_os = "linux")]
pub(super) use linux::of;

#[cfg(target_os = "linux")]
mod linux {
    use super::super::rtnetlink::{family, ip_in};
    use super::Prohibition;
    use crate::engine::sys::interfaces::shares;
    use crate::engine::sys::netlink::{self, attributes, u32_at};
    use std::net::IpAddr;
    use std::time::Instant;

    const RTM_GETROUTE: u16 = 26;
    const RTM_GETRULE: u16 = 34;
    /// Length of rtmsg, and of fib_rule_hdr, which has the same form.
    const HEADER: usize = 12;
    const DESTINATION: u16 = 1;
    const SOURCE: u16 = 2;
    const TABLE: u16 = 15;
    /// Attributes of rules alone.
    const INTERFACE_IN: u16 = 3;
    const PRIORITY: u16 = 6;
    const MARK: u16 = 10;
    /// FIB_RULE_INVERT.
    const INVERTED: u32 = 2;
    /// RT_TABLE_MAIN.
    const MAIN: u32 = 254;

    /// What forbids this target, if that is why the kernel answered with this error (errno(3)).
    pub(in super::super) fn of(
        to: IpAddr,
        source: Option<IpAddr>,
        code: i32,
        until: Instant,
    ) -> Option<Prohibition> {
        // RTN_* and FR_ACT_* have the same numbers.
        let (number, kind) = match code {
            13 => (8, "prohibit"),
            22 => (6, "blackhole"),
            101 | 113 => (7, "unreachable"),
            _ => return None,
        };
        let forbids = |entry: &Entry| entry.kind == number && entry.applies(to, source);
        let all = |kind| {
            let mut found: Option<Entry> = None;
            let mut request = [0; HEADER];
            if let Some(first) = request.first_mut() {
                *first = family(to);
            }
            let mut each = |content: &[u8]| {
                let Some(entry) = Entry::read(content).filter(forbids) else {
                    return;
                };
                // Rules come in their order; of routes, the longest prefix decides.
                let is_better = |known: &Entry| {
                    kind == RTM_GETROUTE && known.destination.1 < entry.destination.1
                };
                if found.as_ref().is_none_or(is_better) {
                    found = Some(entry);
                }
            };
            netlink::dump(netlink::ROUTE, kind, &request, until, &mut each).ok()?;
            found
        };
        let version = if to.is_ipv6() { "-6 " } else { "" };
        if let Some(rule) = all(RTM_GETRULE) {
            return Some(rule.as_rule(kind, version));
        }
        // Without a route, the error is the same as that of `unreachable default`.
        let route = all(RTM_GETROUTE).filter(|route| code != 101 || route.destination.1 > 0);
        route.map(|route| route.as_route(kind, version))
    }

    /// A subnet: an address and the length of its prefix; no address stands for all.
    type Subnet = (Option<IpAddr>, u8);

    #[derive(Debug, PartialEq)]
    struct Entry {
        kind: u8,
        destination: Subnet,
        source: Subnet,
        table: u32,
        priority: u32,
        /// Whether it has conditions that packets of this machine do not fulfil, or that are not
        /// compared.
        is_for_others: bool,
    }

    impl Entry {
        fn read(content: &[u8]) -> Option<Self> {
            let [_, to_bits, from_bits, _, table, _, _, kind, ..] = *content else {
                return None;
            };
            let mut entry = Self {
                kind,
                destination: (None, to_bits),
                source: (None, from_bits),
                table: u32::from(table),
                priority: 0,
                is_for_others: u32_at(content, 8)? & INVERTED != 0,
            };
            for (name, value) in attributes(content.get(HEADER..)?) {
                match name {
                    DESTINATION => entry.destination.0 = ip_in(value),
                    SOURCE => entry.source.0 = ip_in(value),
                    TABLE => entry.table = u32_at(value, 0)?,
                    PRIORITY => entry.priority = u32_at(value, 0)?,
                    INTERFACE_IN => entry.is_for_others = true,
                    MARK => entry.is_for_others |= u32_at(value, 0)? != 0,
                    _ => {}
                }
            }
            Some(entry)
        }

        fn applies(&self, to: IpAddr, source: Option<IpAddr>) -> bool {
            let (subnet, bits) = self.destination;
            let leads_there = subnet.is_none_or(|subnet| shares(subnet, bits, to));
            let (from, bits) = self.source;
            let is_from = from.is_none_or(|from| source.is_some_and(|ip| shares(from, bits, ip)));
            leads_there && is_from && !self.is_for_others
        }

        fn as_rule(&self, kind: &str, version: &str) -> Prohibition {
            let (from, to) = (shown(self.source, "all"), shown(self.destination, "all"));
            let priority = self.priority;
            Prohibition {
                is_rule: true,
                kind: kind.to_owned(),
                entry: format!("{priority}: from {from} to {to} {kind}"),
                command: format!("sudo ip {version}rule del pref {priority}"),
            }
        }

        fn as_route(&self, kind: &str, version: &str) -> Prohibition {
            let mut entry = format!("{kind} {}", shown(self.destination, "default"));
            if self.table != MAIN {
                entry.push_str(&format!(" table {}", self.table));
            }
            Prohibition {
                is_rule: false,
                kind: kind.to_owned(),
                command: format!("sudo ip {version}route del {entry}"),
                entry,
            }
        }
    }

    fn shown((ip, bits): Subnet, all: &str) -> String {
        ip.map_or_else(|| all.to_owned(), |ip| format!("{ip}/{bits}"))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn entry(bits: u8, attributes: &[&[u8]]) -> Entry {
            let mut bytes = vec![2, bits, 0, 0, 254, 0, 0, 8, 0, 0, 0, 0];
            for content in attributes {
                bytes.extend((content.len() as u16 + 2).to_ne_bytes());
                bytes.extend(*content);
            }
            Entry::read(&bytes).unwrap()
        }

        fn named(kind: u16, value: &[u8]) -> Vec<u8> {
            [&kind.to_ne_bytes(), value].concat()
        }

        #[test]
        fn a_route_that_forbids_a_subnet_names_the_command_that_removes_it() {
            let route = entry(24, &[&named(DESTINATION, &[10, 7, 0, 0])]);
            assert!(route.applies([10, 7, 0, 9].into(), None));
            assert!(!route.applies([10, 8, 0, 9].into(), None));
            let found = route.as_route("prohibit", "");
            assert_eq!(found.entry, "prohibit 10.7.0.0/24");
            assert_eq!(found.command, "sudo ip route del prohibit 10.7.0.0/24");
        }

        #[test]
        fn a_rule_for_packets_of_others_is_not_why() {
            let to = [10, 7, 0, 9].into();
            let all = entry(0, &[&named(PRIORITY, &7_u32.to_ne_bytes())]);
            assert!(all.applies(to, None));
            let found = all.as_rule("prohibit", "-6 ");
            assert_eq!(found.entry, "7: from all to all prohibit");
            assert_eq!(found.command, "sudo ip -6 rule del pref 7");
            let marked = entry(0, &[&named(MARK, &1_u32.to_ne_bytes())]);
            let forwarded = entry(0, &[&named(INTERFACE_IN, b"eth0")]);
            let from_other = entry(0, &[&named(SOURCE, &[10, 9, 0, 1])]);
            for other in [marked, forwarded, from_other] {
                assert!(!other.applies(to, None), "{other:?}");
            }
        }

        #[test]
        fn an_entry_that_is_cut_is_none() {
            assert_eq!(Entry::read(&[2, 0, 0]), None);
            assert_eq!(Entry::read(&[2, 0, 0, 0, 0, 0, 0, 8]), None);
        }
    }
}
