//! Datagrams that have no route, or leave by an interface without receivers, in words.

use crate::config::session::NamedGroup;
use crate::engine::Interfaces;
use crate::payload::printable;
use crate::traffic::{Cause, Failure, InterfaceAddress, Operation, Reach};
use crate::{
    t,
    words::{Lang, listed},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Explains that there is no route: what happened and the cure.
pub fn failure(
    lang: Lang,
    address: &str,
    reach: Reach,
    ways: &[InterfaceAddress],
) -> (String, String) {
    let what = match reach {
        Reach::Beyond => t!(lang, "way.beyond", address = address),
        Reach::Broadcast | Reach::Multicast => t!(lang, "way.none", address = address),
        // The same text as for EAFNOSUPPORT.
        Reach::OtherVersion => t!(lang, "failure.other_family.what", address = address),
    };
    let cure = match reach {
        Reach::OtherVersion => t!(lang, "failure.other_family.cure"),
        _ if ways.is_empty() => t!(lang, "way.no_interface"),
        Reach::Beyond => t!(lang, "way.beyond_cure", ways = addresses(lang, ways)),
        Reach::Broadcast => t!(lang, "way.bind", ways = addresses(lang, ways)),
        Reach::Multicast => t!(lang, "way.join", ways = addresses(lang, ways)),
    };
    (what, cure)
}

/// The cure for a datagram of `netpeer send` to a group or a broadcast address that no interface is
/// known to reach: that command joins no group, and binds by `--from`. `None` for another failure.
pub fn send_cure(lang: Lang, failure: &Failure) -> Option<String> {
    let Cause::NoRoute {
        reach: Reach::Broadcast | Reach::Multicast,
        ways,
        ..
    } = &failure.cause
    else {
        return None;
    };
    let is_its = failure.operation == Operation::Send && !ways.is_empty();
    is_its.then(|| {
        let cure = t!(lang, "way.from", ways = addresses(lang, ways));
        printable::words(&cure).into_owned()
    })
}

/// Warns that datagrams to this multicast or broadcast address may reach nobody, or get no
/// reply, from a socket bound to `local` that has joined these groups. `None` if there is
/// nothing to warn of.
pub fn astray(
    lang: Lang,
    local: IpAddr,
    to: IpAddr,
    groups: &[NamedGroup],
    interfaces: &Interfaces,
) -> Option<String> {
    let (local, to) = (local.to_canonical(), to.to_canonical());
    let group = to.is_multicast();
    if !group && !interfaces.is_broadcast(to) {
        return None;
    }
    let ways = addresses(lang, &interfaces.ways(to));
    if ways.is_empty() || groups.iter().any(|joined| joined.group == to) {
        return None;
    }
    if local.is_loopback() {
        return Some(t!(
            lang,
            "way.own_machine",
            local = local,
            to = to,
            ways = ways
        ));
    }
    group.then(|| t!(lang, "way.not_joined", to = to, ways = ways))
}

/// Remarks that a socket bound to `local` gets nothing that is sent to a group, although it can join
/// it; `None` if it gets it. Linux compares the destination with the bound address
/// (`__udp_is_mcast_sock`); others may not.
pub fn unheard(lang: Lang, local: IpAddr, group: IpAddr) -> Option<String> {
    let (local, group) = (local.to_canonical(), group.to_canonical());
    if local.is_unspecified() || local == group {
        return None;
    }
    let is_known = cfg!(target_os = "linux");
    let any = match group {
        // Windows binds to no group.
        IpAddr::V4(_) if is_known => t!(lang, "way.any_or_group", group = group),
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.to_string(),
        // The address of a group has an interface, too.
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.to_string(),
    };
    let key = match is_known {
        true => "way.unheard",
        false => "way.perhaps_unheard",
    };
    Some(t!(lang, key, group = group, local = local, any = any))
}

/// Formats `eth0 192.168.1.5, wlan0 10.0.0.7`.
fn addresses(lang: Lang, ways: &[InterfaceAddress]) -> String {
    listed(lang, ways.iter().map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Interface;

    #[test]
    fn a_group_is_not_heard_at_an_address_of_its_own() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for lang in Lang::ALL {
            let message = |local: &str, group: &str| unheard(lang, ip(local), ip(group));
            for (local, group, any) in [
                ("127.0.0.1", "239.0.0.1", "0.0.0.0"),
                ("192.0.2.1", "239.0.0.1", "0.0.0.0"),
                ("239.0.0.2", "239.0.0.1", "0.0.0.0"),
                ("::1", "ff02::1", "::"),
            ] {
                let words = message(local, group).unwrap();
                let names = [local, group, any];
                assert!(names.iter().all(|name| words.contains(name)), "{words}");
            }
            for (local, group) in [
                ("0.0.0.0", "239.0.0.1"),
                ("::", "239.0.0.1"),
                ("239.0.0.1", "239.0.0.1"),
                ("::", "ff02::1"),
                ("ff02::1", "ff02::1"),
            ] {
                assert_eq!(message(local, group), None);
            }
        }
    }

    #[test]
    fn a_command_that_joins_no_group_is_told_to_send_from_an_address() {
        let failure = |reach, ways: &[InterfaceAddress]| Failure {
            operation: Operation::Send,
            address: "224.0.0.99:53".into(),
            cause: Cause::NoRoute {
                reach,
                ways: ways.to_vec(),
                code: 101,
            },
        };
        let ways = [InterfaceAddress {
            interface: "eth0".into(),
            ip: [10, 0, 0, 2].into(),
        }];
        for lang in Lang::ALL {
            for reach in [Reach::Multicast, Reach::Broadcast] {
                let cure = send_cure(lang, &failure(reach, &ways)).unwrap();
                assert!(
                    cure.contains("--from") && cure.contains("10.0.0.2"),
                    "{cure}"
                );
                assert!(!cure.contains("--join"), "{cure}");
                assert_eq!(send_cure(lang, &failure(reach, &[])), None);
            }
            assert_eq!(send_cure(lang, &failure(Reach::Beyond, &ways)), None);
        }
    }

    #[test]
    fn a_datagram_that_reaches_nobody_is_explained_with_the_interfaces() {
        let interface = |name: &str, ip: &str| Interface {
            name: name.into(),
            index: 1,
            ip: ip.parse().unwrap(),
            prefix: 24,
            broadcasts: vec![[10, 0, 0, 255].into()],
        };
        let interfaces = Interfaces::from(vec![
            interface("lo", "127.0.0.1"),
            interface("eth0", "10.0.0.2"),
        ]);
        for lang in Lang::ALL {
            let message = |local: &str, to: &str, joined: &[&str]| {
                let ip = |text: &str| text.parse::<IpAddr>().unwrap();
                let groups: Vec<_> = joined
                    .iter()
                    .map(|group| NamedGroup {
                        group: ip(group),
                        interface: String::new(),
                    })
                    .collect();
                astray(lang, ip(local), ip(to), &groups, &interfaces)
            };
            for to in ["255.255.255.255", "10.0.0.255", "224.0.0.1"] {
                let words = message("127.0.0.1", to, &[]).unwrap();
                assert!(
                    words.contains(to) && words.contains("eth0 10.0.0.2"),
                    "{words}"
                );
            }
            assert!(
                message("0.0.0.0", "224.0.0.1", &[])
                    .unwrap()
                    .contains("eth0")
            );
            assert_eq!(message("0.0.0.0", "224.0.0.1", &["224.0.0.1"]), None);
            assert_eq!(message("0.0.0.0", "255.255.255.255", &[]), None);
            assert_eq!(message("127.0.0.1", "127.0.0.1", &[]), None);
        }
    }
}
