//! Multicast groups that are not joined, in words.

use crate::{t, words::Lang};
use std::io::{Error, ErrorKind};
use std::net::IpAddr;

/// Explains by the system's error number why a group is not joined: what happened and the cure.
/// `asked` is the group, with its interface after `%` if one was asked for. `None` if the number
/// tells no more than itself.
pub fn failure(lang: Lang, asked: &str, code: i32) -> Option<(String, String)> {
    let (group, interface) = asked.split_once('%').unwrap_or((asked, ""));
    let is_ipv4 = group.parse().is_ok_and(|group: IpAddr| group.is_ipv4());
    Some(match (code, Error::from_raw_os_error(code).kind()) {
        (_, ErrorKind::AddrInUse) => (
            t!(lang, "failure.already_joined.what", address = asked),
            t!(lang, "failure.already_joined.cure"),
        ),
        // ENOBUFS of Linux: `ip_mc_join_group` counts the groups of the socket (ip-sysctl).
        (105, _) if is_ipv4 => (
            t!(lang, "failure.group_limit.what", group = asked),
            t!(lang, "failure.group_limit.cure"),
        ),
        // ENOBUFS: Linux, macOS, Windows. Of IPv6, Linux answers ENOMEM beyond optmem_max.
        (105 | 55 | 10_055, _) | (_, ErrorKind::OutOfMemory) => (
            t!(lang, "failure.group_limit.what", group = asked),
            t!(lang, "failure.group_limit.memory"),
        ),
        // ENOPROTOOPT: Linux, macOS, Windows. A socket of IPv4 has no options of IPv6.
        (92 | 42 | 10_042, _) if !is_ipv4 => (
            t!(lang, "failure.group_version.what", group = asked),
            t!(lang, "failure.group_version.cure"),
        ),
        // ENODEV without an interface: no route leads to the group (ip(7)).
        (19, _) if interface.is_empty() => (
            t!(lang, "failure.group_route.what", group = asked),
            t!(lang, "failure.group_route.cure"),
        ),
        // One that exists, but has no IPv4.
        (19, _) => (
            t!(
                lang,
                "failure.group_interface.what",
                group = group,
                interface = interface,
                family = if is_ipv4 { "IPv4" } else { "IPv6" }
            ),
            t!(lang, "failure.group_interface.cure"),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words for an error of Linux (errno(3)).
    fn words(lang: Lang, asked: &str, code: i32) -> (String, String) {
        let (what, cure) = failure(lang, asked, code).unwrap();
        assert!(what.contains(asked.split('%').next().unwrap()), "{what}");
        assert!(!format!("{what}{cure}").contains("failure."), "{what}");
        (what, cure)
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_of_groups_names_the_setting_of_its_ip_version() {
        const SETTING: &str = "net.ipv4.igmp_max_memberships";
        for lang in Lang::ALL {
            let (_, cure) = words(lang, "239.1.2.21%eth0", 105);
            assert!(cure.contains(SETTING), "{cure}");
            // ENOMEM.
            let (_, cure) = words(lang, "ff02::7:1%eth0", 12);
            assert!(!cure.contains(SETTING), "{cure}");
            assert!(cure.contains("net.core.optmem_max"), "{cure}");
        }
    }

    #[test]
    fn a_group_without_a_route_asks_for_an_interface_and_one_with_an_interface_names_it() {
        for lang in Lang::ALL {
            // ENODEV.
            for group in ["239.1.1.1", "ff05::1"] {
                let (_, cure) = words(lang, group, 19);
                assert!(cure.contains("--join"), "{cure}");
            }
            let (what, _) = words(lang, "239.1.1.1%eth7", 19);
            assert!(what.contains("eth7") && what.contains("IPv4"), "{what}");
        }
    }

    #[test]
    fn an_ipv6_group_of_an_ipv4_socket_is_said_in_words() {
        for lang in Lang::ALL {
            // ENOPROTOOPT.
            let (what, cure) = words(lang, "ff02::1%lo", 92);
            assert!(what.contains("IPv6") && cure.contains("::"), "{what}{cure}");
            assert_eq!(failure(lang, "239.1.1.1", 92), None);
        }
    }
}
