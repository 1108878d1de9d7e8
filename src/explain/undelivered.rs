//! Datagrams that were sent and did not arrive, as ICMP errors report.

use super::{no_protocol, system};
use crate::traffic::{Cause, Operation, UndeliveredReason};
use crate::{t, words::Lang};
use std::net::{IpAddr, SocketAddr};

/// Errors of Linux that say that something cannot be reached: ENETUNREACH, EHOSTDOWN, EHOSTUNREACH
/// and an ICMP protocol unreachable. Its error queue alone names the machine that reports an error.
const UNREACHABLE: [i32; 4] = [101, 112, 113, no_protocol::CODE];

/// Explains an undelivered datagram: what happened and the cure. `by` is the machine that reports it, `None` this one.
pub fn failure(
    lang: Lang,
    address: &str,
    (reason, by, code): (UndeliveredReason, Option<IpAddr>, i32),
) -> (String, String) {
    let by_target = is_unreachable(reason, code) && by.is_some_and(|by| is_at(address, by));
    let (what, cure) = match (reason, by) {
        (UndeliveredReason::Other, Some(_)) if code == no_protocol::CODE => {
            return no_protocol::failure(lang, address, "UDP");
        }
        (UndeliveredReason::Prohibited, Some(_)) => {
            ("failure.prohibited.what", "failure.prohibited.cure")
        }
        _ if by_target => (
            "failure.rejected_by_target.what",
            "failure.rejected_by_target.cure",
        ),
        (UndeliveredReason::NoHost, None) => (
            "failure.silent_host.what",
            match is_ipv6(address) {
                true => "failure.silent_host.cure_v6",
                false => "failure.silent_host.cure",
            },
        ),
        (UndeliveredReason::NoHost, Some(_)) => ("failure.no_host.what", "failure.no_host.cure"),
        (UndeliveredReason::NoRoute, Some(_)) => ("failure.no_route.what", "failure.no_route.cure"),
        (UndeliveredReason::Expired, _) => ("failure.expired.what", "failure.expired.cure"),
        (UndeliveredReason::NoRoute | UndeliveredReason::Prohibited, None)
        | (UndeliveredReason::Other, _) => {
            return system::failure(lang, Operation::Send, address, code);
        }
    };
    (t!(lang, what, address = address), t!(lang, cure))
}

/// Whether `target` itself reports that it cannot be reached: its machine is there, and a firewall
/// on it answers so, or it forwards the port to a machine that does not answer.
pub fn is_of(target: IpAddr, cause: &Cause) -> bool {
    match *cause {
        Cause::Undelivered {
            reason,
            by: Some(by),
            code,
        } => is_unreachable(reason, code) && by.to_canonical() == target.to_canonical(),
        _ => false,
    }
}

/// Whether an error says that something cannot be reached, rather than that a datagram was wrong or
/// lived too short.
fn is_unreachable(reason: UndeliveredReason, code: i32) -> bool {
    match reason {
        UndeliveredReason::NoRoute | UndeliveredReason::NoHost | UndeliveredReason::Prohibited => {
            true
        }
        UndeliveredReason::Expired => false,
        UndeliveredReason::Other => UNREACHABLE.contains(&code),
    }
}

/// Whether an address as it is shown is that of this machine, whatever the port.
fn is_at(address: &str, ip: IpAddr) -> bool {
    system::ip_of(address).is_some_and(|own| own.to_canonical() == ip.to_canonical())
}

/// Whether an address as it is shown is one of IPv6: it stands in brackets, perhaps with an
/// interface.
fn is_ipv6(address: &str) -> bool {
    match address.parse::<SocketAddr>() {
        Ok(address) => address.ip().to_canonical().is_ipv6(),
        Err(_) => address.starts_with('['),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_machine_is_looked_for_depends_on_the_version() {
        for lang in Lang::ALL {
            for (address, is_six) in [
                ("10.0.0.9:7", false),
                ("[::ffff:10.0.0.9]:7", false),
                ("[fd00::9]:7", true),
                ("[fe80::9%eth0]:7", true),
            ] {
                let (_, cure) = failure(lang, address, (UndeliveredReason::NoHost, None, 113));
                assert_eq!(cure.contains("ICMPv6"), is_six, "{address}: {cure}");
                assert_eq!(cure.contains("ARP"), !is_six, "{address}: {cure}");
            }
        }
    }

    #[test]
    fn who_reports_it_decides_the_cure() {
        let said = |reason, by| {
            let by = Option::map(by, IpAddr::from);
            let (what, cure) = failure(Lang::English, "10.0.0.9:7", (reason, by, 113));
            format!("{what}. {cure}")
        };
        let silent = said(UndeliveredReason::NoHost, None);
        assert!(
            silent.contains("does not answer in its network"),
            "{silent}"
        );
        let far = said(UndeliveredReason::NoHost, Some([10, 0, 0, 1]));
        assert!(far.contains("cannot be reached"), "{far}");
        let firewall = said(UndeliveredReason::Prohibited, Some([10, 0, 0, 9]));
        assert!(firewall.contains("firewall"), "{firewall}");
        for reason in [UndeliveredReason::NoRoute, UndeliveredReason::Other] {
            assert!(!said(reason, None).is_empty(), "{reason:?}");
        }
    }

    #[test]
    fn a_target_that_reports_itself_unreachable_is_there() {
        let reports = [
            (UndeliveredReason::NoRoute, 101),
            (UndeliveredReason::NoHost, 113),
            // ICMPv6: beyond the scope of the source address.
            (UndeliveredReason::Other, 113),
        ];
        let ends = [
            ("10.0.0.9:7", "10.0.0.9", "10.0.0.1"),
            ("[::ffff:10.0.0.9]:7", "10.0.0.9", "10.0.0.1"),
            ("[fd00::9]:7", "fd00::9", "fd00::1"),
            ("[fe80::9%eth0]:7", "fe80::9", "fe80::1"),
        ];
        for lang in Lang::ALL {
            for (address, target, router) in ends {
                for (reason, code) in reports {
                    let said = |by: &str| failure(lang, address, (reason, by.parse().ok(), code));
                    let expected = (
                        t!(lang, "failure.rejected_by_target.what", address = address),
                        t!(lang, "failure.rejected_by_target.cure"),
                    );
                    assert_eq!(said(target), expected, "{address} {reason:?}");
                    assert_ne!(said(router), expected, "{address} {reason:?}");
                }
            }
        }
    }

    #[test]
    fn a_protocol_that_a_machine_does_not_take_is_named() {
        for lang in Lang::ALL {
            for by in [[10, 0, 0, 9], [10, 0, 0, 1]] {
                let report = (UndeliveredReason::Other, Some(by.into()), no_protocol::CODE);
                let (what, cure) = failure(lang, "10.0.0.9:7", report);
                assert!(
                    what.contains("UDP") && what.contains("10.0.0.9:7"),
                    "{what}"
                );
                assert_eq!(cure, t!(lang, "failure.rejected.cure"));
            }
        }
    }
}
