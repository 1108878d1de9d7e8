//! The multicast groups that are joined on this machine.

use crate::engine::evidence::{Seen, Unseen};
use crate::engine::sys::interfaces::Interfaces;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The most groups that are kept.
const MOST: usize = 1024;

/// The joined groups, each with the name of its interface.
pub(super) fn read() -> Seen<Vec<(IpAddr, String)>> {
    let (v4, v6) = (
        std::fs::read_to_string("/proc/net/igmp"),
        std::fs::read_to_string("/proc/net/igmp6"),
    );
    if v4.is_err() && v6.is_err() {
        return Seen::Unseen(Unseen::NotHere);
    }
    let mut groups = igmp(&v4.unwrap_or_default());
    groups.extend(igmp6(&v6.unwrap_or_default()));
    groups.truncate(MOST);
    Seen::Known(groups)
}

/// The groups that programs have joined on the interface with this address; `None` if the system
/// does not tell.
pub fn joined_at(interfaces: &Interfaces, address: IpAddr) -> Option<Vec<IpAddr>> {
    let at = interfaces
        .iter()
        .find(|interface| interface.ip == address)?;
    let groups = read();
    let mut groups = groups.known()?.clone();
    groups.retain(|(_, interface)| *interface == at.name);
    Some(groups.into_iter().map(|(group, _)| group).collect())
}

/// Reads /proc/net/igmp: a line for an interface, then lines for its groups, whose addresses are
/// in the machine's byte order.
fn igmp(text: &str) -> Vec<(IpAddr, String)> {
    let mut groups = Vec::new();
    let mut interface = "";
    for line in text.lines().skip(1) {
        let mut words = line.split_whitespace();
        if line.starts_with(char::is_whitespace) {
            let group = words
                .next()
                .and_then(|word| u32::from_str_radix(word, 16).ok());
            let ip = group.map(|group| Ipv4Addr::from(group.to_ne_bytes()));
            if let Some(ip) = ip.filter(Ipv4Addr::is_multicast) {
                groups.push((ip.into(), interface.to_owned()));
            }
        } else if let Some(name) = words.nth(1) {
            // A long name has no space before the colon.
            interface = name.trim_end_matches(':');
        }
        if groups.len() >= MOST {
            break;
        }
    }
    groups
}

/// Reads /proc/net/igmp6: index, interface, group, users.
fn igmp6(text: &str) -> Vec<(IpAddr, String)> {
    let group = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let interface = words.next()?.to_owned();
        let digits = words.next().filter(|digits| digits.len() == 32)?;
        let ip = Ipv6Addr::from(u128::from_str_radix(digits, 16).ok()?);
        Some((IpAddr::V6(ip), interface))
    };
    text.lines().filter_map(group).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_with_their_interfaces() {
        let text = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n\
            1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n\
            2\tenp0s31f6x12345:     2      V3\n\t\t\t\t030201EF     1 0:00000000\t\t0\n";
        let text = match cfg!(target_endian = "little") {
            true => text.to_owned(),
            false => text
                .replace("010000E0", "E0000001")
                .replace("030201EF", "EF010203"),
        };
        assert_eq!(
            igmp(&text),
            [
                (IpAddr::from([224, 0, 0, 1]), "lo".to_owned()),
                ([239, 1, 2, 3].into(), "enp0s31f6x12345".to_owned()),
            ]
        );
        let six = "2    eth0            ff020000000000000000000000000001     1 0000000C 0\n";
        let expected = ("ff02::1".parse().unwrap(), "eth0".to_owned());
        assert_eq!(igmp6(six), [expected]);
    }

    #[test]
    fn other_lines_are_no_groups() {
        for wrong in [
            "",
            "x",
            "x\n\t\t",
            "x\n1\n\tzz 1",
            "x\n1\tlo :\n\t\t0100007F 1",
        ] {
            assert_eq!(igmp(wrong), [], "{wrong:?}");
            assert_eq!(igmp6(wrong), [], "{wrong:?}");
        }
        let many = "2 eth0 ff020000000000000000000000000001 1\n".repeat(100_000);
        assert_eq!(igmp6(&many).len(), MOST);
    }
}
